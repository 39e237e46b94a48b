import { getPriority } from 'node:os';
import { fromErrno } from './errno.ts';
import { loadLibc, type Libc } from './libc.ts';

/** linux/sched.h; children and later threads start without the priority. */
const SCHED_OTHER = 0;
const SCHED_FIFO = 1;
const SCHED_RR = 2;
const SCHED_RESET_ON_FORK = 0x40000000;
const PRIO_PROCESS = 0;
/** Above the kernel's threaded network work would starve what it waits for. */
const fifoPriority = 20;
const nice = -15;
/** Behind the media thread, and better than the -10 that an appliance gives the whole unit. */
const aheadNice = -12;

/** What the kernel granted; `refusals` says what it did not, for the log. */
export interface Scheduling {
  readonly policy: 'fifo' | 'nice' | 'normal';
  readonly refusals: readonly string[];
}

/**
 * Asks that the calling thread runs before others: real-time if allowed, else a better nice value, else as before. Never throws:
 * voice works without, only less evenly on a busy machine.
 */
export async function askForPriority(): Promise<Scheduling> {
  const libc = await loadLibc().catch((cause: Error) => cause);
  if (libc instanceof Error) return { policy: 'normal', refusals: [libc.message] };
  const refusals: string[] = [];
  // On Linux process id 0 in either call means the calling thread (sched(7), setpriority(2)).
  if (libc.sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, Int32Array.of(fifoPriority)) === 0) return { policy: 'fifo', refusals };
  refusals.push(refusal(libc, 'sched_setscheduler'));
  if (libc.setpriority(PRIO_PROCESS, 0, nice) === 0) return { policy: 'nice', refusals };
  refusals.push(refusal(libc, 'setpriority'));
  return { policy: 'normal', refusals };
}

/** The calling thread is in real time no more, but keeps the better nice value; `askForPriority` gets it back. Never throws. */
export async function leavePriority(): Promise<void> {
  const libc = await loadLibc().catch(() => null);
  if (libc === null) return;
  libc.sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, Int32Array.of(0));
  libc.setpriority(PRIO_PROCESS, 0, nice);
}

/**
 * The calling thread goes before the helpers of V8 and libuv and before other programs, where that is granted: who waits for it waits for a turn of each otherwise.
 * Threads and programs that it starts later get nothing of it. Whoever started the unit may have given it more, and then that stays. Never throws.
 */
export async function goAhead(): Promise<void> {
  const libc = await loadLibc().catch(() => null);
  if (libc === null || isAhead(libc) || libc.setpriority(PRIO_PROCESS, 0, aheadNice) !== 0) return;
  libc.sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, Int32Array.of(0));
}

function isAhead(libc: Libc): boolean {
  const policy = libc.sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
  return policy === SCHED_FIFO || policy === SCHED_RR || getPriority() <= aheadNice;
}

function refusal(libc: Libc, call: string): string {
  return fromErrno('scheduling', call, libc.errno()).message;
}
