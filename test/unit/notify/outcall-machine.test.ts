import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OutcallInput, OutcallJob, OutcallPlan } from '../../../firmware/notify/outcall-machine.ts';
import { outcallStep } from '../../../firmware/notify/outcall-machine.ts';

const plan: OutcallPlan = { destinations: ['desk', 'mobile', 'home'], retries: 2, intervalsMin: [5, 20] };
const minute = 60_000;

/** Whom a machine calls, and when (minutes), while nobody answers; `answer`: what becomes of the nth call. */
function run(plan: OutcallPlan, answer: (nth: number) => boolean, open: (minutes: number) => boolean = () => true) {
  let job: OutcallJob | null = outcallStep(plan, null, { type: 'messages', untold: ['m1'] }, 0).job;
  const calls: string[] = [];
  for (let now = 0; now <= 600 && job !== null; now++) {
    for (let more = true; more && job !== null; ) {
      const look = outcallStep(plan, job, { type: 'look', open: open(now) }, now * minute);
      job = look.job;
      more = look.call !== null;
      if (look.call === null) break;
      calls.push(`${now} ${plan.destinations[look.call]}`);
      const end = outcallStep(plan, job, { type: 'ended', reached: answer(calls.length) }, now * minute);
      if (end.job === null) return { calls, told: end.told, gaveUp: end.gaveUp };
      job = end.job;
    }
  }
  return { calls, told: [], gaveUp: false };
}

test('nobody answers: the whole list, then the interval, then the whole list again, until the retries are done', () => {
  const { calls, told, gaveUp } = run(plan, () => false);
  assert.equal(calls, ['0 desk', '0 mobile', '0 home', '5 desk', '5 mobile', '5 home', '25 desk', '25 mobile', '25 home']);
  assert.equal([told, gaveUp], [['m1'], true]);
});

test('the second destination answers: nobody else is called', () => {
  assert.equal(run(plan, (nth) => nth === 2), { calls: ['0 desk', '0 mobile'], told: ['m1'], gaveUp: false });
});

test('the last interval holds for all further retries', () => {
  const { calls } = run({ destinations: ['desk'], retries: 4, intervalsMin: [1, 10] }, () => false);
  assert.equal(calls, ['0 desk', '1 desk', '11 desk', '21 desk', '31 desk']);
});

test('outside its hours it waits, and goes on where it was', () => {
  const { calls } = run(plan, () => false, (minutes) => minutes === 3 || minutes >= 100);
  assert.equal(calls.slice(0, 4), ['3 desk', '3 mobile', '3 home', '100 desk']);
});

const waiting: OutcallJob = { name: 'waiting', round: 1, index: 2, dueMs: 5 * minute, messages: ['m1', 'm2'] };
const calling: OutcallJob = { ...waiting, name: 'calling' };

const table: [string, OutcallJob | null, OutcallInput, Partial<ReturnType<typeof outcallStep>>][] = [
  ['no messages, nothing to do', null, { type: 'messages', untold: [] }, { job: null }],
  ['the owner has heard them all: no more calls', waiting, { type: 'messages', untold: [] }, { job: null, told: [] }],
  ['a further message joins in', waiting, { type: 'messages', untold: ['m1', 'm2', 'm3'] }, { job: { ...waiting, messages: ['m1', 'm2', 'm3'] } }],
  ['a message that comes while it rings is not what the call is about', calling, { type: 'messages', untold: ['m1', 'm2', 'm3'] }, { job: calling }],
  ['not yet', waiting, { type: 'look', open: true }, { job: waiting, call: null }],
  ['reached', calling, { type: 'ended', reached: true }, { job: null, told: ['m1', 'm2'], gaveUp: false }],
  ['the end of a call that nobody made', waiting, { type: 'ended', reached: true }, { job: waiting, told: [] }],
  ['a power cut while it rang counts as unanswered', calling, { type: 'restarted' }, { job: { ...waiting, round: 2, index: 0, dueMs: 21 * minute } }],
  ['a power cut while it waited changes nothing', waiting, { type: 'restarted' }, { job: waiting }],
];

for (const [name, job, input, expected] of table) {
  test(`outcall: ${name}`, () => {
    const step = outcallStep(plan, job, input, minute);
    for (const [key, value] of Object.entries(expected)) assert.equal(step[key as keyof typeof step], value, key);
  });
}

test('a clock that is set back by a day does not put the next call off by a day', () => {
  assert.is(outcallStep(plan, { ...waiting, index: 0, dueMs: 24 * 60 * minute }, { type: 'look', open: true }, 0).call, 0);
});

test('an escalation list that was made shorter meanwhile is followed', () => {
  assert.is(outcallStep({ ...plan, destinations: ['mobile'] }, waiting, { type: 'look', open: true }, 6 * minute).call, 0);
});

test('each state of the machine is JSON', () => assert.equal(JSON.parse(JSON.stringify(waiting)), waiting));

test.run();
