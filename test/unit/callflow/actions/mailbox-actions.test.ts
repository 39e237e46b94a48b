import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DocumentState } from '../../../../firmware/callflow/engine/document-state.ts';
import type { FlowInput } from '../../../../firmware/callflow/flow.ts';
import { standardOptions } from '../../../../firmware/mailbox/owner-choices.ts';
import { FlowProbe } from '../../../support/flow-probe.ts';
import { message } from '../../../support/menu-probe.ts';
import type { RehearsedOptions, WrittenFlow } from '../../../support/rehearsed-flow.ts';
import { rehearse, testFlow } from '../../../support/rehearsed-flow.ts';
import { testConfiguration, testSettings } from '../../../support/sim-unit.ts';

const flowOf = (action: string, settings: object, results: readonly string[]): WrittenFlow => ({
  name: 'F',
  first: 'it',
  actions: {
    it: { action, with: settings, results: Object.fromEntries(results.map((name) => [name, name])) },
    ...Object.fromEntries(results.map((name) => [name, { action: 'Generic', prompts: [{ speak: `RESULT ${name}` }, { speak: 'RES $RES' }] }])),
  },
});

const start: FlowInput = { type: 'start' };
const played: FlowInput = { type: 'played' };
const opened: FlowInput = { type: 'opened', ok: true };
const hungUp: FlowInput = { type: 'hung-up' };
const admitted: FlowInput = { type: 'admitted', admission: 'ok' };
const recorded = (ms: number): FlowInput => ({ type: 'recorded', end: 'digit', recordedMs: ms, trailingSilenceMs: 0 });
const stored: FlowInput = { type: 'stored', ok: true };
const probe = (flow: WrittenFlow, options: RehearsedOptions = {}): FlowProbe<never> => new FlowProbe(testFlow([flow], options)) as unknown as FlowProbe<never>;
const resultOf = ({ heard }: { readonly heard: readonly string[] }): string => heard.find((line) => line.startsWith('RESULT'))?.split('  ')[0]?.trim() ?? 'none';

const listenToCall = flowOf('Listen', { to: 'call', maxSec: 20 }, ['Next', 'Failure']);

test('Listen keeps a recording for the call, and $RES names it', () => {
  const { heard } = rehearse([listenToCall], 'w5 #');
  assert.ok(heard.includes('(you have spoken for 5.0 s)'), heard.join('\n'));
  assert.match(heard.join('\n'), /RESULT Next.*RES recording/);
});

test('Listen records a message for the mailbox that the start point presumes, and for another one', () => {
  const presumed = probe(flowOf('Listen', {}, ['Next'])).feed(start);
  assert.equal(presumed.effect('admit'), { type: 'admit', mailbox: '201' });
  assert.equal(presumed.feed(admitted).effect('open-message'), { type: 'open-message', mailbox: '201' });
  assert.equal(probe(flowOf('Listen', { to: '$CP1' }, ['Next'])).feed(start).said(), [], 'a variable without a value names no mailbox');
  assert.equal(probe(flowOf('Listen', { to: '202' }, ['Next'])).feed(start).effect('admit'), { type: 'admit', mailbox: '202' });
});

test('a mailbox that takes no messages is a failure, and so are a store that refuses and a caller who says nothing', () => {
  const flow = flowOf('Listen', { to: '202' }, ['Next', 'Failure']);
  const full = probe(flow).feed(start, { type: 'admitted', admission: 'mailbox-full' });
  assert.equal(full.said(), ['speak', 'speak']);
  const refused = probe(flow).feed(start, admitted, { type: 'opened', ok: false });
  assert.equal(refused.effect('play').phrases[0], { speak: 'RESULT Failure', orElse: [] });
  const silent = probe(flow).feed(start, admitted, opened, played, recorded(200));
  assert.equal(silent.asked(), ['stop-play', 'abandon-message'], 'messages.minSec is 1 s here');
  assert.equal(silent.feed(stored).effect('play').phrases[0], { speak: 'RESULT Failure', orElse: [] });
});

