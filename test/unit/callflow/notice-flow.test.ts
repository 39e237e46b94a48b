import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { alarmFlow } from '../../../firmware/callflow/alarm-flow.ts';
import type { FlowInput } from '../../../firmware/callflow/flow.ts';
import { noticeFlow } from '../../../firmware/callflow/notice-flow.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { FlowProbe } from '../../support/flow-probe.ts';

const start: FlowInput = { type: 'start' };
const played: FlowInput = { type: 'played' };
const patience: FlowInput = { type: 'timer', name: 'patience' };
const answered: FlowInput = { type: 'answered', kind: 'notice-heard', answer: {} };
const hungUp: FlowInput = { type: 'hung-up' };

const notice = () => new FlowProbe(noticeFlow({ mailbox: '201', messages: 2 }));
const alarm = (more = {}) => new FlowProbe(alarmFlow({ prompt: null, text: '', cancelCode: '*', ...more }));

test('notice: who is meant, how many, how to log in, how to stop', () => {
  const probe = notice().feed(start);
  assert.equal(probe.said(), ['notice.this-is', 'nameOf', 'pauseMs', 'notice.there-are', 'count', 'pauseMs', 'notice.log-in', 'notice.stop']);
});

test('notice: number and hash is told, then the owner logs in', () => {
  const probe = notice().feed(start).keys('201#');
  assert.equal(probe.effect('ask').request, { kind: 'notice-heard', what: 'reached' });
  assert.equal(probe.feed(answered).effects, [{ type: 'become-collect', mailbox: '201' }]);
});

test('notice: star hash is told, then the call ends', () => {
  const probe = notice().feed(start).keys('*#');
  assert.equal(probe.effect('ask').request, { kind: 'notice-heard', what: 'stop' });
  assert.equal(probe.feed(answered).said(), ['notice.stopped', 'goodbye']);
  assert.equal(probe.feed(played).asked(), ['hang-up', 'done']);
});

test('notice: a number that was begun wrongly is begun anew by star', () => {
  assert.is(notice().feed(start).keys('99*201#').effect('ask').request.kind, 'notice-heard');
  assert.equal(notice().feed(start).keys('99#').asked(), ['cancel-timer', 'play'], 'a wrong one is told to nobody');
});

test('notice: anything else is said again, a few times, and then the call ends; nobody was reached', () => {
  const probe = notice().feed(start);
  for (let times = 1; times < 4; times++) assert.equal(probe.feed(played, patience).said()[0], 'notice.this-is', String(times));
  assert.equal(probe.feed(played, patience).said(), ['goodbye']);
  assert.equal(probe.feed(played).asked(), ['hang-up', 'done']);
});

test('alarm: the words of the unit, a text, a recorded prompt, and how it ends', () => {
  assert.equal(alarm().feed(start).said(), ['alarm.this-is', 'pauseMs', 'alarm.to-end', 'digits']);
  assert.equal(alarm({ text: 'Get up', cancelCode: '' }).feed(start).said(), ['alarm.this-is', 'speak', 'pauseMs', 'alarm.hang-up']);
  assert.equal(alarm({ prompt: 'Rooster' }).feed(start).said(), ['recorded', 'pauseMs', 'alarm.to-end', 'digits']);
});

test('alarm: the code ends it, in whatever it is keyed', () => {
  const probe = alarm({ cancelCode: '12*' }).feed(start).keys('9112*');
  assert.equal(probe.effect('ask').request, { kind: 'notice-heard', what: 'cancelled' });
  assert.equal(probe.feed(answered).said(), ['alarm.cancelled', 'goodbye']);
});

test('alarm: nobody keys anything: it is said five times', () => {
  const probe = alarm().feed(start);
  for (let times = 1; times < 5; times++) assert.is(probe.feed(played, patience).said()[0], 'alarm.this-is');
  assert.equal(probe.feed(played, patience).said(), ['goodbye']);
});

test('a hang-up in any state, behind any keys, comes to its end, and nothing is asked for after it', () => {
  const random = new SimRandom(Number(process.env['SEED'] ?? 5));
  const inputs: FlowInput[] = [played, patience, answered, ...[...'0123456789*#'].map((digit): FlowInput => ({ type: 'digit', digit }))];
  for (let run = 0; run < 2000; run++) {
    const probe = run % 2 === 0 ? notice() : alarm({ cancelCode: run % 3 === 0 ? '' : '12' });
    let done = false;
    const feed = (input: FlowInput): void => {
      probe.feed(input);
      assert.not.ok(done && probe.effects.length > 0, `run ${run}: ${probe.asked().join()} after the end`);
      done ||= probe.asked().includes('done') || probe.asked().includes('become-collect');
    };
    feed(start);
    for (let step = random.below(30); step > 0; step--) feed(inputs[random.below(inputs.length)] as FlowInput);
    feed(hungUp);
    assert.ok(done, `run ${run} is in ${probe.state.name}`);
  }
});

test('each state is JSON', () => {
  const probe = notice().feed(start).keys('20');
  assert.equal(JSON.parse(JSON.stringify(probe.state)), probe.state);
});

test.run();
