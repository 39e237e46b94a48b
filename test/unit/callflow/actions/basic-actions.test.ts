import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { actions } from '../../../../firmware/callflow/actions/actions.ts';
import { parseGenericCommand } from '../../../../firmware/callflow/actions/basic/generic-command.ts';
import type { DiversionReason } from '../../../../firmware/sip/leg.ts';
import { FlowProbe } from '../../../support/flow-probe.ts';
import type { RehearsedOptions } from '../../../support/rehearsed-flow.ts';
import { rehearse, testFlow } from '../../../support/rehearsed-flow.ts';

/** The result that an action has at once. */
function resultOf(action: string, settings: unknown, options: RehearsedOptions): string {
  const { told, heard } = rehearse([{ name: 'A', first: 'a', actions: { a: { action, with: settings } } }], '', options);
  return /result (.+) of 'a'/.exec(heard.join(' ') + told.join(' '))?.[1] ?? 'none';
}

test('the reason of the call branches', () => {
  const table: readonly [DiversionReason, string][] = [['no-answer', 'No Answer'], ['busy', 'Busy'], ['out-of-hours', 'Out of Hours'], ['default', 'Default']];
  for (const [reason, expected] of table) assert.is(resultOf('Route by Call Status', {}, { reason }), expected);
});

test('callers of the house are told from others', () => {
  const table: readonly [string, string][] = [['201', 'Internal'], ['255', 'Internal'], ['2555', 'External'], ['0301234', 'External'], ['', 'External']];
  for (const [caller, expected] of table) assert.is(resultOf('Route Incoming Call', { internal: ['25?'] }, { facts: () => ({ CLI: caller }) }), expected, caller);
});

test('commands of Generic set what may be set, one after the other', () => {
  const commands = ['CP1:a $CLI', 'CP2:$CP1!', 'COUNTER3:5', 'INCCOUNTER:$COUNTER3', 'INCCOUNTER:COUNTER4', 'DECCOUNTER:$COUNTER5', 'CLRCOUNTER:$COUNTER3', 'VAR:$$5'];
  const probe = new FlowProbe(testFlow([{ name: 'G', first: 'a', actions: { a: { action: 'Generic', with: { commands } } } }])).feed({ type: 'start' });
  assert.equal(probe.state.variables, { CP1: 'a 301', CP2: 'a 301!', COUNTER3: '0', COUNTER4: '1', COUNTER5: '-1', VAR: '$5' });
});

test('FWD asks to send what was recorded to all mailboxes it names, and goes on when that is answered, also after a hang-up', () => {
  const commands = ['RES:r1', 'FWD:202#$CLI##', 'CP1:x'];
  const probe = new FlowProbe(testFlow([{ name: 'G', first: 'a', actions: { a: { action: 'Generic', with: { commands } } } }])).feed({ type: 'start' });
  const asked = probe.effects.find((effect) => effect.type === 'ask');
  assert.equal(asked, { type: 'ask', request: { kind: 'send-message', from: null, to: [{ mailbox: '202' }, { mailbox: '301' }], content: { recording: 'r1' }, as: 'message' } });
  probe.feed({ type: 'hung-up' }, { type: 'answered', kind: 'send-message', answer: { accepted: 2, refused: [], fault: null, id: 'x' } });
  assert.is(probe.state.variables['CP1'], 'x');
});

test('what is no command is none', () => {
  for (const text of ['', 'CLI:5', 'CP16:x', 'COUNTER0:1', 'INCCOUNTER:$CP1', 'FWD:', 'FWD:201', 'FORMAT:c', `FWD:${'201#'.repeat(33)}#`]) assert.is(parseGenericCommand(text), null, text);
  assert.equal(parseGenericCommand('FWD:201#202##'), { does: 'forward', to: ['201', '202'] });
});

test('every action has a name of its own, an example that its schema takes, and results that are its own', () => {
  assert.is(new Set(actions.map(({ name }) => name)).size, actions.length);
  for (const { name, schema, example, results, about } of actions) {
    const settings = v.safeParse(schema, example.with);
    assert.ok(settings.success, `${name}: ${JSON.stringify(settings.issues?.map(({ message }) => message))}`);
    const names = results(settings.output).map((one) => one.name);
    for (const result of Object.keys(example.results)) assert.ok(names.includes(result), `${name}: ${result}`);
    assert.ok(about.endsWith('.'), name);
  }
});

test.run();
