// An independent decoder reads every packet of two calls that the unit has with its own test phone: both sides are ours.
import { createSocket } from 'node:dgram';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dtmfDigits } from '../../firmware/media/dtmf-tones.ts';
import type { Frame } from '../support/peers/capture.ts';
import { Capture } from '../support/peers/capture.ts';
import { figures } from '../support/peers/figures.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { root, testWith } from '../support/skip.ts';

const ports = 4;
const callMs = 40_000;
const needs = ['tshark', root] as const;
/** RFC 3550 section 12.1. */
const rtcp = { senderReport: 200, description: 202, bye: 203 } as const;

/** A sender report that ends in the middle: what a complaint looks like is seen by it, and that there is one at all. */
const broken = Buffer.from('80c8000600000001000000', 'hex');

/** All but `broken`. */
let frames: Frame[] = [];
let brokenFrame: Frame | undefined;
let streams: readonly { packets: number; lost: number }[] = [];
let keys = '';

test.after(endPrograms);

const having = (protocol: string): Frame[] => frames.filter(({ protocols }) => protocols.includes(protocol));

function sendDatagram(bytes: Uint8Array, port: number): Promise<void> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => socket.send(bytes, port, '127.0.0.1', (error) => socket.close(() => (error === null ? resolve() : reject(error)))));
}

testWith([...needs], 'a message is left and deleted, and every packet of it is captured', async () => {
  // Not so often that the unit's questions to itself come between.
  const unit = await RunningUnit.start({ ports, settings: { health: { everySec: 60 } } });
  const capture = await Capture.start({ sip: unit.sipPort, firstRtp: unit.rtpPort, lastRtp: unit.rtpPort + 2 * ports - 1 });
  await sleep(500); // it says that it captures a little before it does
  await unit.console('call 201 --say "Hello Ada, this is a test of all that we send."', callMs);
  keys = `201#${unit.pin('201')}#40`;
  const called = await unit.console(`call *17 --keys "w1 201# w1 ${unit.pin('201')}# w7 4 w1 0"`, callMs);
  assert.match(called, 'the test call is done');
  await sendDatagram(broken, unit.rtpPort + 1);
  await sleep(500);
  await unit.mustStop();
  await capture.stop();
  const all = capture.frames();
  // Not simply the last one: on a busy machine the farewell of a call may come after it. All that we send has a description behind the report.
  brokenFrame = all.find(({ rtcpTypes }) => rtcpTypes.length === 1);
  frames = all.filter((frame) => frame !== brokenFrame);
  streams = capture.streams();
});

testWith([...needs], 'tshark has nothing to complain about, in SIP, SDP, RTP, RTCP and RFC 4733', () => {
  const complaints = frames.map(({ complaint }) => complaint).filter((text) => text !== '');
  const seen = Object.fromEntries(['sip', 'sdp', 'rtp', 'rtpevent', 'rtcp'].map((protocol) => [protocol, having(protocol).length]));
  figures('tshark', { frames: frames.length, ...seen, complaints: complaints.length });
  assert.equal(complaints, []);
  assert.match(brokenFrame?.complaint ?? '', /rtcp/i, 'it does complain where there is reason to');
  assert.equal(frames.filter(({ protocols }) => !['sip', 'rtp', 'rtcp'].some((one) => protocols.includes(one))), [], 'all frames are understood');
  assert.ok(having('rtp').length > 1000 && having('rtcp').length >= 8, JSON.stringify(seen));
});

testWith([...needs], 'it sees two whole dialogues with offer and answer, and the keys that were pressed', () => {
  assert.equal(having('sip').map(({ sip }) => sip), ['INVITE', '200', 'ACK', 'BYE', '200', 'INVITE', '200', 'ACK', 'BYE', '200']);
  assert.is(having('sdp').length, 4);
  const events = having('rtpevent');
  const pressed = events.filter((frame, index) => frame.rtpTimestamp !== events[index - 1]?.rtpTimestamp);
  assert.is(pressed.map(({ event }) => dtmfDigits[event]).join(''), keys);
});

testWith([...needs], 'it counts four streams without a loss, with reports, names and farewells', () => {
  assert.is(streams.length, 4);
  assert.ok(streams.every(({ packets, lost }) => packets > 250 && lost === 0), JSON.stringify(streams));
  const types = having('rtcp').map(({ rtcpTypes }) => rtcpTypes);
  assert.ok(types.every(([first, second]) => first === rtcp.senderReport && second === rtcp.description), JSON.stringify(types));
  assert.is(types.filter((one) => one.includes(rtcp.bye)).length, 4);
});

test.run();
