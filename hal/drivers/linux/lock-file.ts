import { readlink, symlink, unlink } from 'node:fs/promises';
import { HalError } from '../../errors.ts';
import { halError } from './errno.ts';
import { textIn } from './text-in.ts';

/**
 * Who holds a lock. A process number alone is not enough: after a power cut or a wrap-around another process wears it, so the
 * boot and the process's start time (clock ticks since boot, proc(5) stat field 22) are kept beside it.
 */
interface Holder {
  readonly pid: number;
  readonly bootId: string;
  readonly startTicks: string;
}

/**
 * Takes the lock `path`, a symbolic link whose target names the holder: made in one step that refuses an existing name, and
 * kept in the inode, so that a unit starts on a disk without a free block (ext4 has room for 59 characters there). A stale one is
 * removed by one at a time, so that of two who find it stale only one goes on. Errors: busy, and those of the file system.
 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  const mine = textOf({ pid: process.pid, bootId: await bootId(), startTicks: (await startTicks(process.pid)) ?? '' });
  if (!(await made(mine, path))) {
    await breakStale(path, mine);
    if (!(await made(mine, path))) throw await busy(path);
  }
  return async () => {
    if ((await contentOf(path)) === mine) await unlink(path);
  };
}

async function made(text: string, path: string): Promise<boolean> {
  try {
    await symlink(text, path);
    return true;
  } catch (error) {
    if (halError(path, error).id === 'already-exists') return false;
    throw error;
  }
}

/** One at a time: who finds that another is at it has come too late, or finds the guard of one that died and takes it over. */
async function breakStale(path: string, mine: string): Promise<void> {
  const found = await contentOf(path);
  if (found === null) return;
  if (await alive(parse(found))) throw await busy(path);
  const guard = `${path}.breaking`;
  if (!(await made(mine, guard)) && !(await inherited(guard, mine))) throw await busy(path);
  try {
    const now = await contentOf(path);
    if (now !== null && (await alive(parse(now)))) throw await busy(path);
    if (now !== null) await unlink(path);
  } finally {
    await unlink(guard);
  }
}

async function inherited(guard: string, mine: string): Promise<boolean> {
  if (await alive(parse((await contentOf(guard)) ?? ''))) return false;
  await unlink(guard).catch(() => undefined);
  return made(mine, guard);
}

async function busy(path: string): Promise<HalError> {
  const holder = parse((await contentOf(path)) ?? '');
  return new HalError('busy', path, holder === null ? 'held by another process' : `held by process ${holder.pid}`);
}

async function alive(holder: Holder | null): Promise<boolean> {
  if (holder === null || holder.bootId !== (await bootId())) return false;
  return (await startTicks(holder.pid)) === holder.startTicks;
}

const textOf = ({ pid, bootId, startTicks }: Holder): string => `${pid}.${startTicks}.${bootId}`;

function parse(text: string): Holder | null {
  const [, pid = '', startTicks = '', bootId = ''] = /^(\d+)\.(\d*)\.([0-9a-f]*)$/.exec(text) ?? [];
  return pid === '' ? null : { pid: Number(pid), startTicks, bootId };
}

/** Of a lock: the target of the link. What is no link was made by nobody who is alive. */
async function contentOf(path: string): Promise<string | null> {
  try {
    return await readlink(path);
  } catch (error) {
    return halError(path, error).id === 'not-found' ? null : '';
  }
}

const bootId = async (): Promise<string> => (await textIn('/proc/sys/kernel/random/boot_id'))?.replaceAll('-', '') ?? '';

/** null when there is no such process. */
async function startTicks(pid: number): Promise<string | null> {
  const text = await textIn(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets and may itself contain blanks and brackets.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}
