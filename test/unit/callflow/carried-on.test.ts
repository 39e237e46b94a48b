import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addressFrame } from '../../../firmware/callflow/collect/address.ts';
import { carriedOn } from '../../../firmware/callflow/collect/carried-on.ts';
import type { CollectContext } from '../../../firmware/callflow/collect/collect-context.ts';
import { collectFlow } from '../../../firmware/callflow/collect/collect-flow.ts';
import type { CollectState } from '../../../firmware/callflow/collect/collect-state.ts';
import type { Frame } from '../../../firmware/callflow/collect/frames.ts';
import { newPinFrame } from '../../../firmware/callflow/collect/new-pin.ts';
import { recordGreeting } from '../../../firmware/callflow/collect/recording.ts';
import type { Work } from '../../../firmware/callflow/collect/work.ts';
import { noWork } from '../../../firmware/callflow/collect/work.ts';
import type { FlowInput } from '../../../firmware/callflow/flow.ts';
import { composeFrame } from '../../../firmware/callflow/intuity/compose.ts';
import { hearFrame } from '../../../firmware/callflow/intuity/hearing.ts';
import { editThis } from '../../../firmware/callflow/ip-office/greeting-menu.ts';
import { firstListen, listenTo } from '../../../firmware/callflow/ip-office/listening.ts';
import { mainFrame } from '../../../firmware/callflow/ip-office/main-menu.ts';
import { activityFrame } from '../../../firmware/callflow/intuity/activity-menu.ts';
import type { Message } from '../../../firmware/mailbox/message.ts';
import { standardOptions } from '../../../firmware/mailbox/owner-choices.ts';
import { FlowProbe } from '../../support/flow-probe.ts';

const plain: CollectContext = { ownMailbox: null, knownMailbox: null, triesPerCall: 3, maxGreetingMs: 60_000 };
const intuity: CollectContext = { ...plain, book: { mode: () => 'intuity', has: () => true, isGroup: () => false, named: () => [] } };
const message = { id: 'm', mailbox: '201', callerNumber: '301', callerName: '', startedMs: 0, reason: 'default', codec: 'PCMU', durationMs: 5000, bytes: 40_000, state: 'new', interrupted: false, lostPackets: 0 } as unknown as Message;
const listen = { ...listenTo('old'), messages: [message] };
const session = { owner: '201', options: standardOptions };
const inside = (frames: Frame[], work: Work = noWork): CollectState => ({ name: 'main', session, frames, work });

interface Case {
  readonly state: CollectState;
  readonly goesOn: string | null;
  readonly asks?: string;
  readonly context?: CollectContext;
}

const states: Readonly<Record<string, Case>> = {
  'keying in a mailbox': { state: { name: 'mailbox', entry: { digits: '20' }, tries: 0, idle: 0 }, goesOn: null },
  checking: { state: { name: 'checking', tries: 1 }, goesOn: null },
  counting: { state: inside([firstListen]), goesOn: 'listing', asks: 'list' },
  listing: { state: inside([listenTo('saved')]), goesOn: 'listing', asks: 'list' },
  'an announcement': { state: inside([{ ...listen, phase: 'announcing' }]), goesOn: 'listing', asks: 'list' },
  'an envelope': { state: inside([{ ...listen, phase: 'envelope' }]), goesOn: 'listing', asks: 'list' },
  'a body': { state: inside([{ ...listen, phase: 'body' }]), goesOn: 'listing', asks: 'list' },
  'after a body': { state: inside([{ ...listen, phase: 'after' }]), goesOn: 'listing', asks: 'list' },
  'marking, then the next': { state: inside([{ ...listen, phase: 'marking', then: { kind: 'next', told: null } }]), goesOn: 'listing', asks: 'list' },
  'marking, then goodbye': { state: inside([{ ...listen, phase: 'marking', then: { kind: 'leave' } }]), goesOn: 'closing', asks: 'play' },
  'addressing a message that is forwarded': { state: inside([{ ...listen, phase: 'after' }, addressFrame]), goesOn: 'listing', asks: 'list' },
  'the main menu': { state: inside([mainFrame]), goesOn: null },
  'a greeting that is not saved': { state: inside([editThis('greeting')], { ...noWork, open: 'greeting' }), goesOn: 'main', asks: 'play' },
  'a greeting that is being recorded': { state: inside([editThis('greeting'), recordGreeting('greeting', 'menu.greeting-record')], { ...noWork, open: 'greeting', recording: true }), goesOn: 'main', asks: 'play' },
  'a new PIN': { state: inside([mainFrame, newPinFrame]), goesOn: null },
  'getting messages': { state: inside([{ ...hearFrame(null), phase: 'playing', messages: [message] }]), context: intuity, goesOn: 'listing', asks: 'list' },
  'composing a message': { state: inside([activityFrame, composeFrame('message', [])]), context: intuity, goesOn: 'activity', asks: 'play' },
  closing: { state: { name: 'closing', work: noWork }, goesOn: null },
  'ending with work under way': { state: { name: 'ending', work: { ...noWork, pending: 1 } }, goesOn: 'closing', asks: 'play' },
};

for (const [name, { state, goesOn, asks, context }] of Object.entries(states)) {
  test(`${name}: goes on ${goesOn === null ? 'as it was' : `in ${goesOn}`}`, () => {
    const step = carriedOn(context ?? plain, state);
    assert.is(step?.state.name ?? null, goesOn);
    if (asks !== undefined) assert.ok(step?.effects.some(({ type }) => type === asks), 'and something follows, so that it does not stand still');
    assert.ok(JSON.stringify(step?.state ?? state).length < 700, 'small enough for a record');
    assert.equal(JSON.parse(JSON.stringify(step?.state ?? state)), step?.state ?? state, 'plain data');
  });
}

test('a category is entered anew with what lies at the other unit, and the call ends when the owner hangs up', () => {
  const step = carriedOn(plain, states['a body']?.state as CollectState);
  const probe = new FlowProbe(collectFlow(plain));
  probe.state = step?.state as CollectState;
  const listed: FlowInput = { type: 'listed', listing: { counts: { new: 0, old: 0, saved: 0 }, messages: [] } };
  probe.feed(listed, { type: 'played' });
  assert.is(probe.state.name, 'main');
  probe.feed({ type: 'hung-up' });
  assert.ok(probe.asked().includes('done'));
});

test.run();
