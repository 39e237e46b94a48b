import type { Clock } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import { chosenGreeting } from '../mailbox/chosen-greeting.ts';
import type { GreetingStore, GreetingWriter } from '../mailbox/greeting-store.ts';
import { noChoices } from '../mailbox/mailbox-choices.ts';
import type { StoredRecording } from '../mailbox/mailbox-state.ts';
import type { MailboxDocuments } from '../mailbox/mailbox-documents.ts';
import type { GreetingKind } from '../mailbox/owner-choices.ts';
import type { GreetingRecording, Greetings } from './greetings.ts';
import type { AudioSource } from './media-channel.ts';

/** The greetings of the message store, as calls see them. `endless`: the temporary greeting counts until it is removed, durably. */
export function storedGreetings(store: GreetingStore, documents: MailboxDocuments, clock: Clock, endless: (mailbox: string) => Promise<void>): Greetings {
  const recorded = async (mailbox: string, kind: GreetingKind): Promise<AudioSource | null> => {
    const recording = store.current(mailbox, kind);
    return recording === null ? null : store.reader(mailbox, kind, recording);
  };
  return {
    current: async (mailbox, call) => {
      const choices = documents.openedChoices(mailbox)?.state ?? noChoices();
      const kind = chosenGreeting({ choices, isRecorded: (one) => store.current(mailbox, one) !== null, call: call ?? null, nowMs: clock.wall() });
      return kind === null ? null : recorded(mailbox, kind);
    },
    recorded,
    begin: async (mailbox, codec, kind = 'greeting') => new RecordedGreeting(store, mailbox, kind, await store.begin(mailbox, kind, codec), endless),
    remove: (mailbox, kind = 'greeting') => store.remove(mailbox, kind),
  };
}

class RecordedGreeting implements GreetingRecording {
  readonly #store: GreetingStore;
  readonly #mailbox: string;
  readonly #kind: GreetingKind;
  readonly #writer: GreetingWriter;
  readonly #endless: (mailbox: string) => Promise<void>;
  #recording: StoredRecording | null = null;

  constructor(store: GreetingStore, mailbox: string, kind: GreetingKind, writer: GreetingWriter, endless: (mailbox: string) => Promise<void>) {
    this.#store = store;
    this.#endless = endless;
    this.#mailbox = mailbox;
    this.#kind = kind;
    this.#writer = writer;
  }

  append(bytes: Uint8Array, lostPackets: number): boolean {
    return this.#writer.append(bytes, lostPackets);
  }

  get failed(): boolean {
    return this.#writer.failed;
  }

  async finish(keepMs: number): Promise<void> {
    this.#recording = await this.#writer.finish('digit', keepMs);
  }

  async open(): ReturnType<GreetingRecording['open']> {
    return this.#store.reader(this.#mailbox, this.#kind, this.#finished());
  }

  /** The end of an earlier temporary greeting must not silence a new one; its own is set after it. */
  async commit(): Promise<void> {
    if (this.#kind === 'temporary') await this.#endless(this.#mailbox);
    await this.#store.commit(this.#mailbox, this.#kind, this.#finished());
  }

  async abandon(): Promise<void> {
    if (this.#recording === null) await this.#writer.abandon();
    else await this.#store.discard(this.#mailbox, this.#kind, this.#recording.id);
  }

  #finished(): StoredRecording {
    if (this.#recording === null) throw new HalError('not-found', `${this.#kind} of ${this.#mailbox}`, 'not recorded to its end');
    return this.#recording;
  }
}
