// The decisions of the mirror as tables: who is right about a state, what becomes of a message, which task comes next.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MirrorInput, MirrorState } from '../../../firmware/failover/mirror/mirror-machine.ts';
import { askAgainMs, mirrorStep, retryMs } from '../../../firmware/failover/mirror/mirror-machine.ts';
import { mergedStates, mirrorVerdict } from '../../../firmware/failover/mirror/mirror-verdict.ts';
import type { Todo } from '../../../firmware/failover/mirror/mirror-work.ts';
import { fromTheStart, maxHints, maxUnread, maxWants, withHint, withWants } from '../../../firmware/failover/mirror/mirror-work.ts';
import { UnsentChanges, maxUnsent } from '../../../firmware/failover/mirror/unsent-changes.ts';
import type { Listed, Standing } from '../../../firmware/mailbox/message-mirror.ts';
import { shelves } from '../../../firmware/mailbox/message-mirror.ts';
import { messageStates } from '../../../firmware/mailbox/mailbox-paths.ts';
import type { MessageState } from '../../../firmware/mailbox/message.ts';
import { changed, firstVersion, includes, joined, unknownVersion } from '../../../firmware/mailbox/state-version.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';

/** `p` changes by the primary, `b` by the backup. */
function made(p: number, b: number): number {
  let version = firstVersion;
  for (let count = 0; count < p; count++) version = changed(version, 'primary');
  for (let count = 0; count < b; count++) version = changed(version, 'backup');
  return version;
}

test('versions: made in knowledge of the other, or apart', () => {
  assert.ok(includes(made(2, 1), made(1, 1)) && includes(made(1, 1), made(1, 1)));
  assert.not.ok(includes(made(2, 0), made(1, 1)) || includes(made(1, 1), made(2, 0)));
  assert.is(joined(made(2, 0), made(1, 1)), made(2, 1));
  assert.is(changed(made(1, 1), null), made(1, 1), 'a unit without a pair counts nothing');
});

test('versions at their end, and unknown ones, look as if made apart', () => {
  const full = 0xffff * 0x10000 + 0xffff - 1;
  assert.is(changed(0xffff * 0x10000, 'primary'), 0xffff * 0x10000);
  assert.ok(changed(full, 'backup') < unknownVersion);
  assert.is(changed(unknownVersion, 'primary'), unknownVersion);
  assert.not.ok(includes(unknownVersion, made(1, 0)) || includes(made(1, 0), unknownVersion));
  assert.is(joined(unknownVersion, made(1, 0)), made(1, 0));
});

const listed = (state: MessageState, version: number, log: Partial<Listed> = {}): Standing => ({ kind: 'listed', id: 'one', state, version, interrupted: false, bytes: 100, ...log });
const purged = (version: number): Standing => ({ kind: 'purged', id: 'one', version });

/** Mine, theirs -> what becomes of it here. */
const verdicts: readonly [string, Standing | null, Standing | null, string][] = [
  ['known to none', null, null, 'nothing'],
  ['only here', listed('new', made(0, 0)), null, 'nothing'],
  ['only there', null, listed('old', made(0, 1)), `take old ${made(0, 1)}`],
  ['purged there, never here', null, purged(made(0, 2)), 'nothing'],
  ['the same', listed('old', made(1, 0)), listed('old', made(1, 0)), 'nothing'],
  ['changed there', listed('new', made(0, 0)), listed('saved', made(0, 1)), `adopt saved ${made(0, 1)}`],
  ['changed here', listed('saved', made(1, 0)), listed('new', made(0, 0)), 'nothing'],
  ['deleted there after it was saved there', listed('saved', made(0, 1)), listed('deleted', made(0, 2)), `adopt deleted ${made(0, 2)}`],
  ['taken back there', listed('deleted', made(1, 0)), listed('new', made(1, 1)), `adopt new ${made(1, 1)}`],
  ['apart: saved here, deleted there', listed('saved', made(1, 0)), listed('deleted', made(0, 1)), `adopt saved ${made(1, 1)}`],
  ['apart: deleted here, saved there', listed('deleted', made(1, 0)), listed('saved', made(0, 1)), `adopt saved ${made(1, 1)}`],
  ['apart: deleted here, heard there', listed('deleted', made(1, 0)), listed('old', made(0, 1)), `adopt old ${made(1, 1)}`],
  ['apart: changed twice here, once there', listed('deleted', made(2, 0)), listed('saved', made(0, 1)), `adopt saved ${made(2, 1)}`],
  ['apart: heard on both', listed('old', made(1, 0)), listed('old', made(0, 1)), `adopt old ${made(1, 1)}`],
  ['the index here was lost', listed('new', unknownVersion), listed('old', made(0, 1)), `adopt old ${made(0, 1)}`],
  ['purged there, not touched here', listed('deleted', made(1, 0)), purged(made(1, 1)), 'purge'],
  ['purged there before what was done here was known', listed('saved', made(1, 0)), purged(made(0, 2)), `adopt saved ${made(1, 2)}`],
  ['purged there, and known of here', listed('saved', made(1, 2)), purged(made(0, 2)), 'nothing'],
  ['purged here, not touched there', purged(made(2, 0)), listed('deleted', made(1, 0)), 'nothing'],
  ['purged here, saved there meanwhile', purged(made(2, 0)), listed('saved', made(1, 1)), `take saved ${made(2, 1)}`],
  ['purged on both', purged(made(2, 0)), purged(made(1, 1)), 'nothing'],
  ['an old image of a disk here', listed('new', made(0, 0)), listed('saved', made(3, 2)), `adopt saved ${made(3, 2)}`],
  ['an old image of a disk there', listed('saved', made(3, 2)), listed('new', made(0, 0)), 'nothing'],
  ['an old image of a disk there, of what was purged here', purged(made(3, 2)), listed('new', made(0, 0)), 'nothing'],
  ['cut off here, complete there', listed('old', made(1, 0), { interrupted: true, bytes: 50 }), listed('new', made(0, 0)), `adopt old ${made(1, 0)}, take`],
  ['complete here, cut off there', listed('new', made(0, 0)), listed('old', made(0, 1), { interrupted: true, bytes: 50 }), `adopt old ${made(0, 1)}`],
];

