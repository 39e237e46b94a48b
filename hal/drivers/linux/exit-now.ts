import { loadLibc } from './libc.ts';

/**
 * Ends the process with this code and cleans nothing up, by _exit(2). process.exit ends every thread first, and a thread that hangs
 * while it has the foreign-function addon open takes the process down with it (SIGSEGV, seen with koffi 3.3 and Node 20): the
 * supervisor would not see the code. What must be on the disk must be there before.
 */
export async function exitNow(code: number): Promise<never> {
  const libc = await loadLibc().catch(() => null);
  libc?._exit(code);
  process.exit(code);
}
