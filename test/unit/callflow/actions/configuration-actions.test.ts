import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FlowInput } from '../../../../firmware/callflow/flow.ts';
import { FlowProbe } from '../../../support/flow-probe.ts';
import type { WrittenFlow } from '../../../support/rehearsed-flow.ts';
import { rehearse, testFlow } from '../../../support/rehearsed-flow.ts';

const flowOf = (action: string, settings: object): WrittenFlow => ({
  name: 'F',
  first: 'it',
  actions: {
    it: { action, with: settings, results: { Next: 'next', Failure: 'failure' } },
    next: { action: 'Generic', prompts: [{ speak: 'RESULT Next' }, { speak: 'LOC $LOC' }] },
    failure: { action: 'Generic', prompts: [{ speak: 'RESULT Failure' }] },
  },
});
/** Without a result that the action does not have. */
const onlyNext = (flow: WrittenFlow): WrittenFlow => ({ ...flow, actions: { ...flow.actions, it: { ...(flow.actions['it'] as object), results: { Next: 'next' } } } });

const start: FlowInput = { type: 'start' };
const played: FlowInput = { type: 'played' };
const opened: FlowInput = { type: 'opened', ok: true };
const stored: FlowInput = { type: 'stored', ok: true };
const kept: FlowInput = { type: 'kept', ok: true, id: 'new-one', durationMs: 3000 };
const recorded: FlowInput = { type: 'recorded', end: 'digit', recordedMs: 3000, trailingSilenceMs: 0 };
const probe = (flow: WrittenFlow): FlowProbe<never> => new FlowProbe(testFlow([flow])) as unknown as FlowProbe<never>;
const heardResult = ({ heard }: { readonly heard: readonly string[] }): string => /RESULT \w+/.exec(heard.join('\n'))?.[0] ?? 'none';

test('Speak Text fills in variables, and a key cuts it short', () => {
  const spoken = probe(onlyNext(flowOf('Speak Text', { text: 'You call from $CLI.' }))).feed(start);
  assert.equal(spoken.effect('play').phrases, [{ speak: 'You call from 301.', orElse: [] }]);
  assert.equal(spoken.keys('5').effect('play').phrases[0], { speak: 'RESULT Next', orElse: [] });
});

test('Select Prompt Language: later prompts are in it, and $LOC holds it; what is no language changes nothing', () => {
  const chosen = probe(onlyNext(flowOf('Select Prompt Language', { language: 'de-DE' }))).feed(start);
  assert.equal(chosen.effect('speak-language'), { type: 'speak-language', code: 'de' });
  assert.equal(chosen.effect('play').phrases[1], { speak: 'LOC de', orElse: [] });
  const unknown = probe(onlyNext(flowOf('Select Prompt Language', { language: 'tlh' }))).feed(start);
  assert.not.ok(unknown.asked().includes('speak-language'));
});

test('Edit Play List: a prompt is heard, recorded anew, heard again, and saved', () => {
  const flow = flowOf('Edit Play List', { prompt: 'Welcome' });
  const owner = probe(flow).feed(start);
  assert.equal(owner.said(), ['review.help']);
  assert.equal(owner.keys('1').effect('play').phrases[0], { recorded: 'Welcome', orElse: [{ say: 'menu.nothing-recorded' }] });
  assert.equal(owner.keys('2').effect('open-recording'), { type: 'open-recording', place: { kind: 'prompt', name: 'Welcome' } });
  owner.feed(opened, played, played, recorded, kept);
  assert.equal(owner.effect('play').phrases[0], { recording: 'new-one', orElse: [] });
  assert.ok(owner.keys('3').asked().includes('commit-recording'));
  assert.equal(owner.feed(stored).said(), ['review.saved', 'review.help']);
  assert.equal(owner.keys('0').effect('play').phrases[0], { speak: 'RESULT Next', orElse: [] });
});

test('Edit Play List: who hangs up before saving changes nothing', () => {
  const gone = probe(flowOf('Edit Play List', { prompt: 'Welcome' })).feed(start).keys('2').feed(opened, played, played, recorded, kept, { type: 'hung-up' });
  assert.ok(gone.asked().includes('abandon-recording'));
  assert.not.ok(gone.asked().includes('commit-recording'));
  assert.ok(gone.feed(stored).asked().includes('done'));
});

test('Edit Play List: a save that the disk refused is not told as one', () => {
  const refused = probe(flowOf('Edit Play List', { prompt: 'Welcome' })).feed(start).keys('2').feed(opened, played, played, recorded, kept).keys('3').feed({ type: 'stored', ok: false });
  assert.equal(refused.said(), ['try-later', 'review.help']);
});

test('Edit Play List: a text that gives no name is a failure', () => {
  assert.is(heardResult(rehearse([flowOf('Edit Play List', { prompt: '../$KEY' })], '')), 'RESULT Failure');
});

