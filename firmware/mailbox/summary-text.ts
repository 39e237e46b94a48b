import * as v from 'valibot';
import { HalError } from '../../hal/errors.ts';
import type { StorageFile } from '../../hal/storage.ts';
import { crc32c } from './crc32c.ts';
import type { GlanceLine } from './mailbox-glance.ts';
import { MailboxGlance } from './mailbox-glance.ts';

/** By number. */
export type Glances = ReadonlyMap<string, MailboxGlance>;

export interface Summary {
  readonly id: string;
  readonly glances: Map<string, MailboxGlance>;
}

/** 2: of what was taken for other units the oldest is named. */
const form = 2;
/** Read, and written, at once: the whole would need many times its size in memory. Some 100 mailboxes. */
const blockBytes = 64 * 1024;
const linesAtOnce = 100;
const sumBytes = 8;

const headSchema = v.strictObject({ form: v.literal(form), id: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)), mailboxes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) });

/** The bytes of a summary, piece by piece:  {"form":2,"id":<hex>,"mailboxes":<n>} · n lines [number, ...glance] · CRC of all before, eight hexadecimal digits */
export function* summaryBlocks(id: string, glances: Glances): Generator<Uint8Array> {
  let sum = 0;
  const block = (lines: readonly unknown[]): Uint8Array => {
    const bytes = new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    sum = crc32c(bytes, sum);
    return bytes;
  };
  yield block([{ form, id, mailboxes: glances.size }]);
  let lines: unknown[] = [];
  for (const [number, glance] of glances) {
    if (lines.push([number, ...glance.line]) < linesAtOnce) continue;
    yield block(lines);
    lines = [];
  }
  yield block(lines);
  yield new TextEncoder().encode(sumText(sum));
}

/** null = it is torn, or of another form. Errors: HalError io. */
export async function readSummary(file: StorageFile, bytes: number): Promise<Summary | null> {
  const reading = new SummaryReading();
  const block = new Uint8Array(blockBytes);
  const end = bytes - sumBytes;
  try {
    for (let at = 0; at < end; ) {
      const got = await file.read(block.subarray(0, Math.min(blockBytes, end - at)), at);
      if (got === 0) return null;
      reading.add(block.subarray(0, got));
      at += got;
    }
    const sum = new Uint8Array(sumBytes);
    const got = end > 0 ? await file.read(sum, end) : 0;
    return reading.whole(new TextDecoder().decode(sum.subarray(0, got)));
  } catch (error) {
    if (error instanceof HalError) throw error;
    // What was not written by a unit can be anything.
    return null;
  }
}

/** Until the sum is known to be right nothing that was read counts; then it is what a unit wrote. */
class SummaryReading {
  readonly #decoder = new TextDecoder();
  readonly #glances = new Map<string, MailboxGlance>();
  #sum = 0;
  #rest = '';
  #head: v.InferOutput<typeof headSchema> | null = null;

  add(bytes: Uint8Array): void {
    this.#sum = crc32c(bytes, this.#sum);
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#line(JSON.parse(line));
  }

  whole(sum: string): Summary | null {
    const head = this.#head;
    if (head === null || sum !== sumText(this.#sum) || this.#rest !== '' || this.#glances.size !== head.mailboxes) return null;
    return { id: head.id, glances: this.#glances };
  }

  #line(found: unknown): void {
    if (this.#head === null) this.#head = v.parse(headSchema, found);
    else {
      const [number, ...line] = found as [string, ...GlanceLine];
      this.#glances.set(number, new MailboxGlance(line));
    }
  }
}

const sumText = (sum: number): string => sum.toString(16).padStart(sumBytes, '0');
