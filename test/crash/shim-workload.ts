import type { FileMessageStore } from '../../firmware/mailbox/file-message-store.ts';
import { audio } from '../support/store-fixture.ts';
import { Caller } from './caller.ts';
import type { Notebook } from './store-ledger.ts';

/** One message of a mailbox that the workload itself never touches. */
export async function prepare(store: FileMessageStore, notes: Notebook): Promise<void> {
  const caller = new Caller(store, notes);
  const recording = await caller.begin('203');
  await caller.speak(recording, audio(7, 0));
  await caller.finish(recording);
}

/** Three messages in two mailboxes, two of them at the same time, one dropped, changes of state, a purge, a greeting and a wrong PIN. */
export async function threeMessages(store: FileMessageStore, notes: Notebook): Promise<void> {
  const caller = new Caller(store, notes);
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