test('Record Name: of a mailbox of the unit, and of no other', () => {
  const owner = probe(flowOf('Record Name', { mailbox: '202' })).feed(start).keys('2');
  assert.equal(owner.effect('open-greeting'), { type: 'open-greeting', mailbox: '202', kind: 'name' });
  assert.is(heardResult(rehearse([flowOf('Record Name', { mailbox: '999' })], '')), 'RESULT Failure');
});

test('Play Configuration Menu: after the PIN the greeting, the name and the PIN can be changed', () => {
  const owner = probe(flowOf('Play Configuration Menu', { mailbox: '201' })).feed(start);
  assert.equal(owner.said(), ['collect.enter-pin']);
  assert.equal(owner.keys('1357#').effect('login'), { type: 'login', mailbox: '201', pin: '1357' });
  assert.equal(owner.feed({ type: 'logged-in', outcome: 'ok', mailbox: '201' }).said(), ['config.help']);
  assert.equal(owner.keys('12').effect('open-greeting'), { type: 'open-greeting', mailbox: '201' });
  owner.feed(opened, played, played, recorded, stored);
  assert.equal(owner.effect('play').phrases[0], { pendingGreeting: true });
  assert.ok(owner.keys('3').asked().includes('commit-greeting'));
  assert.equal(owner.feed(stored).keys('0').said(), ['config.help']);
  owner.keys('3').keys('2468#');
  assert.equal(owner.said(), ['pin.change-again']);
  assert.equal(owner.keys('2468#').effect('change-pin'), { type: 'change-pin', mailbox: '201', pin: '2468' });
  assert.equal(owner.feed({ type: 'pin-changed', outcome: 'too-simple' }).said(), ['pin.too-simple', 'config.help']);
});

test('Play Configuration Menu: two new PINs that differ, three wrong ones, and nobody at the keys', () => {
  const flow = flowOf('Play Configuration Menu', { mailbox: '201' });
  assert.match(rehearse([flow], '1357# 3 2468# 2469#').heard.join('\n'), /two pins were not the same/);
  const wrong: FlowInput = { type: 'logged-in', outcome: 'wrong', mailbox: '201' };
  const caller = probe(flow).feed(start).keys('1#').feed(wrong).keys('1#').feed(wrong).keys('1#').feed(wrong);
  assert.equal(caller.effect('play').phrases[0], { speak: 'RESULT Failure', orElse: [] });
  assert.is(heardResult(rehearse([flow], '1357# w60')), 'RESULT Next');
});

test('whoever hangs up, wherever: the flow comes to its end', () => {
  const cases: readonly (readonly [WrittenFlow, string])[] = [
    [onlyNext(flowOf('Speak Text', { text: 'x' })), ''],
    [flowOf('Edit Play List', { prompt: 'P' }), '1 2 w3 # 1 3 2 w2 # 0'],
    [flowOf('Record Name', {}), '2 w3 # 3'],
    [flowOf('Play Configuration Menu', {}), '13 # 1 2 w3 # 3 0 3 24 # 24 #'],
  ];
  for (const [flow, script] of cases) {
    const steps = script.split(' ');
    for (let at = 0; at <= steps.length; at++) {
      const { rehearsal } = rehearse([flow], `${steps.slice(0, at).join(' ')} h`);
      assert.ok(rehearsal.over, `${String((flow.actions['it'] as { action: string }).action)} after '${steps.slice(0, at).join(' ')}'`);
    }
  }
});

const answered = (kind: 'get-email' | 'set-email', answer: unknown): FlowInput => ({ type: 'answered', kind, answer }) as FlowInput;
const atEmail = (): FlowProbe<never> => probe(flowOf('Play Configuration Menu', { mailbox: '201', askPin: false })).feed(start).keys('4');

test('Play Configuration Menu: key 4 tells how messages go by e-mail, and sets it', () => {
  const owner = atEmail();
  assert.equal(owner.effect('ask').request, { kind: 'get-email', mailbox: '201' });
  assert.equal(owner.feed(answered('get-email', { mode: 'off', address: 'ada@example.com' })).said(), ['email.off', 'config.email-help']);
  assert.equal(owner.keys('9').said(), ['collect.invalid', 'config.email-help']);
  assert.equal(owner.keys('1').effect('ask').request, { kind: 'set-email', mailbox: '201', mode: 'copy' });
  assert.equal(owner.feed(answered('set-email', { outcome: 'ok' })).said(), ['email.copy', 'config.help']);
  owner.keys('4').feed(answered('get-email', { mode: 'copy', address: 'ada@example.com' }));
  assert.equal(owner.keys('0').said(), ['config.help']);
});

test('Play Configuration Menu: no address, and a unit that cannot tell', () => {
  assert.equal(atEmail().feed(answered('get-email', { mode: 'off', address: null })).said(), ['email.no-address', 'config.help']);
  assert.equal(atEmail().feed(answered('get-email', null)).said(), ['try-later', 'config.help']);
  const owner = atEmail().feed(answered('get-email', { mode: 'copy', address: 'ada@example.com' })).keys('2');
  assert.equal(owner.feed(answered('set-email', null)).said(), ['try-later', 'config.help']);
});

test.run();
