import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rehearsedRequests } from '../../../firmware/callflow/rehearsal/rehearsed-requests.ts';
import { checkFlow } from '../../../firmware/callflow/views/check-flow.ts';
import { mostFlowBytes } from '../../../firmware/callflow/document/flow-document.ts';
import type { RehearsedOptions, WrittenFlow } from '../../support/rehearsed-flow.ts';
import { readyFlow, rehearse } from '../../support/rehearsed-flow.ts';

const folder = 'board/flows';
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const flowIn = (name: string): WrittenFlow => JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as WrittenFlow;

/** Nobody takes a call, and what is left is kept. */
const unanswered = (): RehearsedOptions['request'] => rehearsedRequests(['no-answer'], new Map(), () => undefined);

const called = (name: string, script: string, options: RehearsedOptions = {}): string => rehearse([flowIn(name)], script, { request: unanswered(), ...options }).heard.join('\n');

test('there are five, each small enough for a unit, and named in the README', () => {
  assert.is(files.length, 5);
  const readme = readFileSync(path.join(folder, 'README.md'), 'utf8');
  for (const file of files) {
    assert.ok(readFileSync(path.join(folder, file)).length < mostFlowBytes);
    assert.ok(readme.includes(`\`${file}\``), file);
  }
});

for (const file of files) {
  test(`${file}: flow check finds nothing, with the mailboxes of the sample`, () => {
    const flow = readyFlow(flowIn(file.replace('.json', '')));
    const world = { flows: new Map([[flow.document.name, flow]]), mailboxes: new Set(['201', '202', '203', '204', '205']), conditions: new Set<string>(), prompts: new Set<string>() };
    assert.equal(checkFlow(flow, world).map(({ place, text }) => `${place}: ${text}`), []);
  });
}

test('small office: hours, then sales, who do not answer; the caller leaves a message', () => {
  const heard = called('small-office', '3 1 w5 #');
  assert.match(heard, /Welcome to our office.*For sales.*from Monday to Friday.*For sales.*One moment.*mailbox 2 0 2.*recorded.*5\.0 s.*sent.*Goodbye/s);
});

test('small office: sales answer, and the flow is over with the conversation', () => {
  const heard: string[] = [];
  const request = rehearsedRequests(['busy', 'answered'], new Map(), (line) => void heard.push(line));
  assert.match(called('small-office', '1', { request }), /One moment.*\[tone\].*mailbox 2 0 2/s);
  assert.match(called('small-office', '2', { request }), /One moment.*the caller was handed over/s);
  assert.equal(heard, ['(202: busy)', '(203: answered)', '(they talk, and who was called hangs up)']);
});

test('small office: a caller without keys reaches the desk, and its mailbox', () => {
  assert.match(called('small-office', 'w30 w5 #'), /For sales.*For sales.*mailbox 2 0 1/s);
});

test('call centre: place and time, and back to the queue', () => {
  const facts = (): Readonly<Record<string, string>> => ({ CLI: '301', POS: '3', QTIM: '100' });
  const waits = rehearse([flowIn('call-centre')], 'w10', { request: unanswered(), facts, unconnected: 'queue', mailbox: '205', point: 'Queued' });
  assert.match(waits.heard.join('\n'), /place in the queue is 3.*expect to answer in .120 s.*hold the line/s);
  assert.ok(waits.rehearsal.over);
  assert.not.match(waits.heard.join('\n'), /the call ends/);
});

test('call centre: a message in place of waiting', () => {
  assert.match(called('call-centre', '1 w5 #', { mailbox: '205', unconnected: 'queue' }), /mailbox 2 0 5.*sent.*Goodbye/s);
});

test('out of hours: closed, an emergency that nobody takes, and a message; by day only the message', () => {
  assert.match(called('out-of-hours', '9 w5 #', { reason: 'out-of-hours', mailbox: '202' }), /closed now.*emergency.*One moment.*mailbox 2 0 2.*sent/s);
  assert.not.match(called('out-of-hours', 'w5 #', { reason: 'busy', mailbox: '202' }), /closed/);
});

test('alarm line: two on duty do not answer, so the report is a message', () => {
  assert.match(called('alarm-line', 'w5 # w5 # w3 #'), /alarm line.*5\.0 s.*stay on the line.*Nobody can take.*what has happened.*5\.0 s.*number at which.*3\.0 s.*Goodbye/s);
});

test('survey: three answers are kept together, in each language; the review wants its PIN', () => {
  assert.match(called('survey', '1 w3 # w3 # w3 #'), /How did you hear.*What did you like.*do better.*campaign leave.*Thank you/s);
  assert.match(called('survey', '2 w3 # w3 # w3 #'), /speaks de.*Wie haben Sie.*Vielen Dank/s);
  assert.match(called('survey', '9 4711#'), /pin.*no answers/s);
  assert.not.match(called('survey', '9 1111# 1111# 1111#'), /no answers/);
});

test.run();
