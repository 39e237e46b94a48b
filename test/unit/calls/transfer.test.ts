import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { ReturnedCalls } from '../../../firmware/calls/transfer/returned-calls.ts';
import type { TargetInput, TargetState } from '../../../firmware/calls/transfer/target-machine.ts';
import { targetStep } from '../../../firmware/calls/transfer/target-machine.ts';
import { mayTransfer } from '../../../firmware/calls/transfer/transfer-rules.ts';
import { parseConfiguration } from '../../../firmware/config/parse-configuration.ts';
import type { Settings } from '../../../firmware/config/settings.ts';
import type { CallFacts } from '../../../firmware/sip/leg.ts';

const rules = { whispers: false, autoAccept: false };

/** Where the inputs lead, and all that was done on the way. */
function goes(inputs: readonly TargetInput[], how = rules): [TargetState['name'], string] {
  let state: TargetState = { name: 'calling' };
  const done: string[] = [];
  for (const input of inputs) {
    const step = targetStep(state, input, how);
    state = step.state;
    done.push(...step.effects.map((effect) => ('outcome' in effect ? effect.outcome : 'ended' in effect ? `talked ${effect.ended}` : effect.type)));
  }
  return [state.name, done.filter((one) => one !== 'wait').join(' ')];
}

const answered: TargetInput = { type: 'answered' };
const talk: TargetInput = { type: 'talk' };
const ended = (status: number | null = null): TargetInput => ({ type: 'ended', status });
const up: TargetInput = { type: 'time-is-up' };
const givenUp: TargetInput = { type: 'given-up' };
const stopped: TargetInput = { type: 'media-stopped' };
const key = (digit: string): TargetInput => ({ type: 'key', digit });

const plain: readonly (readonly [title: string, inputs: readonly TargetInput[], end: string, done: string])[] = [
  ['answered, talked, hung up there', [answered, talk, ended(), stopped], 'over', 'start-media answered stop-play join stop-media talked target release'],
  ['answered, talked, hung up here', [answered, talk, givenUp, ended(), stopped], 'over', 'start-media answered stop-play join stop-media talked caller hang-up release'],
  ['busy', [ended(486)], 'over', 'busy release'],
  ['declined', [ended(603)], 'over', 'busy release'],
  ['unavailable', [ended(480)], 'over', 'no-answer release'],
  ['not found', [ended(404)], 'over', 'failed release'],
  ['no network', [ended(null)], 'over', 'failed release'],
  ['rings for too long', [up, ended(487)], 'over', 'no-answer hang-up release'],
  ['the caller hangs up while it rings', [givenUp, ended(487)], 'over', 'failed hang-up release'],
  ['it answers as the caller hangs up', [givenUp, answered], 'over', 'failed hang-up release'],
  ['nobody brings the caller', [answered, up, stopped], 'over', 'start-media answered stop-media hang-up release'],
  ['it hangs up before the caller is brought', [answered, ended(), talk], 'draining', 'start-media answered stop-media'],
  ['the talk is as long as it may be', [answered, talk, up], 'draining', 'start-media answered stop-play join stop-media talked target hang-up'],
  ['its line is lost', [answered, talk, stopped], 'over', 'start-media answered stop-play join talked target hang-up release'],
  ['the media thread never lets go', [answered, ended(), up], 'over', 'start-media answered stop-media release'],
  ['a key means nothing without a whisper', [answered, key('5')], 'waiting', 'start-media answered'],
];
for (const [title, inputs, end, done] of plain) test(title, () => assert.equal(goes(inputs), [end, done]));

const whisper: readonly (readonly [title: string, inputs: readonly TargetInput[], end: string, done: string])[] = [
  ['1 takes the call', [answered, key('1')], 'waiting', 'start-media whisper stop-play answered'],
  ['another key refuses', [answered, key('*')], 'draining', 'start-media whisper stop-media rejected hang-up'],
  ['a hang-up refuses', [answered, ended()], 'draining', 'start-media whisper stop-media rejected'],
  ['no key is no answer', [answered, { type: 'whispered' }, up], 'draining', 'start-media whisper stop-media no-answer hang-up'],
];
for (const [title, inputs, end, done] of whisper) test(`whisper: ${title}`, () => assert.equal(goes(inputs, { whispers: true, autoAccept: false }), [end, done]));
test('whisper: what accepts by itself does so once it was heard', () => assert.equal(goes([answered, { type: 'whispered' }], { whispers: true, autoAccept: true }), ['waiting', 'start-media whisper stop-play answered']));

function settings(more: string): Settings {
  const parsed = parseConfiguration(`peers: []\nmailboxes: [{ number: "8001", breakout: { key0: "00" } }]\n${more}`, 'x.yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.settings;
}

test('by default extensions only, and what stands in the configuration; emergency numbers never', () => {
  const usual = settings('');
  for (const number of ['3', '300', '88888', '8001', '00']) assert.ok(mayTransfer(usual, number), number);
  for (const number of ['', '0', '900', '0044', '112', '911', '123456', '3;a=b', '300@evil', 'sip:3', '３']) assert.not.ok(mayTransfer(usual, number), number);
  assert.ok(mayTransfer(settings('transfers: { allow: ["00X."] }'), '00491234'));
  assert.not.ok(mayTransfer(settings('transfers: { allow: ["XXX"] }'), '911'));
  assert.not.ok(mayTransfer(settings('transfers: { allow: ["0."] }'), '0911'), 'behind what gets a line');
  assert.not.ok(mayTransfer(settings('transfers: { allow: [] }'), '300'));
});

test('a caller who comes back within three minutes, for who did not take them, is the first mailbox\'s, once', async () => {
  const clock = new SimClock();
  const calls = new ReturnedCalls(clock);
  const facts = (number: string, originalTarget: string) => ({ caller: { number, name: '', uri: '' }, originalTarget, dialled: 'voicemail' }) as CallFacts;
  calls.left('500', '300', '201');
  calls.left('', '300', '201');
  assert.is(calls.mailboxOf(facts('501', '300')), null);
  assert.is(calls.mailboxOf(facts('500', '301')), null);
  assert.is(calls.mailboxOf(facts('', '300')), null);
  assert.is(calls.mailboxOf(facts('500', '300')), '201');
  assert.is(calls.mailboxOf(facts('500', '300')), null);
  calls.left('500', '300', '201');
  calls.forget('500', '301');
  calls.forget('501', '300');
  assert.is(calls.mailboxOf(facts('500', '300')), '201');
  calls.left('500', '300', '201');
  calls.forget('500', '300');
  assert.is(calls.mailboxOf(facts('500', '300')), null, 'taken, or here again');
  calls.left('500', '300', '201');
  await clock.advance(180_000);
  assert.is(calls.mailboxOf(facts('500', '300')), null);
});

test.run();
