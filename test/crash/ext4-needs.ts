import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Need } from '../support/skip.ts';
import { command, device, root } from '../support/skip.ts';

/** Tries it: containers refuse this in many ways. The namespace and its mount end with the shell. */
const script = 'truncate -s 8M "$0" && mke2fs -q -F -t ext4 "$0" && mount -t ext4 -o loop "$0" /mnt';

export const loopMounting: Need = {
  missing: () => {
    const image = path.join(tmpdir(), 'may-mount.img');
    const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
    const { status, stderr } = spawnSync('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script, image], { encoding: 'utf8', env });
    rmSync(image, { force: true });
    return status === 0 ? undefined : `may not mount an ext4 image here: ${stderr.trim().split('\n')[0] ?? ''}`;
  },
};

/** Of crash states on a real ext4, in the order in which they are looked at. */
export const ext4Needs: readonly Need[] = [
  root,
  device('/dev/fuse'),
  device('/dev/loop-control'),
  command('qemu-storage-daemon', 'qemu-system-common'),
  command('fusermount3', 'fuse3'),
  command('mke2fs', 'e2fsprogs'),
  command('unshare', 'util-linux'),
  loopMounting,
];
