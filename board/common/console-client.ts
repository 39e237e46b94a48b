import { createConnection } from 'node:net';
import type { Socket } from 'node:net';
import { userInfo } from 'node:os';
import { relative, resolve } from 'node:path';
import { exitCodes } from '../../firmware/cli/exit-codes.ts';
import { encodeFrame, mostFrameBytes } from '../../firmware/console/door-frames.ts';
import type { DoorFrame } from '../../firmware/console/door-frames.ts';
import { HalError } from '../../hal/errors.ts';
import { halError } from '../../hal/drivers/linux/errno.ts';

/** Where the unit listens for consoles: in its data folder. The shorter way to it, since the path of a socket is limited. */
export function socketPath(folder: string): string {
  const whole = resolve(folder, 'console.sock');
  const short = relative('.', whole) || whole;
  return short.length < whole.length ? short : whole;
}

/** `understudy console`: this terminal becomes one of the running unit's. Resolves to the exit code. Errors: HalError. */
export async function joinConsole(folder: string): Promise<number> {
  const socket = await connected(socketPath(folder), folder);
  const { stdin, stdout } = process;
  const raw = stdin.isTTY === true && stdout.isTTY === true;
  const send = (frame: DoorFrame): boolean => socket.write(encodeFrame(frame));
  const window = () => ({ columns: stdout.columns ?? 0, rows: raw ? (stdout.rows ?? 0) : 0 });
  const kind = raw ? (process.env.TERM === 'dumb' ? 'dumb' : 'terminal') : 'pipe';
  send({ kind: 'hello', terminal: kind, window: window(), who: userName() });
  if (kind === 'terminal') stdin.setRawMode(true);
  stdout.on('resize', () => send({ kind: 'window', window: window() }));
  stdin.on('data', (bytes: Buffer) => {
    for (let at = 0; at < bytes.length; at += mostFrameBytes) send({ kind: 'keys', bytes: bytes.subarray(at, at + mostFrameBytes) });
    if (socket.writableNeedDrain) stdin.pause();
  });
  socket.on('drain', () => stdin.resume());
  stdin.on('end', () => send({ kind: 'end' }));
  socket.on('data', (bytes) => {
    if (!stdout.write(bytes)) socket.pause();
  });
  stdout.on('drain', () => socket.resume());
  try {
    return await ended(socket);
  } finally {
    if (kind === 'terminal') stdin.setRawMode(false);
    stdin.pause();
  }
}

/** A connection to the console of the unit that runs on this data. Errors: not-found (none runs), permission-denied, io. */
export function connected(path: string, folder: string): Promise<Socket> {
  return new Promise((done, failed) => {
    const socket = createConnection({ path });
    socket.once('connect', () => done(socket));
    socket.once('error', (cause) => {
      const error = halError(path, cause);
      const nobody = error.id === 'not-found' || error.id === 'connection-refused';
      failed(nobody ? new HalError('not-found', resolve(folder), 'no unit runs on this data folder; --data names another one') : error);
    });
  });
}

/** The unit closes when the session has ended; one that dies closes too, with an error that says nothing more. */
export function ended(socket: Socket): Promise<number> {
  return new Promise((done) => {
    let code: number = exitCodes.ok.code;
    socket.on('error', () => (code = exitCodes.io.code));
    socket.once('close', () => done(code));
  });
}

/** For the log of the unit; it proves nothing. */
export function userName(): string {
  try {
    return userInfo().username.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 32) || 'unknown';
  } catch {
    return 'unknown';
  }
}
