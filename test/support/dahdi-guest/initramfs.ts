// The first file system of the guest: it loads the modules, lays the host's root (read-only over 9p, with a tmpfs above it for what
// is written) under the program to be run, sets DAHDI up, runs the program and switches the machine off.
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { GuestFiles } from './guest-files.ts';
import { rootModules } from './guest-files.ts';
import { dahdiModules } from './kernel-modules.ts';

export interface GuestProgram {
  /** Words of the command, as on the host. */
  readonly command: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The text of dahdi_cfg's system.conf(5). */
  readonly systemConf: string;
}

/** Where the program writes its results, one line each; the host sees them as a file. */
export const resultsDevice = '/dev/ttyS1';

/** The line that ends the results: the program's exit code, or -1 when it was never started. */
export const endMark = 'end-of-program';

/** Writes the archive for the kernel to `file`. */
export function writeInitramfs({ folder }: GuestFiles, program: GuestProgram, file: string): void {
  const tree = `${file}.tree`;
  mkdirSync(path.join(tree, 'modules'), { recursive: true });
  for (const name of [...rootModules, ...dahdiModules]) copyFileSync(path.join(folder, `${name}.ko`), path.join(tree, `modules/${name}.ko`));
  copyFileSync(path.join(folder, 'busybox'), path.join(tree, 'busybox'));
  cpSync(path.join(folder, 'dahdi_cfg'), path.join(tree, 'dahdi/dahdi_cfg'));
  cpSync(path.join(folder, 'libtonezone.so.2.0'), path.join(tree, 'dahdi/libtonezone.so.2.0'));
  writeFileSync(path.join(tree, 'dahdi/system.conf'), program.systemConf);
  writeFileSync(path.join(tree, 'program'), runScript(program), { mode: 0o755 });
  writeFileSync(path.join(tree, 'init'), initScript, { mode: 0o755 });
  archive(folder, tree, file);
}

function archive(folder: string, tree: string, file: string): void {
  const names = readdirSync(tree, { recursive: true }).map(String).sort();
  const { status, stdout, stderr } = spawnSync(path.join(folder, 'busybox'), ['cpio', '-o', '-H', 'newc'], {
    cwd: tree, input: `${names.join('\n')}\n`, maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`the guest's first file system cannot be written: ${String(stderr)}`);
  writeFileSync(file, stdout);
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Runs in the host's root. */
function runScript({ command, cwd, environment }: GuestProgram): string {
  const settings = Object.entries(environment).map(([name, value]) => quoted(`${name}=${value}`));
  return ['#!/bin/sh', `cd ${quoted(cwd)} || exit 126`, `exec env -i ${[...settings, ...command.map(quoted)].join(' ')}`, ''].join('\n');
}

/** A failure is one line on the console and the end mark; what worked is not told. dahdi_cfg keeps its semaphore in /dev/shm. */
const initScript = `#!/busybox sh
b=/busybox
end() { echo "${endMark} $1" > /dev/ttyS1; $b sync; $b poweroff -f; }
fail() { echo "guest: $1 failed"; end -1; }
$b mkdir -p /proc /sys /dev /host /above /root
$b mount -t devtmpfs dev /dev || fail "mounting /dev"
$b stty -F /dev/ttyS1 raw -echo
for name in ${rootModules.join(' ')}; do $b insmod /modules/$name.ko || fail "loading $name"; done
$b mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=262144,cache=loose host /host || fail "mounting the host's root"
$b mount -t tmpfs above /above && $b mkdir /above/files /above/work
$b mount -t overlay -o lowerdir=/host,upperdir=/above/files,workdir=/above/work root /root || fail "the overlay"
$b mount -t proc proc /root/proc
$b mount -t sysfs sys /root/sys
$b mount -t devtmpfs dev /root/dev
$b mkdir -p /root/dev/shm /root/dev/pts
$b mount -t tmpfs shm /root/dev/shm
$b mount -t devpts pts /root/dev/pts
$b mount -t tmpfs none /root/run
$b ip link set lo up || fail "the loopback interface"
$b insmod /modules/${dahdiModules[0]}.ko auto_assign_spans=1 || fail "loading dahdi"
for name in ${dahdiModules.slice(1).join(' ')}; do $b insmod /modules/$name.ko || fail "loading $name"; done
$b cp -r /dahdi /program /root/run/ || fail "copying the tools"
LD_LIBRARY_PATH=/run/dahdi $b chroot /root /run/dahdi/dahdi_cfg -c /run/dahdi/system.conf || fail dahdi_cfg
$b chroot /root /run/program
end $?
`;
