import { randomBytes } from 'node:crypto';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { HalError } from '../../errors.ts';
import { halError } from './errno.ts';

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
 * Takes the lock file `path`. The file appears complete (written aside, then link(2), which refuses an existing name); a stale
 * one is first renamed away, so that of two who find it stale only one goes on. Errors: busy, and those of the file system.
 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  const mine: Holder = { pid: process.pid, bootId: await bootId(), startTicks: (await startTicks(process.pid)) ?? '' };
  const text = JSON.stringify({ ...mine, nonce: randomBytes(8).toString('hex') });
  const aside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(aside, text, { mode: 0o600, flag: 'wx' });
  try {
    if (!(await linked(aside, path))) {
      await breakStale(path);
      if (!(await linked(aside, path))) throw await busy(path);
    }
  } finally {
    await unlink(aside);
  }
  return async () => {
    if ((await contentOf(path)) === text) await unlink(path);
  };
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (halError(to, error).id === 'already-exists') return false;
    throw error;
  }
}

async function breakStale(path: string): Promise<void> {
  const found = await contentOf(path);
  if (found === null) return;
  if (await alive(parse(found))) throw await busy(path);
  const away = `${path}.stale.${process.pid}.${randomBytes(4).toString('hex')}`;
  await rename(path, away).catch(() => undefined);
  const taken = await contentOf(away);
  // What was moved away may be the fresh lock of somebody who was faster: give it its name back.
  if (taken !== null && taken !== found) await linked(away, path);
  if (taken !== null) await unlink(away);
}

async function busy(path: string): Promise<HalError> {
  const holder = parse((await contentOf(path)) ?? '');
  return new HalError('busy', path, holder === null ? 'held by another process' : `held by process ${holder.pid}`);
}

async function alive(holder: Holder | null): Promise<boolean> {
  if (holder === null || holder.bootId !== (await bootId())) return false;
  return (await startTicks(holder.pid)) === holder.startTicks;
}

function parse(text: string): Holder | null {
  try {
    const found = JSON.parse(text) as Partial<Holder> | null;
    const { pid, bootId, startTicks } = found ?? {};
    return typeof pid === 'number' && typeof bootId === 'string' && typeof startTicks === 'string' ? { pid, bootId, startTicks } : null;
  } catch {
    return null;
  }
}

const contentOf = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null);

const bootId = async (): Promise<string> => (await contentOf('/proc/sys/kernel/random/boot_id'))?.trim() ?? '';

/** null when there is no such process. */
async function startTicks(pid: number): Promise<string | null> {
  const text = await contentOf(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets and may itself contain blanks and brackets.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}
