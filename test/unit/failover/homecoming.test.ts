// The decisions of homecoming as tables, and its small parts.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { HomeInput, HomeState, Pass } from '../../../firmware/failover/homecoming/home-machine.ts';
import { homeStep, longestLooks, lookMs } from '../../../firmware/failover/homecoming/home-machine.ts';
import { Arrivals } from '../../../firmware/failover/homecoming/arrivals.ts';
import type { Offer } from '../../../firmware/failover/homecoming/home-protocol.ts';
import { HomeLedger, maxEntries } from '../../../firmware/failover/homecoming/home-ledger.ts';
import { mergedState } from '../../../firmware/failover/homecoming/merged-state.ts';
import { OnceLog } from '../../../firmware/failover/homecoming/once-log.ts';
import type { FileMessageStore } from '../../../firmware/mailbox/file-message-store.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { HalError } from '../../../hal/errors.ts';
import { ListLog, makeStore } from '../../support/store-fixture.ts';

const offer = { mailbox: '201', id: 'one', state: 'new' as const, bytes: 100_000, worth: null };
const pass: Pass = { after: '', full: true, came: false, attempt: 0, looks: 1 };

const states: Record<HomeState['name'], HomeState> = {
  paused: { name: 'paused' },
  looking: { name: 'looking', pass },
  weighing: { name: 'weighing', pass, offer },
  fetching: { name: 'fetching', pass, offer, at: 65_536, tries: 1 },
  importing: { name: 'importing', pass, offer, tries: 1 },
  settling: { name: 'settling', pass, offer },
  acknowledging: { name: 'acknowledging', pass, offer },
  resting: { name: 'resting', pass },
};

const inputs: Record<string, HomeInput> = {
  go: { type: 'go' },
  halt: { type: 'halt' },
  due: { type: 'due' },
  offered: { type: 'offered', offer },
  damaged: { type: 'damaged', mailbox: '201', id: 'one', why: 'cut off' },
  'nothing, none left': { type: 'nothing', left: 0 },
  'nothing, some left': { type: 'nothing', left: 2 },
  here: { type: 'here' },
  'in hand': { type: 'in-hand' },
  'begun, some': { type: 'begun', bytes: 65_536 },
  'begun, all': { type: 'begun', bytes: 100_000 },
  'refused, mailbox': { type: 'refused', why: 'mailbox-unknown' },
  'refused, disk': { type: 'refused', why: 'store-full' },
  'fetched, some': { type: 'fetched', at: 70_000 },
  'fetched, all': { type: 'fetched', at: 100_000 },
  gone: { type: 'gone' },
  imported: { type: 'imported' },
  'not whole': { type: 'not-whole', why: 'cut off' },
  settled: { type: 'settled' },
  'released, gone': { type: 'released', now: 'gone' },
  'released, changed': { type: 'released', now: 'changed' },
  'released, in hand': { type: 'released', now: 'in-hand' },
  failed: { type: 'failed', why: 'no answer' },
};

/** State, input -> next state: effects. What is not here changes nothing. */
const table: Record<string, string> = {
  'paused, go': 'looking: look ',
  'looking, offered': 'weighing: weigh one',
  'looking, damaged': 'looking: report, look one',
  'looking, nothing, none left': 'resting: rest 1',
  'looking, nothing, some left': 'resting: rest 1',
  'looking, refused, mailbox': 'resting: report, rest 2',
  'looking, refused, disk': 'resting: report, rest 2',
  'weighing, here': 'settling: settle one',
  'weighing, in hand': 'looking: look one',
  'weighing, begun, some': 'fetching: fetch 65536',
  'weighing, begun, all': 'importing: import one',
  'weighing, refused, mailbox': 'looking: report, look one',
  'weighing, refused, disk': 'resting: report, rest 2',
  'fetching, fetched, some': 'fetching: fetch 70000',
  'fetching, fetched, all': 'importing: import one',
  'fetching, gone': 'looking: look one',
  'fetching, refused, mailbox': 'looking: report, look one',
  'fetching, refused, disk': 'resting: report, rest 2',
  'importing, imported': 'settling: settle one',
  'importing, in hand': 'looking: look one',
  'importing, not whole': 'fetching: fetch 0',
  'importing, refused, mailbox': 'looking: report, look one',
  'importing, refused, disk': 'resting: report, rest 2',
  'settling, settled': 'acknowledging: acknowledge one',
  'settling, refused, mailbox': 'looking: report, look one',
  'settling, refused, disk': 'resting: report, rest 2',
  'acknowledging, released, gone': 'looking: came-home, look one',
  'acknowledging, released, changed': 'looking: look ',
  'acknowledging, released, in hand': 'looking: look one',
  'resting, due': 'looking: look ',
  'resting, halt': 'paused: stop-resting',
};
for (const name of ['looking', 'weighing', 'fetching', 'importing', 'settling', 'acknowledging']) {
  table[`${name}, halt`] = 'paused: ';
  table[`${name}, failed`] = 'resting: report, rest 2';
}