test('silence that ended a recording is cut from it, and so is the busy tone of who hung up', () => {
  const quiet = probe(listenToCall).feed(start, opened, played, { type: 'recorded', end: 'silence', recordedMs: 9000, trailingSilenceMs: 7000 });
  assert.equal(quiet.effect('finish-recording'), { type: 'finish-recording', keepMs: 2500 });
  const gone = probe(listenToCall).feed(start, opened, played, { type: 'hung-up', trailingToneMs: 1000 });
  assert.equal(gone.asked(), ['stop-record']);
  assert.equal(gone.feed({ type: 'recorded', end: 'stopped', recordedMs: 9000, trailingSilenceMs: 0 }).effect('finish-recording'), { type: 'finish-recording', keepMs: 8000 });
});

test('Voice Question: all answers are one message', () => {
  const flow = flowOf('Voice Question', { to: '201', questions: [[{ speak: 'Your name?' }], [{ speak: 'Your address?' }]] }, ['Next', 'Failure']);
  const { heard } = rehearse([flow], 'w3 # w4 #');
  assert.equal(heard.filter((line) => line.includes('Your')), ['Your name?', 'Your address?']);
  assert.is(resultOf({ heard }), 'RESULT Next RES');
  const kept = probe(flow).feed(start, admitted, opened, played, played, recorded(3000), played, played, recorded(4000));
  assert.is(kept.effect('finish-message').keepMs, 7000);
});

test('who hangs up in the second question leaves the first answer', () => {
  const flow = flowOf('Voice Question', { to: '201', questions: [[{ speak: 'One?' }], [{ speak: 'Two?' }]] }, ['Next']);
  const gone = probe(flow).feed(start, admitted, opened, played, played, recorded(3000), hungUp);
  assert.is(gone.effect('finish-message').keepMs, 3000);
  assert.ok(gone.feed(stored).asked().includes('done'));
});

const entries = [
  { id: 'e1', leftMs: Date.UTC(2026, 0, 5, 8), caller: '0301', answers: ['a1', 'a2'], saved: false },
  { id: 'e2', leftMs: Date.UTC(2026, 0, 5, 8, 30), caller: '', answers: ['b1'], saved: false },
];

test('Campaign: each answer is a recording, and all of them are left together', () => {
  const asked: unknown[] = [];
  const request = (kind: string, ask: unknown): unknown => (kind === 'campaign-leave' ? (asked.push(ask), { outcome: 'ok' }) : null);
  const flow = flowOf('Campaign', { campaign: 'Orders', questions: [[{ speak: 'What?' }], [{ speak: 'Where?' }]] }, ['Next', 'Failure']);
  const { heard } = rehearse([flow], 'w3 # w4 #', { request });
  assert.equal((asked[0] as { recordings: unknown }).recordings, ['recording', 'recording']);
  assert.is(resultOf({ heard }), 'RESULT Next RES');
  const full = rehearse([flow], 'w3 # w4 #', { request: () => ({ outcome: 'full' }) });
  assert.is(resultOf(full), 'RESULT Failure RES');
});

test('Campaign: whoever reviews hears each caller, deletes, saves and goes on', () => {
  const marked: string[] = [];
  const request = (kind: string, ask: unknown): unknown => {
    if (kind === 'campaign-entries') return { entries };
    const { id, as } = ask as { id: string; as: string };
    marked.push(`${as} ${id}`);
    return { ok: true };
  };
  const flow = flowOf('Campaign', { campaign: 'Orders', access: 'review' }, ['Next']);
  const { heard } = rehearse([flow], '7 4 5 w5', { request });
  assert.equal(marked, ['deleted e1', 'saved e2']);
  assert.is(heard.filter((line) => /0 3 0 1|zero three zero one/i.test(line)).length, 2, `heard twice: ${heard.join('\n')}`);
  assert.match(heard.join('\n'), /no more answers.*\n?.*RESULT Next/s);
  assert.match(rehearse([flow], '', { request: () => ({ entries: [] }) }).heard.join('\n'), /There are no answers/);
  assert.match(rehearse([flow], '0', { request }).heard.at(-2) ?? '', /RESULT Next/);
});

test('Leave Mail: greeting, message, and the flow goes on without a goodbye', () => {
  const flow = flowOf('Leave Mail', {}, ['Success', 'Failure']);
  const { heard } = rehearse([flow], 'w5 #');
  assert.is(resultOf({ heard }), 'RESULT Success RES');
  assert.not.match(heard.join('\n'), /Goodbye/);
});