function shown(mine: Standing | null, theirs: Standing | null): string {
  const verdict = mirrorVerdict(mine, theirs);
  if (verdict.type === 'nothing' || verdict.type === 'purge') return verdict.type;
  return `${verdict.type} ${verdict.state} ${verdict.version}${verdict.type === 'adopt' && verdict.take ? ', take' : ''}`;
}

for (const [name, mine, theirs, result] of verdicts) test(`verdict: ${name}`, () => assert.is(shown(mine, theirs), result));

test('the rules are the same from either side: any two states with any two versions end as one', () => {
  const versions = [firstVersion, made(1, 0), made(0, 1), made(2, 0), made(1, 1), made(2, 2), unknownVersion];
  const all = messageStates.flatMap((state) => versions.map((version) => ({ state, version })));
  for (const one of all) {
    for (const other of all) {
      const merged = mergedStates(one, other);
      assert.equal(merged, mergedStates(other, one));
      assert.equal(mergedStates(merged, other).state, merged.state, 'what has come of it stays');
      assert.equal(mergedStates(one, merged).state, merged.state);
    }
  }
});

const want = { mailbox: '201', id: 'one', state: 'new' as const, version: 0 };
const offer = { ...want, bytes: 100_000, worth: { interrupted: false, bytes: 99_000 } };
const calm: Todo = { ...fromTheStart, sweepDue: false };
const hint = { mailbox: '202', id: 'two' };

const states: Record<string, MirrorState> = {
  paused: { name: 'paused' },
  'turned-away': { name: 'turned-away' },
  resting: { name: 'resting', todo: { ...calm, waking: 'sweep' } },
  beginning: { name: 'working', task: { type: 'begin' }, todo: fromTheStart },
  comparing: { name: 'working', task: { type: 'compare', mailbox: '201', ids: ['one'] }, todo: calm },
  shelving: { name: 'working', task: { type: 'shelf', shelf: shelves - 1 }, todo: { ...calm, sweep: { shelf: shelves, mailboxes: [], list: null } } },
  listing: { name: 'working', task: { type: 'list', mailbox: '201', after: '' }, todo: { ...calm, sweep: { shelf: shelves, mailboxes: [], list: { mailbox: '201', after: '' } } } },
  weighing: { name: 'working', task: { type: 'weigh', want }, todo: calm },
  fetching: { name: 'working', task: { type: 'fetch', offer, at: 32_768 }, todo: { ...calm, coming: { offer, at: 32_768, tries: 1 } } },
  importing: { name: 'working', task: { type: 'import', offer }, todo: { ...calm, coming: { offer, at: 100_000, tries: 1 } } },
};