function shown(state: HomeState, input: HomeInput): string {
  const next = homeStep(state, input);
  if (next.state === state && next.effects.length === 0) return 'nothing';
  const effects = next.effects.map((effect) => {
    if (effect.type === 'look') return `look ${effect.after}`;
    if (effect.type === 'rest') return `rest ${effect.ms / lookMs}`;
    if (effect.type === 'fetch') return `fetch ${effect.at}`;
    return effect.type === 'report' || effect.type === 'came-home' || effect.type === 'stop-resting' ? effect.type : `${effect.type} ${effect.offer.id}`;
  });
  return `${next.state.name}: ${effects.join(', ')}`;
}

test('every state with every input', () => {
  const found: Record<string, string> = {};
  for (const [name, state] of Object.entries(states)) {
    for (const [said, input] of Object.entries(inputs)) {
      const result = shown(state, input);
      if (result !== 'nothing') found[`${name}, ${said}`] = result;
    }
  }
  const sorted = (of: Record<string, string>): [string, string][] => Object.entries(of).sort(([one], [other]) => (one < other ? -1 : 1));
  assert.equal(sorted(found), sorted(table));
});

test('a message that comes not whole twice is stepped over', () => {
  const step = homeStep({ name: 'importing', pass, offer, tries: 2 }, { type: 'not-whole', why: 'x' });
  assert.equal(step.effects.map(({ type }) => type), ['report', 'look']);
});

/** Full passes among the next `count` looks, when each leaves one message; `came` says in which one comes home. */
function fullPasses(count: number, came: (look: number) => boolean): number[] {
  const full: number[] = [];
  let state: HomeState = homeStep({ name: 'paused' }, { type: 'go' }).state;
  for (let look = 0; look < count; look++) {
    if (state.name !== 'looking') throw new Error(state.name);
    if (state.pass.full) full.push(look);
    state = { ...state, pass: { ...state.pass, came: came(look) } };
    state = homeStep(homeStep(state, { type: 'nothing', left: 1 }).state, { type: 'due' }).state;
  }
  return full;
}

test('what was left is tried again after 1, 2, 4 minutes and so on up to an hour; newer ones are looked for all the time', () => {
  const passes = fullPasses(600, () => false);
  assert.equal(passes.slice(0, 8), [0, 2, 6, 14, 30, 62, 126, 246]);
  assert.is((passes.at(-1) ?? 0) - (passes.at(-2) ?? 0), longestLooks);
  assert.equal(fullPasses(9, (look) => look === 2).slice(0, 4), [0, 2, 4, 8], 'from the beginning once something came');
});