test('Leave Mail in IP Office mode: 0 before the tone is Success, and after it Failure without the message', () => {
  const flow = flowOf('Leave Mail', { mailbox: '202' }, ['Success', 'Failure']);
  const before = probe(flow).feed(start);
  assert.equal(before.effect('admit'), { type: 'admit', mailbox: '202' });
  before.feed(admitted).keys('0');
  assert.ok(before.asked().includes('play'), before.asked().join());
  assert.equal(before.effect('play').phrases[0], { speak: 'RESULT Success', orElse: [] });
  const after = probe(flow).feed(start, admitted, played, opened, played).keys('0');
  assert.equal(after.asked(), ['stop-record']);
  assert.equal(after.feed(recorded(5000)).asked(), ['abandon-message']);
  assert.equal(after.feed(stored).effect('play').phrases[0], { speak: 'RESULT Failure', orElse: [] });
});

test('Leave Mail in Intuity mode: 0 is not for the flow', () => {
  const intuity = testSettings(testConfiguration.replace('ports: 4', 'ports: 4\ntelephone: { mode: intuity }'));
  const flow = flowOf('Leave Mail', { mailbox: '202' }, ['Success', 'Failure']);
  const pressed = probe(flow, { settings: () => intuity }).feed(start, admitted).keys('0');
  assert.not.ok(pressed.effects.some((effect) => effect.type === 'play' && JSON.stringify(effect).includes('RESULT')));
});

test('Leave Mail: a full mailbox is told, and is a failure', () => {
  const full = probe(flowOf('Leave Mail', {}, ['Success', 'Failure'])).feed(start, { type: 'admitted', admission: 'mailbox-full' });
  assert.equal(full.said(), ['leave.full']);
  assert.equal(full.feed(played).effect('play').phrases[0], { speak: 'RESULT Failure', orElse: [] });
});

test('Leave Mail: the owner logs in from the greeting, and leaves as the flow goes on', () => {
  const flow = flowOf('Leave Mail', {}, ['Success', 'Failure']);
  const owner = probe(flow).feed(start, admitted).keys('8');
  assert.ok(owner.said().includes('collect.enter-pin'), owner.said().join());
  assert.equal(owner.keys('1357#').effect('login'), { type: 'login', mailbox: '201', pin: '1357' });
});

test('Get Mail: the owner is in the menu, leaves it, and the call goes on', () => {
  const { heard } = rehearse([flowOf('Get Mail', { mailbox: '201' }, ['Next', 'Failure'])], '1357# 0');
  assert.match(heard.join('\n'), /Please enter your pin/);
  assert.is(resultOf({ heard }), 'RESULT Next RES');
});

test('Get Mail: from the own telephone at a trusted peer nobody is asked for the PIN, and from another one they are', () => {
  const trusting = testSettings(testConfiguration.replace('name: pbx,', 'name: pbx, trusted: true,'));
  const from = (callerNumber: string): FlowProbe<never> => probe(flowOf('Get Mail', { mailbox: '201' }, ['Next', 'Failure']), { settings: () => trusting, source: { callerNumber, peer: 'pbx', transport: 'udp' } }).feed(start);
  assert.equal(from('201').effect('login'), { type: 'login', mailbox: '201', pin: null });
  assert.equal(from('202').said(), ['collect.welcome', 'collect.enter-pin']);
});

/** An owner who hears message m1 of two, in Intuity mode, which has keys for a pause and for the speed. */
function hearing(results: readonly string[] = []): FlowProbe<DocumentState> {
  const intuity = testSettings(testConfiguration.replace('ports: 4', 'ports: 4\ntelephone: { mode: intuity }'));
  const listed: FlowInput = { type: 'listed', listing: { counts: { new: 2, old: 0, saved: 0 }, messages: [message('m1'), message('m2')] } };
  const owner = new FlowProbe(testFlow([flowOf('Get Mail', { mailbox: '201' }, results)], { settings: () => intuity })).feed(start).keys('1357#');
  return owner.feed({ type: 'logged-in', outcome: 'ok', mailbox: '201', owner: { named: true, options: standardOptions } }, listed).keys('2').feed(listed).keys('0');
}

test('Get Mail: who hangs up while a message stands still, or after its speed was changed, leaves nothing under way', () => {
  for (const keys of ['3', '33', '9', '89', '939']) {
    const owner = hearing().keys(keys);
    assert.equal(owner.effects.map(({ type }) => type).filter((type) => type === 'pause' || type === 'speed').length, 1, keys);
    assert.is(owner.state.underway.answers, 0, keys);
    assert.ok(owner.feed(hungUp).asked().includes('done'), keys);
  }
});

