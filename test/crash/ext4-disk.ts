import { mkdirSync } from 'node:fs';
import { runCommand } from './run-command.ts';

/** As the boards mount their data partition; commit=5 is the kernel's own choice. */
const options = 'loop,noatime,data=ordered,commit=5,errors=remount-ro';
/** Room for the workloads, and small enough to be copied for each crash state. */
export const diskBytes = 16 * 1024 * 1024;

/** An empty ext4; nothing is left for the kernel to initialise later, so that all writes are the workload's. */
export async function makeExt4(image: string): Promise<void> {
  await runCommand('truncate', '-s', String(diskBytes), image);
  await runCommand('mke2fs', '-q', '-F', '-t', 'ext4', '-b', '4096', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image);
}

/** Mounts an image (journal replay included) while `work` runs. The kernel gives the loop device back when it is unmounted. */
export async function whileMounted<T>(image: string, folder: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true });
  await runCommand('mount', '-t', 'ext4', '-o', options, image, folder);
  const result = await work().catch(async (error: unknown) => {
    await runCommand('umount', '--lazy', folder).catch(() => undefined); // what went wrong first is to be told
    throw error;
  });
  await runCommand('umount', folder);
  return result;
}
