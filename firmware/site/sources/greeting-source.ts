import type { GreetingStore } from '../../mailbox/greeting-store.ts';
import type { StoredRecording } from '../../mailbox/mailbox-state.ts';
import type { GreetingKind } from '../../mailbox/owner-choices.ts';
import { greetingKinds } from '../../mailbox/owner-choices.ts';
import { mailboxPattern } from '../../mailbox/recording.ts';
import type { Chunks } from '../blob-store.ts';
import type { Value } from '../manifest.ts';
import { SiteError } from '../site-error.ts';
import type { Contents, Prepared, SiteSource } from '../site-source.ts';
import { audioChunks, heardOut, isRecording, readAudio } from './audio-content.ts';

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
    return isRecording(contents, value.sha256, current.id);
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
    const { id, codec, bytes, audio } = await readAudio(name, content);
    if (this.#store.current(mailbox, kind)?.id === id) {
      await heardOut(audio);
      return { commit: async () => undefined, discard: async () => undefined };
    }
    const recording = await this.#store.put(mailbox, kind, { id, codec, bytes }, audio);
    return {
      commit: () => this.#store.commit(mailbox, kind, recording),
      discard: () => this.#store.discard(mailbox, kind, id).catch(() => undefined),
    };
  }

  #current(name: string): StoredRecording | null {
    const place = parsed(name);
    return place === null ? null : this.#store.current(place.mailbox, place.kind);
  }

  #chunks({ mailbox, kind }: Place, recording: StoredRecording): Chunks {
    return audioChunks(greetingName(mailbox, kind), recording, () => this.#store.reader(mailbox, kind, recording));
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
