import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SipRequest } from '../../../firmware/sip/message.ts';
import type { ReferInput, ReferState } from '../../../firmware/sip/session/refer-machine.ts';
import { referStep } from '../../../firmware/sip/session/refer-machine.ts';
import { sipfragStatus } from '../../../firmware/sip/session/sipfrag.ts';
import { makeRequest } from '../../../firmware/sip/syntax/build-message.ts';

const accepted: ReferInput = { type: 'response', status: 202, reports: true };
const report = (status: number | null, last = false): ReferInput => ({ type: 'report', status, last });

const ends = (...inputs: ReferInput[]): string => {
  const state = inputs.reduce<ReferState>(referStep, { name: 'asked' });
  if (state.name !== 'over') return state.name;
  const { outcome } = state;
  return 'status' in outcome ? `${outcome.outcome} ${outcome.status}` : outcome.outcome;
};

const cases: readonly (readonly [title: string, end: string, ...inputs: ReferInput[]])[] = [
  ['the target answers', 'done', accepted, report(100), report(180), report(200, true)],
  ['the target is busy', 'failed 486', accepted, report(100), report(486, true)],
  ['the target moved', 'failed 302', accepted, report(302, true)],
  ['the peer has no REFER', 'refused 405', { type: 'response', status: 405, reports: true }],
  ['the peer promises no report', 'done', { type: 'response', status: 202, reports: false }],
  ['nobody answers the REFER', 'refused 408', { type: 'unanswered', text: 'no answer' }],
  ['a report overtakes the acceptance', 'done', report(200, true), accepted],
  ['an early progress report changes nothing', 'reported', report(100), accepted],
  ['the peer hangs up as soon as it has accepted', 'done', accepted, { type: 'leg-ended' }],
  ['the peer hangs up before it has answered', 'ended', { type: 'leg-ended' }],
  ['the subscription ends without a word', 'done', accepted, report(null, true)],
  ['no report ever comes', 'done', accepted, { type: 'report-timeout' }],
  ['a report after the end changes nothing', 'failed 486', accepted, report(486, true), report(200, true)],
  ['an unreadable report is waited out', 'reported', accepted, report(null)],
];

for (const [title, end, ...inputs] of cases) test(title, () => assert.is(ends(...inputs), end));

const notify = (body: string, type = 'message/sipfrag;version=2.0'): SipRequest => makeRequest('NOTIFY', 'sip:a@b', [{ name: 'Content-Type', value: type }], Buffer.from(body));

test('a sipfrag tells its status, and what is none tells nothing', () => {
  const told: readonly (readonly [string, number | null])[] = [
    ['SIP/2.0 200 OK\r\n', 200], ['SIP/2.0 100 Trying', 100], ['sip/2.0 486 Busy Here\r\nContact: <sip:x@y>\r\n', 486], ['\r\nSIP/2.0 603\r\n', 603],
    ['', null], ['OK', null], ['SIP/2.0 2000 OK', null], ['SIP/2.0 999 No', null], ['INVITE sip:a@b SIP/2.0', null], [`${'x'.repeat(5000)}SIP/2.0 200 OK`, null],
  ];
  for (const [body, status] of told) assert.is(sipfragStatus(notify(body)), status, JSON.stringify(body.slice(0, 40)));
  assert.is(sipfragStatus(notify('SIP/2.0 200 OK', 'text/plain')), null);
});

test.run();
