import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { storedGreetings } from '../../../firmware/calls/stored-greetings.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { chunksOf, makeStore } from '../../support/store-fixture.ts';
import type { WallMs } from '../../../hal/clock.ts';
import { chosenGreeting } from '../../../firmware/mailbox/chosen-greeting.ts';
import type { MailboxChoices } from '../../../firmware/mailbox/mailbox-choices.ts';
import { noChoices } from '../../../firmware/mailbox/mailbox-choices.ts';
import type { GreetingKind } from '../../../firmware/mailbox/owner-choices.ts';
import { greetingKinds } from '../../../firmware/mailbox/owner-choices.ts';
import type { GreetedCall } from '../../../firmware/callflow/phrase.ts';

const nowMs = Date.UTC(2026, 0, 5, 9) as WallMs;
const chosen = (recorded: readonly GreetingKind[], call: GreetedCall | null, choices: Partial<MailboxChoices> = {}): GreetingKind | null =>
  chosenGreeting({ choices: { ...noChoices(), ...choices }, isRecorded: (kind) => recorded.includes(kind), call, nowMs });

const busyInside: GreetedCall = { reason: 'busy', internal: true };

test('temporary before reason before internal or external before standard: what is not recorded is passed over', () => {
  const order: GreetingKind[] = ['temporary', 'busy', 'internal', 'greeting'];
  for (let from = 0; from < order.length; from++) assert.is(chosen(order.slice(from), busyInside), order[from] as GreetingKind);
  assert.is(chosen([], busyInside), null);
  assert.is(chosen(['external', 'no-answer'], busyInside), null, 'those are for other calls');
});

test('each kind of call has its own', () => {
  const all = greetingKinds.filter((kind) => kind !== 'temporary');
  assert.is(chosen(all, { reason: 'no-answer', internal: false }), 'no-answer');
  assert.is(chosen(all, { reason: 'out-of-hours', internal: null }), 'out-of-hours');
  assert.is(chosen(all, { reason: 'default', internal: false }), 'external');
  assert.is(chosen(all, { reason: 'default', internal: null }), 'greeting');
  assert.is(chosen(all, null), 'greeting');
});

test('temporary-greeting-has-ended: from its end on it counts no more', () => {
  const recorded: GreetingKind[] = ['temporary', 'greeting'];
  assert.is(chosen(recorded, busyInside, { temporaryUntilMs: nowMs + 1 }), 'temporary');
  assert.is(chosen(recorded, busyInside, { temporaryUntilMs: nowMs }), 'greeting');
});

test('a numbered greeting serves the calls it was chosen for, and no others', () => {
  const use = { busy: 'greeting-3', greeting: 'greeting-1' } as const;
  assert.is(chosen(['greeting-3', 'greeting-1', 'busy'], busyInside, { use }), 'greeting-3');
  assert.is(chosen(['greeting-1'], busyInside, { use }), 'greeting-1');
  assert.is(chosen(['greeting-2'], busyInside), null);
});

test('who waits for a group hears what is for waiting, or the announcement of the system', () => {
  assert.is(chosen(['queued', 'still-queued', 'temporary', 'greeting'], { ...busyInside, queued: 'still-queued' }), 'still-queued');
  assert.is(chosen(['greeting', 'temporary'], { ...busyInside, queued: 'queued' }), null);
});

test('a new temporary greeting is not silenced by the end of an earlier one', async () => {
  const { store, clock } = makeStore(new SimStorage());
  await store.open();
  await store.choices.change('201', (choices) => (choices.temporaryUntilMs = 5));
  const greetings = storedGreetings(store.greetings, store, clock, (mailbox) => store.choices.change(mailbox, (choices) => (choices.temporaryUntilMs = null)));
  for (const [kind, until] of [['busy', 5], ['temporary', null]] as const) {
    const recording = await greetings.begin('201', 'PCMU', kind);
    recording.append(chunksOf(1, 1)[0] as Uint8Array, 0);
    await recording.finish(1000);
    await recording.commit();
    assert.is(store.choices.of('201').temporaryUntilMs, until, kind);
  }
  await store.close();
});

test.run();
