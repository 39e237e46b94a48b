// Captures on a simulated network and disk, each named after what ends it or stands in its way.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CapturedCall, CaptureWish } from '../../../firmware/capture/capture-desk.ts';
import { CaptureDesk } from '../../../firmware/capture/capture-desk.ts';
import { mostCaptures } from '../../../firmware/capture/captures-folder.ts';
import { headBytes, recordHeadBytes } from '../../../firmware/capture/pcap-file.ts';
import { silentLog } from '../../../firmware/log.ts';
import { HalError } from '../../../hal/errors.ts';
import type { DatagramSocket } from '../../../hal/datagram.ts';
import { SimCapture } from '../../../hal/sim/sim-capture.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-network.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { testSettings } from '../../support/sim-unit.ts';

const mebibyte = 1024 * 1024;
const [pbx, unit] = ['10.0.0.1', '10.0.0.2'];
const rtpPorts = [16384, 16386];
const all: CaptureWish = { target: { kind: 'all' }, seconds: 60, bytes: mebibyte, raw: false };
const ofCall: CaptureWish = { ...all, target: { kind: 'call', name: 'c1' } };

const callOf = (id: string, callId: string, rtpPort: number): CapturedCall => ({
  id, rtpPort,
  facts: { callId, caller: { number: '', name: '', uri: '' }, originalTarget: '201', targetSource: 'to', reason: 'default', dialled: '201', peer: 'pbx', remoteAddress: pbx, transport: 'udp' },
});

async function world(storage = new SimStorage()) {
  const clock = new SimClock();
  const network = new SimNetwork(clock, new SimRandom(1));
  const capture = new SimCapture(network, network.host(unit));
  const calls: CapturedCall[] = [callOf('c1', 'one@pbx', 16384), callOf('c2', 'two@pbx', 16386)];
  const desk = new CaptureDesk({ clock, storage, log: silentLog, capture, settings: () => testSettings(), calls: () => calls, rtpPorts: () => rtpPorts });
  const [sip, audio] = [await network.host(pbx).datagram.bind({ address: pbx, port: 5060 }), await network.host(pbx).datagram.bind({ address: pbx, port: 30_000 })];
  for (const port of [5060, ...rtpPorts]) await network.host(unit).datagram.bind({ address: unit, port });
  const say = async (socket: DatagramSocket, port: number, text: string): Promise<void> => {
    socket.send(Buffer.from(text), { address: unit, port });
    await clock.advance(1);
  };
  const content = async (file: string): Promise<string> => {
    const open = await storage.open(file, 'read');
    const bytes = new Uint8Array(await open.size());
    await open.read(bytes, 0);
    return Buffer.from(bytes).toString('latin1');
  };
  return { clock, capture, desk, calls, storage, content, sip: (text: string) => say(sip, 5060, text), audio: (port: number, text: string) => say(audio, port, text) };
}

async function refusal(doing: Promise<unknown>): Promise<HalError> {
  const error = await doing.then(() => null, (thrown: unknown) => thrown);
  assert.instance(error, HalError);
  return error as HalError;
}

test('of one call its messages and audio are in the file, masked, and nothing of another', async () => {
  const { desk, sip, audio, content, capture } = await world();
  const { file } = await desk.start(ofCall);
  await sip('INVITE x\r\nCall-ID: one@pbx\r\nAuthorization: Digest response="secret"\r\n\r\n');
  await sip('INVITE x\r\nCall-ID: two@pbx\r\n\r\n');
  await audio(16384, 'words of one');
  await audio(16386, 'words of two');
  const end = await desk.stop();
  assert.equal([end?.packets, end?.lost, end?.end], [2, 0, 'it was stopped']);
  const text = await content(file);
  assert.is(text.length, end?.bytes);
  assert.ok(text.includes('one@pbx') && text.includes('words of one') && text.includes('response="xxxxxx"'));
  assert.not(/two|secret/.test(text));
  assert.is(capture.opened, 0);
});

test('who asks for it gets the credentials', async () => {
  const { desk, sip, content } = await world();
  const { file } = await desk.start({ ...all, raw: true });
  await sip('INVITE x\r\nAuthorization: Digest response="secret"\r\n\r\n');
  await desk.stop();
  assert.ok((await content(file)).includes('secret'));
});

test('it ends 2 s after its call, with what came meanwhile', async () => {
  const { desk, clock, calls, sip, content } = await world();
  const { file } = await desk.start(ofCall);
  calls.shift();
  await clock.advance(1500);
  assert.is(desk.status()?.end, null);
  await sip('200 OK\r\nCall-ID: one@pbx\r\n\r\n');
  await clock.advance(1500);
  assert.is(desk.status()?.end, 'its call is over');
  assert.ok((await content(file)).includes('200 OK'));
  assert.equal(clock.pending().map(({ name }) => name).filter((name) => name === 'capture'), []);
});

test('it ends when its time is up, and when it has its size', async () => {
  const { desk, clock, audio } = await world();
  await desk.start({ ...all, seconds: 3 });
  await clock.advance(3500);
  assert.is(desk.status()?.end, 'it has lasted 3 s');
  const limit = headBytes + 3 * (recordHeadBytes + 128);
  await desk.start({ ...all, bytes: limit });
  for (let sent = 0; sent < 6; sent++) await audio(16384, 'x'.repeat(100));
  await clock.advance(500);
  assert.equal([desk.status()?.end, desk.status()?.packets, desk.status()?.bytes], [`it has reached ${limit} bytes`, 3, limit]);
});