const inputs: Record<string, MirrorInput> = {
  go: { type: 'go' },
  halt: { type: 'halt' },
  due: { type: 'due' },
  calm: { type: 'calm' },
  hinted: { type: 'hinted', hint },
  agreed: { type: 'agreed' },
  off: { type: 'off' },
  busy: { type: 'busy' },
  'compared, a want': { type: 'compared', wants: [want], left: false },
  'listed, more': { type: 'listed', wants: [], left: false, after: 'one' },
  'listed, a want': { type: 'listed', wants: [want], left: false, after: null },
  differing: { type: 'differing', mailboxes: ['201', '205'] },
  begun: { type: 'begun', offer, at: 0 },
  here: { type: 'here' },
  'in hand': { type: 'in-hand' },
  gone: { type: 'gone' },
  damaged: { type: 'damaged', why: 'cut off' },
  'refused, mailbox': { type: 'refused', why: 'mailbox-unknown' },
  'refused, disk': { type: 'refused', why: 'store-full' },
  fetched: { type: 'fetched', at: 65_536 },
  'fetched, all': { type: 'fetched', at: 100_000 },
  imported: { type: 'imported' },
  'not whole': { type: 'not-whole', why: 'cut off' },
  failed: { type: 'failed', why: 'no answer' },
  unread: { type: 'unread', why: 'the medium failed' },
};

/** State, input -> next: effects. What is not here changes nothing. */
const table: Record<string, string> = {
  'paused, go': 'working: begin',
  'turned-away, due': 'working: begin',
  'resting, due': 'working: shelf',
  'resting, calm': 'resting: in-step',
  'resting, hinted': 'working: compare',
  'beginning, agreed': 'working: shelf',
  'comparing, compared, a want': 'working: weigh',
  'comparing, refused, mailbox': 'resting: report, wake 1',
  'comparing, refused, disk': 'resting: report, wake 1',
  'comparing, unread': 'resting: report-mailbox, wake 1',
  'shelving, unread': 'resting: report, wake 1',
  'listing, unread': 'resting: report-mailbox, wake 1',
  'shelving, differing': 'working: list',
  'shelving, refused, mailbox': 'resting: report, wake 1',
  'shelving, refused, disk': 'resting: report, wake 1',
  'listing, listed, more': 'working: list',
  'listing, listed, a want': 'working: weigh',
  'listing, refused, mailbox': 'resting: report, wake 1',
  'listing, refused, disk': 'resting: report, wake 1',
  'weighing, begun': 'working: fetch',
  'weighing, here': 'resting: in-step, wake 12',
  'weighing, gone': 'resting: in-step, wake 12',
  'weighing, in hand': 'resting: wake 1',
  'weighing, busy': 'resting: calm-down',
  'weighing, damaged': 'resting: report, wake 1',
  'weighing, refused, mailbox': 'resting: report, wake 1',
  'weighing, refused, disk': 'resting: report, wake 1',
  'importing, fetched': 'working: fetch',
  'importing, fetched, all': 'working: import',
};
for (const name of ['fetching', 'importing']) {
  Object.assign(table, {
    [`${name}, fetched`]: 'working: fetch',
    [`${name}, fetched, all`]: 'working: import',
    [`${name}, imported`]: 'resting: took, in-step, wake 12',
    [`${name}, busy`]: 'resting: calm-down',
    [`${name}, gone`]: 'resting: in-step, wake 12',
    [`${name}, in hand`]: 'resting: wake 1',
    [`${name}, not whole`]: 'working: fetch',
    [`${name}, refused, mailbox`]: 'resting: report, wake 1',
    [`${name}, refused, disk`]: 'resting: report, wake 1',
  });
}
for (const name of Object.keys(states).filter((one) => states[one]?.name === 'working')) {
  table[`${name}, off`] = `turned-away: stop, wake ${askAgainMs / retryMs}`;
  table[`${name}, failed`] = 'resting: report, wake 1';
  table[`${name}, hinted`] = 'working: ';
  table[`${name}, due`] = 'working: ';
}
for (const name of Object.keys(states).filter((one) => one !== 'paused')) table[`${name}, halt`] = 'paused: stop';

function stepShown(state: MirrorState, input: MirrorInput): string {
  const next = mirrorStep(state, input);
  if (next.state === state && next.effects.length === 0) return 'nothing';
  const effects = next.effects.map((effect) => {
    if (effect.type === 'do') return effect.task.type;
    return effect.type === 'wake' ? `wake ${effect.ms / retryMs}` : effect.type;
  });
  return `${next.state.name}: ${effects.join(', ')}`;
}

test('every state with every input', () => {
  const found: Record<string, string> = {};
  for (const [name, state] of Object.entries(states)) {
    for (const [said, input] of Object.entries(inputs)) {
      const result = stepShown(state, input);
      if (result !== 'nothing') found[`${name}, ${said}`] = result;
    }
  }
  const sorted = (of: Record<string, string>): [string, string][] => Object.entries(of).sort(([one], [other]) => (one < other ? -1 : 1));
  assert.equal(sorted(found), sorted(table));
});