test('a failed or full disk makes everything wait: 1 minute, 2, 4', () => {
  const rests: number[] = [];
  let state: HomeState = states.looking;
  for (let count = 0; count < 9; count++) {
    const step = homeStep(homeStep(state, { type: 'offered', offer }).state, { type: 'refused', why: 'store-full' });
    rests.push(...step.effects.flatMap((effect) => (effect.type === 'rest' ? [effect.ms / 60_000] : [])));
    state = homeStep(step.state, { type: 'due' }).state;
    assert.ok(state.name === 'looking' && state.pass.full && state.pass.after === '');
  }
  assert.equal(rests, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

test('the newer state wins; where both have changed, the one that keeps more', () => {
  const cases = [
    // taken over as, at home, on the backup -> result
    ['new', 'new', 'new', 'new'],
    ['new', 'old', 'new', 'old'],
    ['new', 'deleted', 'new', 'deleted'],
    ['new', 'new', 'old', 'old'],
    ['old', 'old', 'deleted', 'deleted'],
    ['deleted', 'deleted', 'new', 'new'],
    ['new', 'old', 'old', 'old'],
    ['new', 'deleted', 'saved', 'saved'],
    ['new', 'saved', 'deleted', 'saved'],
    ['new', 'old', 'deleted', 'old'],
    [null, 'deleted', 'new', 'new'],
    [null, 'saved', 'old', 'saved'],
  ] as const;
  for (const [base, home, away, result] of cases) assert.is(mergedState(base, home, away), result, `${base} ${home} ${away}`);
});

const idOf = (nth: number): string => `019b8d50-0000-7000-8000-${nth.toString(16).padStart(12, '0')}`;

async function ledger(storage = new SimStorage()): Promise<HomeLedger> {
  await storage.makeDirectory('home');
  await storage.syncDirectory('');
  return HomeLedger.open(storage, new ListLog());
}

test('the ledger is durable, but for what is settled, which can wait', async () => {
  const storage = new SimStorage();
  const book = await ledger(storage);
  await book.set(idOf(1), { state: 'new', phase: 'came' });
  await book.set(idOf(2), { state: 'saved', phase: 'coming' });
  book.note(idOf(1), 'settled');
  book.note(idOf(9), 'settled');
  const lost = await ledger(storage.afterPowerCut(() => 'drop'));
  assert.equal([lost.get(idOf(1)), lost.get(idOf(2)), lost.get(idOf(9))], [{ state: 'new', phase: 'came' }, { state: 'saved', phase: 'coming' }, null]);
  await book.flush();
  await book.drop(idOf(2));
  const kept = await ledger(storage.afterPowerCut(() => 'drop'));
  assert.equal([kept.get(idOf(1)), kept.get(idOf(2))], [{ state: 'new', phase: 'settled' }, null]);
});

test('the ledger is bounded: the oldest settled one goes, and without one nothing is taken', async () => {
  const book = await ledger();
  for (let nth = 0; nth < maxEntries; nth++) await book.set(idOf(nth), { state: 'new', phase: 'came' });
  assert.not.ok(book.takes(idOf(maxEntries)));
  assert.ok(book.takes(idOf(0)));
  const refused = await book.set(idOf(maxEntries), { state: 'new', phase: 'coming' }).then(() => null, (error: unknown) => error);
  assert.ok(refused instanceof HalError && refused.id === 'no-space');
  book.note(idOf(3), 'settled');
  book.note(idOf(2), 'settled');
  await book.set(idOf(maxEntries), { state: 'new', phase: 'coming' });
  assert.equal([book.size, book.get(idOf(2)), book.get(idOf(3))?.phase], [maxEntries, null, 'settled']);
});

test('a save that failed is made up for by the next', async () => {
  const storage = new SimStorage();
  const book = await ledger(storage);
  storage.fault = ({ kind }) => (kind === 'create' ? 'no-space' : null);
  assert.is(await book.set(idOf(1), { state: 'new', phase: 'came' }).then(() => 'stored', () => 'refused'), 'refused');
  storage.fault = null;
  await book.set(idOf(1), { state: 'new', phase: 'came' });
  assert.is((await ledger(storage.afterPowerCut(() => 'drop'))).get(idOf(1))?.phase, 'came');
});

async function arrivals(storage: SimStorage): Promise<{ arrivals: Arrivals; store: FileMessageStore }> {
  const { store, log } = makeStore(storage);
  await store.open();
  return { store, arrivals: await Arrivals.open({ storage, log, transfer: store.transfer }) };
}

test('a part that is longer than its message begins anew, and is not taken for a message that came', async () => {
  const storage = new SimStorage();
  const { arrivals: first } = await arrivals(storage);
  const one = { mailbox: '201', id: idOf(1), state: 'new' as const, bytes: 3000, worth: null };
  await first.add(one, new Uint8Array(3000), 0);
  storage.fault = ({ kind, path }) => (kind === 'open' && path.endsWith('.part') && storage.counts['open'] === opens + 2 ? 'io' : null);
  const opens = storage.counts['open'] ?? 0;
  assert.is(await first.finish(one).then(() => 'done', () => 'refused'), 'refused');
  storage.fault = null;
  assert.equal(await first.weigh(one), { type: 'begun', bytes: 3000 });
  assert.equal(await first.weigh({ ...one, bytes: 2000 }), { type: 'begun', bytes: 0 });
});

test('a part that is no message is given up, and the next one removes what is left of others', async () => {
  const storage = new SimStorage();
  const { arrivals: here } = await arrivals(storage);
  const [one, other] = [idOf(1), idOf(2)].map((id) => ({ mailbox: '201', id, state: 'new' as const, bytes: 3000, worth: null })) as [Offer, Offer];
  await here.add(one, new Uint8Array(3000), 0);
  assert.equal(await here.finish(one), { type: 'not-whole', why: 'does not begin like a recording' });
  assert.equal(await here.weigh(one), { type: 'begun', bytes: 0 });
  await here.add(one, new Uint8Array(1000), 0);
  assert.equal(await here.weigh(one), { type: 'begun', bytes: 1000 });
  await here.weigh(other);
  assert.equal(await here.weigh(one), { type: 'begun', bytes: 0 });
});

test('a trouble is told once, again when it is another, and not after it is over', () => {
  const log = new ListLog();
  const once = new OnceLog(log);
  const message = { mailbox: '201', id: 'a' };
  for (const text of ['full', 'full', 'damaged', 'damaged']) once.tell('stays', message, text);
  once.tell('all-stay', null, 'no answer');
  once.tell('all-stay', null, 'no answer');
  assert.equal(log.events.map(({ event, text }) => `${event} ${text}`), ['stays full', 'stays damaged', 'all-stay no answer']);
  assert.is(once.last, 'no answer');
  once.clear('');
  assert.is(once.last, 'damaged');
  once.clear('a');
  assert.is(once.last, null);
  for (let nth = 0; nth < 1500; nth++) once.tell('stays', { mailbox: '201', id: String(nth) }, 'full');
  assert.is(once.size, 1000);
});

test.run();
