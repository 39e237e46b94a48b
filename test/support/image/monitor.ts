// The emulator's monitor: what a person at QEMU would type.
import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { sleep } from '../peers/program.ts';

const answerLimitMs = 10_000;
const retryMs = 50;

/** Words for QEMU, as `more` of a board. */
export const monitorWords = ['-monitor', 'unix:@folder@/monitor.sock,server=on,wait=off'];

/** Types `commands` at the monitor of a board with `monitorWords`, whose folder it is; resolves to the match of `wanted` in what is printed. Errors: it does not come within ten seconds. */
export async function atMonitor(folder: string, commands: readonly string[], wanted: RegExp): Promise<RegExpExecArray> {
  const socket = await connected(`${folder}/monitor.sock`, performance.now() + answerLimitMs);
  let text = '';
  let timer: NodeJS.Timeout | undefined;
  const match = await new Promise<RegExpExecArray | null>((resolve) => {
    timer = setTimeout(() => resolve(null), answerLimitMs);
    const look = (): void => {
      const found = wanted.exec(text);
      if (found !== null) resolve(found);
    };
    socket.setEncoding('latin1').on('data', (more: string) => ((text += more), look()));
    socket.on('error', () => undefined).once('close', () => resolve(null));
    for (const command of commands) socket.write(`${command}\n`);
  });
  clearTimeout(timer);
  socket.destroy();
  if (match === null) throw new Error(`the emulator did not answer ${commands.join('; ')} by ${wanted}:\n${text.slice(-2000)}`);
  return match;
}

/** The emulator may only be about to make it. */
async function connected(place: string, untilMs: number): Promise<Socket> {
  for (;;) {
    const socket = createConnection({ path: place });
    const error = await new Promise<Error | null>((resolve) => socket.once('connect', () => resolve(null)).once('error', resolve));
    if (error === null) return socket;
    if (performance.now() > untilMs) throw error;
    await sleep(retryMs);
  }
}
