// Power cut at every write, sync and rename while a message is sent to three, and while one that waited for its time is delivered.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileMessageStore } from '../../firmware/mailbox/file-message-store.ts';
import type { Sending } from '../../firmware/mailbox/sending/send-desk.ts';
import { HalError } from '../../hal/errors.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import type { SimOperation } from '../../hal/sim/sim-operation.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import { figure } from '../support/figure.ts';
import { chunksOf, leave, makeStore, wholeOf } from '../support/store-fixture.ts';
import { bothViews, randomFates } from './fates.ts';

const hourMs = 3_600_000;
const recipients = ['201', '202', '203'];
const seedsPerCut = 2;
/** What was not synced is gone or there, whole or torn. */
const views = bothViews.filter(({ name }) => /keep$|tear$/.test(name));
const original = chunksOf(1, 2, 400);
const introduction = chunksOf(2, 1, 400);
const whole = Buffer.concat([...introduction, ...original]);

interface Sent {
  /** The store has said that it was taken. */
  taken: boolean;
}

type Workload = (store: FileMessageStore, clock: SimClock, sent: Sent) => Promise<void>;

/** Forwards a message of 201 with an introduction to 202, 203 and itself. */
async function forward(store: FileMessageStore, _clock: SimClock, sent: Sent, atMs = 0): Promise<void> {
  const message = store.list('201')[0];
  const piece = await store.drafts.begin('call', 'PCMU');
  for (const chunk of introduction) piece.append(chunk.slice(), 0);
  await piece.finish(50);
  const { fault } = await store.sending.send(await sendingOf(store, message?.id ?? '', atMs));
  sent.taken = fault === null;
  await store.sending.idle();
  await store.drafts.drop('call');
}

async function sendingOf(store: FileMessageStore, id: string, atMs: number): Promise<Sending> {
  const audio = async () => {
    const { JoinedAudio } = await import('../../firmware/mailbox/sending/joined-audio.ts');
    const draft = await store.drafts.audio('call');
    return draft === null ? null : new JoinedAudio([draft, await store.reader('201', id)]);
  };
  return { sender: '201', callerNumber: '201', callerName: '', recipients, as: 'forwarded', priority: false, private: false, introductionMs: 50, atMs, audio };
}

/** Its time comes. */
async function fire(store: FileMessageStore, clock: SimClock): Promise<void> {
  await clock.advance(2 * hourMs);
  await store.sending.idle();
}

const reads = new Set(['open', 'read', 'list', 'stat', 'space']);

interface Run {
  readonly storage: SimStorage;
  readonly sent: Sent;
  readonly operations: readonly SimOperation[];
  readonly nowMs: number;
}

async function run(workload: Workload, waits: boolean, nth: number): Promise<Run> {
  const storage = new SimStorage({});
  const clock = new SimClock();
  const { store } = makeStore(storage, {}, 1, clock);
  await store.open();
  store.sending.start();
  await leave(store, '201', original);
  const sent: Sent = { taken: false };
  if (waits) await forward(store, clock, sent, clock.wall() + hourMs);
  const operations: SimOperation[] = [];
  storage.fault = (operation) => {
    if (reads.has(operation.kind)) return null;
    operations.push(operation);
    return operations.length - 1 === nth ? 'power-cut' : null;
  };
  await Promise.race([workload(store, clock, sent).catch(ifRefused), storage.powerLost]);
  return { storage, sent, operations, nowMs: clock.wall() };
}

const ifRefused = (error: unknown): void => {
  if (!(error instanceof HalError)) throw error;
};

/** What is wrong after the next start, once everything is delivered. */
async function broken(storage: SimStorage, sent: Sent, nowMs: number): Promise<string[]> {
  const clock = new SimClock();
  clock.stepWall(nowMs + 3 * hourMs - clock.wall());
  const { store } = makeStore(storage, {}, 9, clock);
  await store.open();
  store.sending.start();
  await store.sending.idle();
  const wrong: string[] = [];
  const counts: number[] = [];
  for (const mailbox of recipients) {
    const found = store.list(mailbox, true).filter(({ sentAs }) => sentAs === 'forwarded');
    counts.push(found.length);
    if (found.length > 1 || (sent.taken && found.length === 0)) wrong.push(`${mailbox} has it ${found.length} times (taken: ${sent.taken})`);
    for (const { id, interrupted } of found) {
      const audio = await wholeOf(await store.reader(mailbox, id));
      if (interrupted || !audio.equals(whole)) wrong.push(`${mailbox} has another recording`);
    }
  }
  if (new Set(counts).size > 1) wrong.push(`some have it and some have not: ${counts.join(' ')}`);
  if (store.list('201', true).filter(({ sentAs }) => sentAs === undefined).length !== 1) wrong.push('the original is gone');
  const left = [...(await storage.list('sends')), ...(await storage.list('drafts'))];
  return left.length === 0 ? wrong : [...wrong, `left on the disk: ${left.join(' ')}`];
}

async function everyCut(name: string, workload: Workload, waits: boolean): Promise<void> {
  const { operations } = await run(workload, waits, -1);
  const found: string[] = [];
  let states = 0;
  for (let nth = 0; nth < operations.length; nth++) {
    const { storage, sent, nowMs } = await run(workload, waits, nth);
    const { kind, path } = operations[nth] as SimOperation;
    for (const fates of [...views, ...Array.from({ length: seedsPerCut }, (_, seed) => randomFates(nth * 100 + seed))]) {
      states++;
      for (const one of await broken(storage.afterPowerCut(fates.make(), {}), sent, nowMs)) found.push(`cut at ${kind} ${path} (${fates.name}): ${one}`);
    }
  }
  figure(`${name}: ${operations.length} cuts, ${states} states, ${found.length} broken promises`);
  assert.ok(operations.length > 20);
  assert.equal(found.slice(0, 5), []);
}

test('power-cut-while-forwarding-to-three: all of them get it once, or nobody does and nobody was told', () => everyCut('forward to three', forward, false));

test('power-cut-while-future-delivery-fires: all of them get it, once', () => everyCut('future delivery', fire, true));

test.run();