test('one at a time; the second is told so', async () => {
  const { desk, capture } = await world();
  const [first, second] = [desk.start(all), refusal(desk.start(all))];
  await first;
  assert.is((await second).id, 'busy');
  assert.is(capture.opened, 1);
});

test('while it ends it is the one at work: it is seen, and neither removed nor followed by another; whoever stops it too waits', async () => {
  const { desk, capture, clock, audio, content } = await world();
  capture.drainMs = 150;
  const { file } = await desk.start(all);
  const ends = [desk.stop('as the first said'), desk.stop('as the second said')];
  let over = 0;
  for (const end of ends) void end.then(() => (over += 1));
  await audio(16384, 'last words');
  assert.equal([over, desk.status()?.file, desk.status()?.end], [0, file, null]);
  assert.is((await refusal(desk.remove(file.replace('captures/', '')))).id, 'busy');
  assert.match((await refusal(desk.start(all))).message, 'just ending');
  await clock.advance(150);
  assert.equal((await Promise.all(ends)).map((end) => [end?.file, end?.packets, end?.end]), [0, 1].map(() => [file, 1, 'as the first said']));
  assert.ok((await content(file)).includes('last words'));
  assert.is(await desk.stop(), null);
  assert.is(desk.status()?.end, 'as the first said');
  await clock.advance(1000);
  await desk.start(all);
  assert.equal([desk.status()?.end, capture.opened], [null, 1]);
});

test('one that is stopped while it is looked at is not looked at again', async () => {
  const { desk, capture, clock, storage, audio } = await world();
  capture.drainMs = 150;
  await desk.start(all);
  await audio(16384, 'words');
  let end: Promise<unknown> | null = null;
  storage.fault = ({ kind }) => {
    if (kind === 'write') end ??= desk.stop();
    return null;
  };
  await clock.advance(250);
  assert.is.not(end, null);
  assert.equal(clock.pending().map(({ name }) => name).filter((name) => name.startsWith('capture')), ['capture drain']);
  await clock.advance(150);
  await end;
  assert.equal([desk.status()?.end, desk.status()?.packets, capture.opened], ['it was stopped', 1, 0]);
});

test('no permission: the sentence is told, nothing is left behind', async () => {
  const { desk, capture, storage } = await world();
  capture.refusal = new HalError('permission-denied', 'packet capture', 'the unit may not see packets');
  assert.is((await refusal(desk.start(all))).id, 'permission-denied');
  assert.equal([await storage.stat('captures'), desk.status()], [null, null]);
  capture.refusal = null;
  await desk.start(all);
});

test('a call that is over, a peer that is not there', async () => {
  const { desk, calls } = await world();
  calls.length = 0;
  assert.is((await refusal(desk.start(ofCall))).id, 'not-found');
  assert.is((await refusal(desk.start({ ...all, target: { kind: 'peer', name: 'nobody' } }))).id, 'not-found');
});

test('the kernel gives no more packets: it ends and says why', async () => {
  const { desk, capture, clock } = await world();
  await desk.start(all);
  capture.fail();
  await clock.advance(500);
  assert.match(desk.status()?.end ?? '', 'the kernel gives no more packets');
});

test('the disk fails while it is written: it ends and says why, and the unit goes on', async () => {
  const { desk, storage, clock, audio, capture } = await world();
  await desk.start(all);
  await audio(16384, 'words');
  storage.fault = ({ kind }) => (kind === 'write' ? 'io' : null);
  await clock.advance(500);
  assert.match(desk.status()?.end ?? '', /captures\//);
  assert.is(capture.opened, 0);
});

test('the space kept back for messages is not touched: neither begun with too little, nor gone on', async () => {
  const reserve = testSettings().messages.reserveMiB * mebibyte;
  const { desk, storage, clock } = await world(new SimStorage({ totalBytes: reserve + 2 * mebibyte }));
  assert.is((await refusal(desk.start({ ...all, bytes: 3 * mebibyte }))).id, 'no-space');
  await desk.start(all);
  const other = await storage.open('message', 'create');
  await other.write(new Uint8Array(2 * mebibyte), 0);
  await clock.advance(500);
  assert.match(desk.status()?.end ?? '', 'kept back for messages');
});

test('eight are kept: the oldest goes', async () => {
  const { desk, clock } = await world();
  const files: string[] = [];
  for (let made = 0; made < mostCaptures + 2; made++) {
    files.push((await desk.start(all)).file.replace('captures/', ''));
    await desk.stop();
    await clock.advance(1000);
  }
  assert.equal((await desk.files()).map(({ name }) => name), files.slice(2));
  await desk.remove(files[5] as string);
  assert.is((await desk.files()).length, mostCaptures - 1);
});

test('power cut while capturing: what was flushed is there, in a file that readers take', async () => {
  const { desk, storage, clock, audio } = await world();
  const { file } = await desk.start(all);
  await audio(16384, 'words before');
  await clock.advance(500);
  await audio(16384, 'words after');
  storage.fault = () => 'power-cut';
  void desk.stop();
  await storage.powerLost;
  const after = storage.afterPowerCut(() => 'drop');
  const open = await after.open(file, 'read');
  const bytes = new Uint8Array(await open.size());
  await open.read(bytes, 0);
  assert.ok(bytes.length >= headBytes && Buffer.from(bytes).includes('words before'));
});

test.run();
