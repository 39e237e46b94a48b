import { HalError } from '../../hal/errors.ts';
import type { GreetingStore, GreetingWriter } from '../mailbox/greeting-store.ts';
import type { StoredRecording } from '../mailbox/mailbox-state.ts';
import type { GreetingRecording, Greetings } from './greetings.ts';

/** The greetings of the message store, as calls see them. */
export function storedGreetings(store: GreetingStore): Greetings {
  return {
    current: async (mailbox) => {
      const recording = store.current(mailbox, 'greeting');
      return recording === null ? null : store.reader(mailbox, 'greeting', recording);
    },
    begin: async (mailbox, codec) => new RecordedGreeting(store, mailbox, await store.begin(mailbox, 'greeting', codec)),
    remove: (mailbox) => store.remove(mailbox, 'greeting'),
  };
}

class RecordedGreeting implements GreetingRecording {
  readonly #store: GreetingStore;
  readonly #mailbox: string;
  readonly #writer: GreetingWriter;
  #recording: StoredRecording | null = null;

  constructor(store: GreetingStore, mailbox: string, writer: GreetingWriter) {
    this.#store = store;
    this.#mailbox = mailbox;
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
    return this.#store.reader(this.#mailbox, 'greeting', this.#finished());
  }

  async commit(): Promise<void> {
    await this.#store.commit(this.#mailbox, 'greeting', this.#finished());
  }

  async abandon(): Promise<void> {
    if (this.#recording === null) await this.#writer.abandon();
    else await this.#store.discard(this.#mailbox, 'greeting', this.#recording.id);
  }

  #finished(): StoredRecording {
    if (this.#recording === null) throw new HalError('not-found', `greeting of ${this.#mailbox}`, 'not recorded to its end');
    return this.#recording;
  }
}
