import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BridgeRoute } from '../../../firmware/calls/bridge/bridged-call.ts';
import { BridgedCall } from '../../../firmware/calls/bridge/bridged-call.ts';
import { silentLog } from '../../../firmware/log.ts';
import type { MediaCommand, MediaSettings } from '../../../firmware/media/media-protocol.ts';
import type { CallFacts, Leg, LegHandlers } from '../../../firmware/sip/leg.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { testSettings } from '../../support/sim-unit.ts';

const agreed: MediaSettings = { remote: { address: '10.0.0.5', port: 4000 }, remoteRtcp: null, codec: 'PCMU', payloadType: 0, eventPayloadType: 101, direction: 'sendrecv', ptimeMs: 20 };
const facts: CallFacts = { callId: 'x', caller: { number: '201', name: '', uri: '' }, originalTarget: '4711', targetSource: 'request-uri', reason: 'default', dialled: '4711', peer: 'ada', remoteAddress: '', transport: 'line' };
const toOffice: BridgeRoute = { to: 'bridge', target: { kind: 'extension', number: '4711', peer: 'office' }, mailbox: null, noAnswerMs: 25_000, early: true };

/** A leg that writes down what it is asked. */
function scripted(id: string, line: number | null, done: string[]): Leg {
  const note = (what: string): void => void done.push(`${id} ${what}`);
  return {
    id, facts, line, state: 'offered', sharedAddress: null, record: () => null, release: () => undefined,
    ring: () => note('ring'), answer: () => note('answer'), reject: (status) => note(`reject ${status}`), redirect: () => note('redirect'), hangUp: () => note('hang up'),
  };
}

interface World {
  readonly clock: SimClock;
  readonly call: BridgedCall;
  readonly placed: LegHandlers;
  readonly done: string[];
  /** Media commands, in short. */
  media(): string[];
}

async function world(route: Partial<BridgeRoute> = {}): Promise<World> {
  const clock = new SimClock();
  const done: string[] = [];
  const commands: MediaCommand[] = [];
  const legs: LegHandlers[] = [];
  const settings = testSettings();
  const call = new BridgedCall(
    {
      clock, log: silentLog, settings: () => settings, send: (command) => void commands.push(command),
      mediaOf: async () => ({ address: '10.0.0.2', rtpPort: 16_384, codecs: ['PCMU'] }),
      mediaWithin: () => ({ address: '10.0.0.2', rtpPort: 16_384 }),
      place: (_target, _offered, _media, handlers) => {
        legs.push(handlers);
        return scripted('sip', null, done);
      },
      handOver: (_leg, mailbox, reason) => {
        done.push(`hand over to ${mailbox} ${reason}`);
        return { established: () => void done.push('successor established'), mediaChanged() {}, digit() {}, ended: () => void done.push('successor ended') };
      },
      released: () => void done.push('released'),
    },
    scripted('line', 3, done), { ...toOffice, ...route }, [{ index: 0, session: 9 }],
  );
  await call.begin();
  await clock.advance(1);
  const media = (): string[] =>
    commands.map((command) => (command.type === 'start-line' ? `start line ${command.line} ${command.bridge?.direction}` : command.type === 'update' ? `update ${command.settings.direction}` : command.type === 'send-digits' ? `keys ${command.digits}` : command.type));
  return { clock, call, placed: legs[0] as LegHandlers, done, media };
}

const stopped = (call: BridgedCall): void =>
  call.mediaEvent({ type: 'stopped', port: 0, session: 9, stats: { packetsSent: 0, packetsReceived: 0, packetsLost: 0, packetsLate: 0, packetsDuplicate: 0, packetsForeign: 0, jitterMs: 0, roundTripMs: null } });

test('early audio is heard before the answer, and goes on after it as agreed anew', async () => {
  const { call, placed, done, media } = await world();
  placed.ringing?.(agreed);
  assert.equal(done, ['line ring']);
  assert.equal(media(), ['start line 3 sendrecv']);
  placed.established(agreed);
  call.handlers.established(agreed);
  assert.equal(done, ['line ring', 'line answer']);
  assert.equal(media(), ['start line 3 sendrecv', 'update sendrecv'], 'no second session');
});

test('early audio to a trunk, which is not answered yet, is not used', async () => {
  const { placed, media } = await world({ early: false });
  placed.ringing?.(agreed);
  assert.equal(media(), []);
});

test('hold: a peer that only sends is not heard, and is heard again after it', async () => {
  const { call, placed, media } = await world();
  placed.established(agreed);
  call.handlers.established(agreed);
  placed.mediaChanged({ ...agreed, direction: 'recvonly' });
  placed.mediaChanged({ ...agreed, direction: 'inactive' });
  placed.mediaChanged(agreed);
  assert.equal(media(), ['start line 3 sendrecv', 'update inactive', 'update inactive', 'update sendrecv']);
});

test('keys by SIP INFO go to the line, unless they come as audio or RFC 4733 too', async () => {
  const one = await world();
  one.placed.established(agreed);
  one.call.handlers.established(agreed);
  one.placed.digit('5', 100);
  assert.equal(one.media().slice(1), ['keys 5']);
  const both = await world();
  both.placed.established(agreed);
  both.call.handlers.established(agreed);
  both.call.mediaEvent({ type: 'digit', port: 0, session: 9, digit: '5', durationMs: 100, source: 'rfc4733' });
  both.placed.digit('5', 100);
  assert.equal(both.media().slice(1), [], 'the media thread has passed it on');
});

test('after the hand-over the mailbox has the leg, once early audio has let go of the port', async () => {
  const { call, placed, done, media } = await world({ mailbox: '201' });
  placed.ringing?.(agreed);
  placed.ended({ by: 'remote', status: 486, text: 'busy' });
  assert.equal(done, ['line ring'], 'the port is not free yet');
  stopped(call);
  assert.equal(done, ['line ring', 'released', 'hand over to 201 busy']);
  call.handlers.established(agreed);
  call.handlers.ended({ by: 'remote', status: null, text: 'put down' });
  assert.equal(done.slice(3), ['successor established', 'successor ended']);
  assert.equal(media(), ['start line 3 sendrecv', 'stop']);
});

test('media-thread-keeps-a-session: the port is taken back after a minute, loudly', async () => {
  const { clock, call, placed, done } = await world();
  placed.established(agreed);
  call.handlers.established(agreed);
  placed.ended({ by: 'remote', status: null, text: 'gone' });
  await clock.advance(59_000);
  assert.equal(done, ['line answer', 'line hang up']);
  await clock.advance(2000);
  assert.equal(done, ['line answer', 'line hang up', 'released']);
  assert.equal(clock.pending(), [], 'no timer is left');
});

test('no-audio: a SIP side that sends nothing for rtp.timeoutSec ends the call', async () => {
  const { call, placed, done } = await world();
  placed.established(agreed);
  call.handlers.established(agreed);
  call.mediaEvent({ type: 'rtp-timeout', port: 0, session: 9, silentMs: 30_000 });
  assert.equal(done, ['line answer']);
  call.mediaEvent({ type: 'rtp-timeout', port: 0, session: 9, silentMs: 60_000 });
  assert.equal(done, ['line answer', 'line hang up']);
});

test('hung-up-while-it-is-placed: the placed leg ends too, and nothing that it says later changes anything', async () => {
  const { clock, call, placed, done } = await world();
  call.handlers.ended({ by: 'remote', status: null, text: 'put down' });
  assert.equal(done, ['sip hang up', 'released']);
  placed.established(agreed);
  await clock.advance(60_000);
  assert.equal(done, ['sip hang up', 'released'], 'what comes late changes nothing');
});

test.run();