test('Get Mail: $LastAccessedMsg is the message that was heard last, also once the flow goes on', () => {
  const owner = hearing(['Next']);
  assert.is(owner.state.variables['LastAccessedMsg'], 'm1');
  owner.keys('#').feed({ type: 'marked', ok: true });
  assert.is(owner.state.variables['LastAccessedMsg'], 'm1', 'of the next one only its header has been heard');
  owner.keys('0');
  assert.is(owner.state.variables['LastAccessedMsg'], 'm2');
  owner.keys('**9').feed({ type: 'marked', ok: true }, played);
  assert.is(owner.state.node, 'Next');
  assert.is(owner.state.variables['LastAccessedMsg'], 'm2');
});

test('Leave Mail: the owner who has logged in from the greeting has messages to access as well', () => {
  const listed: FlowInput = { type: 'listed', listing: { counts: { new: 1, old: 0, saved: 0 }, messages: [message('m1')] } };
  const owner = new FlowProbe(testFlow([flowOf('Leave Mail', {}, [])])).feed(start, admitted).keys('8').keys('1357#');
  owner.feed({ type: 'logged-in', outcome: 'ok', mailbox: '201', owner: { named: true, options: standardOptions } }, listed, played, listed, played, played);
  assert.is(owner.state.variables['LastAccessedMsg'], 'm1', JSON.stringify(owner.state));
});

test('Leave Mail: keys 2 and 3 lead out of the greeting; who is on the way there leads no further by 0', () => {
  const settings = testSettings(`${testConfiguration}\nbreakout: { key0: '300', key2: '302' }\n`);
  const caller = probe(flowOf('Leave Mail', { mailbox: '202' }, ['Success', 'Failure']), { settings: () => settings }).feed(start, admitted).keys('2');
  const { request } = caller.effect('ask');
  assert.equal((request as { kind: string; to: string }).to, '302');
  assert.equal(caller.keys('0').asked(), []);
  assert.equal(probe(flowOf('Leave Mail', { mailbox: '202' }, ['Success', 'Failure']), { settings: () => settings }).feed(start, admitted).keys('0').effect('play').phrases[0], { speak: 'RESULT Success', orElse: [] }, 'key 0 is a result, not the reception');
});

test('Get Mail: who does not know the PIN has failed', () => {
  const flow = flowOf('Get Mail', { mailbox: '201' }, ['Next', 'Failure']);
  const wrong: FlowInput = { type: 'logged-in', outcome: 'wrong', mailbox: '201' };
  const caller = probe(flow).feed(start);
  for (let tries = 0; tries < 3; tries++) caller.keys('1111#').feed(wrong);
  assert.ok(caller.said().includes('collect.wrong'));
  assert.equal(caller.feed(played).effect('play').phrases[0], { speak: 'RESULT Failure', orElse: [] });
});

test('whoever hangs up, wherever: the flow comes to its end, and the store is left in order', () => {
  const asks = { 'campaign-entries': { entries }, 'campaign-leave': { outcome: 'ok' }, 'campaign-mark': { ok: true } } as Readonly<Record<string, unknown>>;
  const request = (kind: string): unknown => asks[kind] ?? null;
  const cases: readonly (readonly [WrittenFlow, string])[] = [
    [listenToCall, 'w5 #'],
    [flowOf('Voice Question', { questions: [[{ speak: 'One?' }], [{ speak: 'Two?' }]] }, []), 'w3 # w3 #'],
    [flowOf('Campaign', { campaign: 'C', questions: [[{ speak: 'One?' }], [{ speak: 'Two?' }]] }, []), 'w3 # w3 #'],
    [flowOf('Campaign', { campaign: 'C', access: 'review' }, []), '7 4 5'],
    [flowOf('Leave Mail', {}, []), '1 w5 #'],
    [flowOf('Get Mail', { mailbox: '201' }, []), '1357#'],
  ];
  for (const [flow, script] of cases) {
    const steps = script.split(' ');
    for (let at = 0; at <= steps.length; at++) {
      const { rehearsal, heard } = rehearse([flow], `${steps.slice(0, at).join(' ')} h`, { request });
      assert.ok(rehearsal.over, `${String((flow.actions['it'] as { action: string }).action)} after '${steps.slice(0, at).join(' ')}': ${heard.join('\n')}`);
    }
  }
});

test.run();
