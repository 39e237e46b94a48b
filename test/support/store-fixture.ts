import type { Settings } from '../../firmware/config/settings.ts';
import type { Log, LogFacts, Severity } from '../../firmware/log.ts';
import { FileMessageStore } from '../../firmware/mailbox/file-message-store.ts';
import type { FileMessageStoreOptions } from '../../firmware/mailbox/file-message-store.ts';
import type { MailboxFigures } from '../../firmware/mailbox/mailbox-figures.ts';
import type { Message, MessageFacts } from '../../firmware/mailbox/message.ts';
import type { MessageReader } from '../../firmware/mailbox/message-store.ts';
import type { Clock, WallMs } from '../../hal/clock.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import type { Storage } from '../../hal/storage.ts';

export const testMessageSettings: Settings['messages'] = {
  minSec: 1, maxSec: 10, silenceSec: 0, silenceDbm0: -45, mailboxMaxSec: 600, mailboxMaxMessages: 50, deletedKeepHours: 24, reserveMiB: 1,
  newKeepHours: 0, unopenedKeepHours: 0, oldKeepHours: 0, savedKeepHours: 0, newOrder: 'fifo', oldOrder: 'fifo', savedOrder: 'fifo',
};

/** Keeps what was logged. */
export class ListLog implements Log {
  readonly events: { readonly severity: Severity; readonly event: string; readonly text: string; readonly facts: LogFacts }[] = [];

  write(severity: Severity, event: string, text: string, facts: LogFacts = {}): void {
    this.events.push({ severity, event, text, facts });
  }

  has(event: string): boolean {
    return this.events.some((one) => one.event === event);
  }
}

export interface StoreFixture {
  readonly store: FileMessageStore;
  readonly log: ListLog;
  readonly clock: Clock;
}

/** A store over `storage`, not yet opened. */
export function makeStore(storage: Storage, settings: Partial<Settings['messages']> = {}, seed = 1, clock: Clock = new SimClock(), more: Partial<FileMessageStoreOptions> = {}): StoreFixture {
  const log = new ListLog();
  const complete = { ...testMessageSettings, ...settings };
  const store = new FileMessageStore({ storage, clock, random: new SimRandom(seed), log, settings: () => complete, mailboxes: () => ['201', '202', '203'], ...more });
  return { store, log, clock };
}

export const factsFor = (mailbox: string, callerNumber = '0301234'): MessageFacts => ({
  mailbox, callerNumber, callerName: 'Ada', startedMs: Date.UTC(2026, 0, 5, 9) as WallMs, reason: 'no-answer', codec: 'PCMU',
});

/** Figures as a plain object: those of a mailbox that is shut are read out of a text. */
export const plainFigures = ({ counts, messages, bytes, oldestId, newestId, newestNewId, taken, sinceMs }: MailboxFigures): MailboxFigures => ({ counts, messages, bytes, oldestId, newestId, newestNewId, taken, sinceMs });

/** Audio that tells by each byte where it belongs. */
export function audio(tag: number, chunk: number, bytes = 8000): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, at) => (tag * 31 + chunk * 7 + at * (1 + (at >> 8))) & 0xff);
}

export const chunksOf = (tag: number, count: number, bytes = 8000): Uint8Array[] => Array.from({ length: count }, (_, chunk) => audio(tag, chunk, bytes));

/** Leaves a message, waiting for each chunk to be durable. */
export async function leave(store: FileMessageStore, mailbox: string, chunks: readonly Uint8Array[], keepMs?: number): Promise<Message> {
  const writer = await store.begin(factsFor(mailbox));
  for (const chunk of chunks) {
    if (!writer.append(chunk.slice(), 0)) throw new Error('chunk refused');
  }
  return writer.finish('hung-up', keepMs);
}

export async function wholeOf(reader: MessageReader, blockBytes = 5000): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < reader.bytes; ) {
    const part = await reader.read(at, blockBytes);
    if (part.length === 0) break;
    parts.push(part);
    at += part.length;
  }
  await reader.close();
  return Buffer.concat(parts);
}