test('what has changed goes before the log that is on its way, and that before the rest', () => {
  const busy = { ...calm, coming: { offer, at: 32_768, tries: 1 }, wants: [{ ...want, id: 'three' }], sweepDue: true };
  let state: MirrorState = { name: 'working', task: { type: 'fetch', offer, at: 32_768 }, todo: busy };
  const tasks: string[] = [];
  const inputsInTurn: MirrorInput[] = [
    { type: 'hinted', hint }, { type: 'fetched', at: 65_536 }, { type: 'compared', wants: [], left: false }, { type: 'fetched', at: 100_000 }, { type: 'imported' }, { type: 'here' },
  ];
  for (const input of inputsInTurn) {
    const step = mirrorStep(state, input);
    state = step.state;
    tasks.push(...step.effects.flatMap((effect) => (effect.type === 'do' ? [effect.task.type] : [])));
  }
  assert.equal(tasks, ['compare', 'fetch', 'import', 'weigh', 'shelf']);
});

test('a full disk stops logs, not states, and what was left is tried after longer and longer waits, up to an hour', () => {
  const waits: number[] = [];
  let state: MirrorState = { name: 'working', task: { type: 'weigh', want }, todo: calm };
  for (let round = 0; round < 9; round++) {
    let step = mirrorStep(state, { type: 'refused', why: 'store-full' });
    waits.push(...step.effects.flatMap((effect) => (effect.type === 'wake' ? [effect.ms / retryMs] : [])));
    step = mirrorStep(mirrorStep(step.state, { type: 'hinted', hint }).state, { type: 'compared', wants: [want], left: false });
    assert.equal([step.state.name, step.effects], ['resting', []], 'the state was compared, the log is not fetched, the time not put off');
    state = mirrorStep(step.state, { type: 'due' }).state;
    for (let shelf = 0; shelf < shelves - 1; shelf++) state = mirrorStep(state, { type: 'differing', mailboxes: [] }).state;
    state = mirrorStep(mirrorStep(state, { type: 'differing', mailboxes: ['201'] }).state, { type: 'listed', wants: [want], left: false, after: null }).state;
  }
  assert.equal(waits, [1, 2, 4, 8, 16, 32, 48, 48, 48]);
});

test('a mailbox that cannot be read is stepped over, so many in a sweep, and the sweep is made again', () => {
  const mailboxes = Array.from({ length: maxUnread + 2 }, (_, nth) => String(201 + nth));
  let state: MirrorState = mirrorStep({ name: 'working', task: { type: 'shelf', shelf: 0 }, todo: { ...calm, sweep: { shelf: 1, mailboxes: [], list: null } } }, { type: 'differing', mailboxes }).state;
  const listed = (): string | null => (state.name === 'working' && state.task.type === 'list' ? state.task.mailbox : null);
  const seen: (string | null)[] = [];
  for (let count = 0; count < maxUnread; count++) {
    state = mirrorStep(state, { type: 'unread', why: 'the medium failed' }).state;
    seen.push(listed());
  }
  assert.equal(seen, mailboxes.slice(1, maxUnread + 1));
  const end = mirrorStep(state, { type: 'unread', why: 'the medium failed' });
  assert.equal([end.state.name, end.effects.map(({ type }) => type)], ['resting', ['report', 'wake']]);
  const again = mirrorStep(end.state, { type: 'due' }).state;
  assert.equal(again.name === 'working' ? [again.task, again.todo.unread] : null, [{ type: 'shelf', shelf: 0 }, 0]);
});

test('hints and wants are bounded: what is beyond comes with the next sweep', () => {
  let todo = calm;
  for (let count = 0; count <= maxHints; count++) todo = withHint(todo, { mailbox: '201', id: `${count}` });
  assert.equal([todo.hints.length, todo.sweepDue], [maxHints, true]);
  assert.is(withHint(todo, { mailbox: '201', id: '5' }), todo, 'known already');
  const many = Array.from({ length: maxWants + 1 }, (_, count) => ({ ...want, id: String(count).padStart(5, '0') }));
  const full = withWants(calm, many, false);
  assert.equal([full.wants.length, full.left, full.wants[0]?.id], [maxWants, true, String(maxWants).padStart(5, '0')]);
});

test('changes are told once each when the line takes them, and no more than so many wait', async () => {
  const clock = new SimClock();
  const sent: string[] = [];
  let takes = false;
  const unsent = new UnsentChanges(clock, (_, data) => takes && sent.push(String(data['id'])) > 0);
  for (let count = 0; count < maxUnsent + 5; count++) unsent.add({ mailbox: '201', id: `${count}` });
  unsent.add({ mailbox: '201', id: '0' });
  assert.is(unsent.size, maxUnsent);
  takes = true;
  await clock.advance(1000);
  assert.equal([sent.length, new Set(sent).size, unsent.size], [maxUnsent, maxUnsent, 0]);
  takes = false;
  unsent.add({ mailbox: '201', id: '7' });
  unsent.clear();
  assert.equal(clock.pending(), []);
});

test.run();
