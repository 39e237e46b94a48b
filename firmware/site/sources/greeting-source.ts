import * as v from 'valibot';
import { HalError } from '../../../hal/errors.ts';
import type { GreetingKind, GreetingStore } from '../../mailbox/greeting-store.ts';
import { greetingKinds } from '../../mailbox/greeting-store.ts';
import type { StoredRecording } from '../../mailbox/mailbox-state.ts';
import { codecs, idPattern, mailboxPattern } from '../../mailbox/recording.ts';
import type { Chunks } from '../blob-store.ts';
import { canonicalBytes } from '../canonical-json.ts';
import { chunkBytes } from '../durable-file.ts';
import { maxBlobBytes } from '../manifest.ts';
import type { Value } from '../manifest.ts';
import { SiteError } from '../site-error.ts';
import type { Contents, Prepared, SiteSource } from '../site-source.ts';
import { beginning } from '../site-source.ts';

/** The content of a greeting: one line of JSON, which is this, then the audio as recorded. The id is the recording's on both units, and tells at a glance whether it is the same. */
const headSchema = v.strictObject({
  form: v.literal(1),
  id: v.pipe(v.string(), v.regex(idPattern)),
  codec: v.picklist(codecs),
  bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(maxBlobBytes)),
});
type GreetingHead = v.InferOutput<typeof headSchema>;

const maxHeadLine = 512;
const lineEnd = 0x0a;

export const greetingName = (mailbox: string, kind: GreetingKind): string => `greeting/${mailbox}/${kind}`;

/** Greetings and spoken names: `greeting/<mailbox>/<kind>`. */
export class GreetingSource implements SiteSource {
  changed: ((name: string) => void) | null = null;
  readonly #store: GreetingStore;

  constructor(store: GreetingStore) {
    this.#store = store;
    store.changed = (mailbox, kind) => this.changed?.(greetingName(mailbox, kind));
  }

  owns(name: string): boolean {
    return parsed(name) !== null;
  }

  names(): readonly string[] {
    return this.#store.inForce().map(({ mailbox, kind }) => greetingName(mailbox, kind));
  }

  async is(name: string, value: Value, contents: Contents): Promise<boolean | null> {
    const current = this.#current(name);
    if (current === null) return false;
    try {
      return splitHead(await beginning(contents.content(value.sha256))).head.id === current.id;
    } catch (error) {
      if (error instanceof SiteError || error instanceof HalError) return null;
      throw error;
    }
  }

  read(name: string): Chunks | null {
    const place = parsed(name);
    const current = this.#current(name);
    return place === null || current === null ? null : this.#chunks(place, current);
  }

  async prepare(name: string, content: Chunks | null): Promise<Prepared> {
    const place = parsed(name);
    if (place === null) throw new SiteError('malformed', `${name} names no greeting`);
    const { mailbox, kind } = place;
    if (content === null) return { commit: () => this.#store.remove(mailbox, kind), discard: async () => undefined };
    const chunks = content[Symbol.asyncIterator]();
    const first = await chunks.next();
    const { head, rest } = splitHead(first.done === true ? new Uint8Array(0) : first.value);
    const { id, codec, bytes } = head;
    const audio = bounded(rest, chunks, bytes, name);
    // Already in force: the content is still read to its end, because only that shows whether it is sound.
    if (this.#store.current(mailbox, kind)?.id === id) return this.#nothing(audio);
    const recording = await this.#store.put(mailbox, kind, { id, codec, bytes }, audio);
    return {
      commit: () => this.#store.commit(mailbox, kind, recording),
      discard: () => this.#store.discard(mailbox, kind, id).catch(() => undefined),
    };
  }

  async #nothing(audio: Chunks): Promise<Prepared> {
    for await (const _ of audio);
    return { commit: async () => undefined, discard: async () => undefined };
  }

  #current(name: string): StoredRecording | null {
    const place = parsed(name);
    return place === null ? null : this.#store.current(place.mailbox, place.kind);
  }

  async *#chunks({ mailbox, kind }: Place, recording: StoredRecording): Chunks {
    const { id, codec, bytes } = recording;
    yield Buffer.concat([canonicalBytes({ form: 1, id, codec, bytes } satisfies GreetingHead), Uint8Array.of(lineEnd)]);
    const reader = await this.#store.reader(mailbox, kind, recording);
    try {
      for (let at = 0; at < bytes; ) {
        const piece = await reader.read(at, chunkBytes);
        if (piece.length === 0) throw new HalError('io', greetingName(mailbox, kind), 'the recording is damaged');
        at += piece.length;
        yield piece;
      }
    } finally {
      await reader.close();
    }
  }
}

interface Place {
  readonly mailbox: string;
  readonly kind: GreetingKind;
}

function parsed(name: string): Place | null {
  const [area, mailbox = '', word, ...more] = name.split('/');
  const kind = greetingKinds.find((one) => one === word);
  return area === 'greeting' && mailboxPattern.test(mailbox) && kind !== undefined && more.length === 0 ? { mailbox, kind } : null;
}

/** The first chunk holds the whole line. Errors: SiteError malformed. */
function splitHead(chunk: Uint8Array): { head: GreetingHead; rest: Uint8Array } {
  const end = chunk.subarray(0, maxHeadLine).indexOf(lineEnd);
  try {
    return { head: v.parse(headSchema, JSON.parse(new TextDecoder().decode(chunk.subarray(0, Math.max(0, end))))), rest: chunk.subarray(end + 1) };
  } catch {
    throw new SiteError('malformed', 'the content of a greeting does not begin like one');
  }
}

/** The audio, in pieces that a recording takes; all that was promised, and no more. */
async function* bounded(first: Uint8Array, rest: AsyncIterator<Uint8Array>, bytes: number, name: string): Chunks {
  let at = 0;
  try {
    for (let piece = first; ; ) {
      at += piece.length;
      if (at > bytes) throw new SiteError('malformed', `${name} has more audio than it says`);
      if (piece.length > 0) yield piece;
      const next = await rest.next();
      if (next.done === true) break;
      piece = next.value;
    }
  } finally {
    await rest.return?.();
  }
  if (at < bytes) throw new SiteError('malformed', `${name} has less audio than it says`);
}
