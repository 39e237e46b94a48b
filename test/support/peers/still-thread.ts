import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Need } from '../skip.ts';
import { command } from '../skip.ts';

/** PTRACE_SEIZE and PTRACE_INTERRUPT stop one thread; a signal would stop all of its process. */
const standStill = `
import ctypes, os, sys, time
ptrace = ctypes.CDLL(None, use_errno=True).ptrace
ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
def ask(request):
    if ptrace(request, int(sys.argv[1]), None, None) != 0: sys.exit(os.strerror(ctypes.get_errno()))
ask(0x4206)
ask(0x4207)
os.waitpid(int(sys.argv[1]), 0x40000000)
time.sleep(float(sys.argv[2]) / 1000)
ask(17)
`;

export const threadStopper: Need = command('python3', 'python3');

/** The first thread of that process does nothing for so long, while its other threads go on. Resolves when it goes on. */
export async function firstThreadStandsStill(pid: number, ms: number): Promise<void> {
  const child = spawn('python3', ['-c', standStill, String(pid), String(ms)], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the thread could not be stopped (${code})`);
}
