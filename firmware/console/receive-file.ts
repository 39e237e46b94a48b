import type { Invocation } from './command.ts';
import type { ConsoleFile } from './parts/files-console.ts';
import { formatBytes } from './format.ts';
import type { TransferEnd } from './zmodem/receive-machine.ts';
import type { SendEnd } from './zmodem/send-machine.ts';
import { receiveFiles, type FileSink } from './zmodem/zmodem-transfer.ts';

export const noOctets = 'this terminal takes no files: use the serial line, understudy console or the terminal of the unit';

/** The first file that comes by ZMODEM, or null with a sentence that was printed. With a sink its bytes are there, and the file is empty. */
export async function receiveFile({ print, session, signal, clock }: Invocation, mostBytes: number, sink: FileSink | null = null): Promise<ConsoleFile | null> {
  print(`at most ${formatBytes(mostBytes)}: run sz FILE at your end; Ctrl-X five times ends it`);
  const channel = session.raw();
  if (channel === null) return print(noOctets), null;
  let taken = false;
  const accepts = (_: string, bytes: number | null): boolean => !taken && (bytes ?? 0) <= mostBytes && (taken = true);
  const { end, files: [file] } = await receiveFiles({ clock, channel, signal }, accepts, mostBytes, sink);
  session.cooked();
  if (file !== undefined) return file;
  print(end === 'done' ? 'nothing was taken: what was offered is too large, or nothing was' : transferEnd(end, ''));
  return null;
}

/** How a transfer ended, for whoever began it; `done`: when it went well. */
export function transferEnd(end: SendEnd | TransferEnd, done: string): string {
  if (end === 'done') return done;
  if (end === 'refused') return 'the other end did not want it';
  return end === 'cancelled' ? 'it was broken off, and nothing was taken' : `failed: ${end.failed}`;
}
