// A disk whose every write and flush is kept in order:
//
//   ext4 -> loop device -> exported file (FUSE) -> qemu-storage-daemon: blklogwrites -> live.img, log.bin
import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Program, sleep } from '../support/peers/program.ts';
import { diskBytes, makeExt4, whileMounted } from './ext4-disk.ts';
import type { LogEntry } from './write-log.ts';
import { parseWriteLog } from './write-log.ts';

const startMs = 10_000;
const lifeMs = 300_000;

/** What a workload left: the disk before it, and all that was written. */
export interface WriteHistory {
  readonly base: Uint8Array;
  readonly entries: readonly LogEntry[];
}

/** A mounted file system under observation. */
export interface ObservedDisk {
  readonly mount: string;
  /** Length of the log now: what was sent to the disk so far is within it. */
  logBytes(): number;
}

/** Runs `workload` on a fresh ext4 whose writes are logged, in `folder`. All is unmounted and ended when it resolves or rejects. */
export async function logWrites<T>(folder: string, workload: (disk: ObservedDisk) => Promise<T>): Promise<T & { readonly history: WriteHistory }> {
  const file = (name: string): string => path.join(folder, name);
  await makeExt4(file('base.img'));
  copyFileSync(file('base.img'), file('live.img'));
  for (const name of ['log.bin', 'exported']) writeFileSync(file(name), '');
  const daemon = new Program('qemu-storage-daemon', daemonWords(file), { limitMs: lifeMs });
  try {
    await exported(daemon, file('exported'));
    const logBytes = (): number => statSync(file('log.bin')).size;
    const result = await whileMounted(file('exported'), file('live'), () => workload({ mount: file('live'), logBytes }));
    return { ...result, history: { base: readFileSync(file('base.img')), entries: parseWriteLog(readFileSync(file('log.bin'))) } };
  } finally {
    await daemon.stop();
  }
}

function daemonWords(file: (name: string) => string): string[] {
  return [
    '--blockdev', `driver=file,node-name=disk,filename=${file('live.img')}`,
    '--blockdev', `driver=file,node-name=log,filename=${file('log.bin')}`,
    '--blockdev', 'driver=blklogwrites,node-name=logged,file=disk,log=log,log-append=off',
    '--export', `type=fuse,id=export,node-name=logged,mountpoint=${file('exported')},writable=on,growable=off`,
  ];
}

/** The file has the size of the disk as soon as the daemon stands behind it. */
async function exported(daemon: Program, file: string): Promise<void> {
  for (const until = Date.now() + startMs; statSync(file).size !== diskBytes; await sleep(10)) {
    if (daemon.over || Date.now() > until) throw new Error(`qemu-storage-daemon exports nothing: ${daemon.tail()}`);
  }
}
