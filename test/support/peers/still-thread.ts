import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Need } from '../skip.ts';
import { command } from '../skip.ts';

/** PTRACE_SEIZE and PTRACE_INTERRUPT stop one thread; a signal would stop all of its process. It is seized before the moment comes, for Python takes its time to start. */
const standStill = `
import ctypes, os, sys, time
ptrace = ctypes.CDLL(None, use_errno=True).ptrace
ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
def ask(request):
    if ptrace(request, int(sys.argv[1]), None, None) != 0: sys.exit(os.strerror(ctypes.get_errno()))
ask(0x4206)
print('ready', flush=True)
seconds = float(sys.stdin.readline()) / 1000
ask(0x4207)
os.waitpid(int(sys.argv[1]), 0x40000000)
time.sleep(seconds)
ask(17)
`;

export const threadStopper: Need = command('python3', 'python3');

/** Resolves to what makes the first thread of that process do nothing for so long, once and at once, while its other threads go on. */
export async function firstThreadOf(pid: number): Promise<(ms: number) => Promise<void>> {
  const child = spawn('python3', ['-c', standStill, String(pid)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  await Promise.race([once(child.stdout, 'data'), ended.then(([code]) => Promise.reject(new Error(`the thread could not be seized (${code})`)))]);
  return async (ms) => {
    child.stdin.end(`${ms}\n`);
    const [code] = await ended;
    if (code !== 0) throw new Error(`the thread could not be stopped (${code})`);
  };
}
