import * as v from 'valibot';
import { HalError } from '../../hal/errors.ts';
import type { StorageFile } from '../../hal/storage.ts';
import { crc32c } from './crc32c.ts';

/** The packed glance of each mailbox, by number. */
export type Glances = ReadonlyMap<string, string>;

export interface Summary {
  readonly id: string;
  readonly glances: Map<string, string>;
}

/** 3: glances as they lie in memory. */
const form = 3;
/** Read, and written, at once: the whole would need many times its size in memory. Some 300 mailboxes. */
const blockBytes = 64 * 1024;
const sumBytes = 8;
const lengthsBytes = 5;
const headEnd = 0x0a;

const headSchema = v.strictObject({ form: v.literal(form), id: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)), mailboxes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)) });

/**
 * The bytes of a summary, piece by piece (little endian):
 *
 *   {"form":3,"id":<hex>,"mailboxes":<n>} LF · n times (length of the number u8 · length of the glance u32 · number · glance) · CRC of all before, eight hexadecimal digits
 */
export function* summaryBlocks(id: string, glances: Glances): Generator<Uint8Array> {
  const head = Buffer.from(`${JSON.stringify({ form, id, mailboxes: glances.size })}\n`);
  let sum = crc32c(head);
  yield head;
  let [parts, bytes] = [[] as Uint8Array[], 0];
  const block = (): Uint8Array => {
    const whole = Buffer.concat(parts);
    sum = crc32c(whole, sum);
    [parts, bytes] = [[], 0];
    return whole;
  };
  for (const [number, glance] of glances) {
    const one = encode(number, glance);
    parts.push(one);
    bytes += one.length;
    if (bytes >= blockBytes) yield block();
  }
  yield block();
  yield Buffer.from(sumText(sum));
}

function encode(number: string, glance: string): Uint8Array {
  const bytes = Buffer.allocUnsafe(lengthsBytes + number.length + glance.length);
  bytes.writeUInt8(number.length, 0);
  bytes.writeUInt32LE(glance.length, 1);
  bytes.write(number, lengthsBytes, 'latin1');
  bytes.write(glance, lengthsBytes + number.length, 'latin1');
  return bytes;
}

/** null = it is torn, or of another form. Errors: HalError io. */
export async function readSummary(file: StorageFile, bytes: number): Promise<Summary | null> {
  const reading = new SummaryReading();
  const end = bytes - sumBytes;
  const block = new Uint8Array(Math.min(blockBytes, Math.max(0, end)));
  try {
    for (let at = 0; at < end; ) {
      const got = await file.read(block.subarray(0, Math.min(block.length, end - at)), at);
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
  readonly #glances = new Map<string, string>();
  #sum = 0;
  /** The beginning of what has not come whole. */
  #rest: Buffer = Buffer.alloc(0);
  #head: v.InferOutput<typeof headSchema> | null = null;

  add(bytes: Uint8Array): void {
    this.#sum = crc32c(bytes, this.#sum);
    const all = Buffer.concat([this.#rest, bytes]);
    let at = this.#head === null ? this.#readHead(all) : 0;
    for (let next = this.#one(all, at); next > at; next = this.#one(all, at)) at = next;
    this.#rest = Buffer.from(all.subarray(at));
  }

  whole(sum: string): Summary | null {
    const head = this.#head;
    if (head === null || sum !== sumText(this.#sum) || this.#rest.length > 0 || this.#glances.size !== head.mailboxes) return null;
    return { id: head.id, glances: this.#glances };
  }

  /** Where it ends. Throws on what is none. */
  #readHead(all: Buffer): number {
    const end = all.indexOf(headEnd);
    this.#head = v.parse(headSchema, JSON.parse(all.toString('latin1', 0, end)));
    return end + 1;
  }

  /** Where the mailbox that begins at `at` ends; `at` itself when it has not come whole, or there is none. */
  #one(all: Buffer, at: number): number {
    if (this.#head === null || at + lengthsBytes > all.length) return at;
    const glanceAt = at + lengthsBytes + all.readUInt8(at);
    const end = glanceAt + all.readUInt32LE(at + 1);
    if (end > all.length) return at;
    this.#glances.set(all.toString('latin1', at + lengthsBytes, glanceAt), all.toString('latin1', glanceAt, end));
    return end;
  }
}

const sumText = (sum: number): string => sum.toString(16).padStart(sumBytes, '0');
