import type { FileMessageStore } from '../../firmware/mailbox/file-message-store.ts';
import type { MessageState } from '../../firmware/mailbox/message.ts';
import type { MessageWriter } from '../../firmware/mailbox/message-store.ts';
import { HalError } from '../../hal/errors.ts';
import { audio, chunksOf, factsFor } from '../support/store-fixture.ts';
import type { LedgerMessage, StoreLedger } from './store-ledger.ts';

interface Recording {
  readonly writer: MessageWriter;
  readonly known: LedgerMessage;
}

/** What a caller does, noted in a ledger before it is asked for and again when it is acknowledged. Refusals are borne. */
class Caller {
  readonly #store: FileMessageStore;
  readonly #ledger: StoreLedger;

  constructor(store: FileMessageStore, ledger: StoreLedger) {
    this.#store = store;
    this.#ledger = ledger;
  }

  async begin(mailbox: string): Promise<Recording | null> {
    const writer = await borne(() => this.#store.begin(factsFor(mailbox)));
    return writer === null ? null : { writer, known: this.#ledger.begun(writer.id, mailbox) };
  }

  /** Speaks for a second, and waits until it is durable. */
  async speak(recording: Recording | null, chunk: Uint8Array): Promise<void> {
    if (recording === null) return;
    const { writer, known } = recording;
    if (!writer.append(chunk.slice(), 0)) return;
    known.audio = Buffer.concat([known.audio, chunk]);
    await this.#store.close();
    if (!writer.failed) known.durableBytes = known.audio.length;
  }

  async finish(recording: Recording | null): Promise<void> {
    if (recording === null) return;
    const { writer, known } = recording;
    known.asked = 'finish';
    const message = await borne(() => writer.finish('hung-up'));
    known.done = message !== null && !message.interrupted;
    if (message !== null) known.durableBytes = message.bytes;
  }

  async abandon(recording: Recording | null): Promise<void> {
    if (recording === null) return;
    recording.known.asked = 'abandon';
    recording.known.done = (await borne(() => recording.writer.abandon().then(() => true))) ?? false;
  }

  async mark(recording: Recording | null, state: MessageState | 'purged'): Promise<void> {
    if (recording === null || !recording.known.done) return;
    const { writer, known } = recording;
    known.states.push(state);
    const done = await borne(async () => {
      if (state === 'purged') await this.#store.purge(known.mailbox, writer.id);
      else await this.#store.mark(known.mailbox, writer.id, state);
      return true;
    });
    if (done) known.states = [state];
  }

  async greet(tag: number): Promise<void> {
    const ledger = this.#ledger;
    const chunks = chunksOf(tag, 2, 2000);
    await borne(async () => {
      const writer = await this.#store.greetings.begin('201', 'greeting', 'PCMU');
      for (const chunk of chunks) writer.append(chunk, 0);
      const recording = await writer.finish('digit');
      ledger.greetings.push(Buffer.concat(chunks));
      await this.#store.greetings.commit('201', 'greeting', recording);
      ledger.greetings = [Buffer.concat(chunks)];
    });
  }

  async wrongPin(): Promise<void> {
    const tries = Math.max(...this.#ledger.wrongTries) + 1;
    this.#ledger.wrongTries.push(tries);
    const done = await borne(async () => {
      await this.#store.owners.change('201', (record) => ({ ...record, wrongTries: tries }));
      return true;
    });
    if (done) this.#ledger.wrongTries = [tries];
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

/** One message of a mailbox that the workload itself never touches. */
export async function prepare(store: FileMessageStore, ledger: StoreLedger): Promise<void> {
  const caller = new Caller(store, ledger);
  const recording = await caller.begin('203');
  await caller.speak(recording, audio(7, 0));
  await caller.finish(recording);
}

/** Three messages in two mailboxes, two of them at the same time, one dropped, changes of state, a purge, a greeting and a wrong PIN. */
export async function threeMessages(store: FileMessageStore, ledger: StoreLedger): Promise<void> {
  const caller = new Caller(store, ledger);
  const first = await caller.begin('201');
  await caller.speak(first, audio(1, 0));
  const second = await caller.begin('202');
  await Promise.all([caller.speak(first, audio(1, 1)), caller.speak(second, audio(2, 0))]);
  await caller.finish(first);
  await caller.mark(first, 'old');
  const third = await caller.begin('201');
  await caller.speak(third, audio(3, 0));
  await Promise.all([caller.finish(second), caller.greet(4), caller.wrongPin()]);
  await caller.mark(second, 'saved');
  const dropped = await caller.begin('202');
  await caller.abandon(dropped);
  await caller.speak(third, audio(3, 1));
  await Promise.all([caller.finish(third), caller.mark(first, 'deleted')]);
  await caller.greet(5);
  await caller.mark(second, 'purged');
}
