import type { FileMessageStore } from '../../firmware/mailbox/file-message-store.ts';
import type { MessageState } from '../../firmware/mailbox/message.ts';
import type { MessageWriter } from '../../firmware/mailbox/message-store.ts';
import { HalError } from '../../hal/errors.ts';
import { chunksOf, factsFor } from '../support/store-fixture.ts';
import type { LedgerMessage, Notebook } from './store-ledger.ts';

/** A message on its way. */
export interface Recording {
  readonly mailbox: string;
  readonly writer: MessageWriter;
  /** It was stored, or dropped, and the store has said so. */
  done: boolean;
}

/** What a caller does, noted in a ledger before it is asked for and again when it is acknowledged. Refusals are borne. */
export class Caller {
  readonly #store: FileMessageStore;
  readonly #notes: Notebook;
  #wrongTries = 0;

  constructor(store: FileMessageStore, notes: Notebook) {
    this.#store = store;
    this.#notes = notes;
  }

  async begin(mailbox: string): Promise<Recording | null> {
    const writer = await borne(() => this.#store.begin(factsFor(mailbox)));
    if (writer === null) return null;
    this.#notes.note((ledger) => ledger.begun(writer.id, mailbox));
    return { mailbox, writer, done: false };
  }

  /** Speaks for a second, and waits until it is durable. */
  async speak(recording: Recording | null, chunk: Uint8Array): Promise<void> {
    if (recording === null) return;
    const { writer } = recording;
    if (!writer.append(chunk.slice(), 0)) return;
    this.#about(recording, (known) => {
      known.audio = Buffer.concat([known.audio, chunk]);
      known.spokenBytes = known.audio.length;
    });
    await this.#store.close();
    if (!writer.failed) this.#about(recording, (known) => (known.durableBytes = known.audio.length));
  }

  async finish(recording: Recording | null): Promise<void> {
    if (recording === null) return;
    this.#about(recording, (known) => (known.asked = 'finish'));
    const message = await borne(() => recording.writer.finish('hung-up'));
    recording.done = message !== null && !message.interrupted;
    const { done } = recording;
    this.#about(recording, (known) => Object.assign(known, { done, ...(message && { durableBytes: message.bytes }) }));
  }

  async abandon(recording: Recording | null): Promise<void> {
    if (recording === null) return;
    this.#about(recording, (known) => (known.asked = 'abandon'));
    const done = (await borne(() => recording.writer.abandon().then(() => true))) ?? false;
    recording.done = done;
    this.#about(recording, (known) => (known.done = done));
  }

  async mark(recording: Recording | null, state: MessageState | 'purged'): Promise<void> {
    if (recording === null || !recording.done) return;
    const { mailbox, writer } = recording;
    this.#about(recording, (known) => known.states.push(state));
    const done = await borne(async () => {
      if (state === 'purged') await this.#store.purge(mailbox, writer.id);
      else await this.#store.mark(mailbox, writer.id, state);
      return true;
    });
    if (done) this.#about(recording, (known) => (known.states = [state]));
  }

  async greet(tag: number): Promise<void> {
    const notes = this.#notes;
    const chunks = chunksOf(tag, 2, 2000);
    await borne(async () => {
      const writer = await this.#store.greetings.begin('201', 'greeting', 'PCMU');
      for (const chunk of chunks) writer.append(chunk, 0);
      const recording = await writer.finish('digit');
      notes.note((ledger) => ledger.greetings.push(Buffer.concat(chunks)));
      await this.#store.greetings.commit('201', 'greeting', recording);
      notes.note((ledger) => (ledger.greetings = [Buffer.concat(chunks)]));
    });
  }

  async wrongPin(): Promise<void> {
    const tries = ++this.#wrongTries;
    this.#notes.note((ledger) => ledger.wrongTries.push(tries));
    const done = await borne(async () => {
      await this.#store.owners.change('201', (record) => ({ ...record, wrongTries: tries }));
      return true;
    });
    if (done) this.#notes.note((ledger) => (ledger.wrongTries = [tries]));
  }

  #about({ writer }: Recording, change: (known: LedgerMessage) => unknown): void {
    this.#notes.note((ledger) => void change(ledger.message(writer.id)));
  }
}

async function borne<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HalError) return null;
    throw error;
  }
}
