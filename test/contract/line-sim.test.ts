import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LineKind, LineRequest } from '../../hal/line.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { SimExchange } from '../../hal/sim/sim-exchange.ts';
import type { SimLineOptions } from '../../hal/sim/sim-far-end.ts';
import { SimLines } from '../../hal/sim/sim-line.ts';
import { SimTelephone } from '../../hal/sim/sim-telephone.ts';
import { lineContract, type LineFarEnd, type LineWorld, WatchedLine } from './line-contract.ts';
import { refusal, virtualTime } from './passing.ts';

const request = (kind: LineKind): LineRequest => ({ name: `${kind}-1`, kind, place: '1', zone: 'us', options: {} });

function trunkFar(exchange: SimExchange): LineFarEnd {
  return {
    ring: (callerId) => void exchange.ring(callerId), stopRinging: () => exchange.stopRinging(), hangUp: () => exchange.hangUp(), dialled: () => exchange.dialled,
    isSeized: () => exchange.offHook, keys: (digits) => exchange.keys(digits), speak: (codes) => exchange.speak(codes), listen: () => exchange.listen(),
    heard: () => exchange.heardCodes, unplug: () => exchange.unplug(),
  };
}

function phoneFar(telephone: SimTelephone): LineFarEnd {
  return {
    lift: () => telephone.lift(), putDown: () => telephone.putDown(), flash: () => telephone.flash(), isRinging: () => telephone.ringing,
    keys: (digits) => telephone.keys(digits), pulses: (digits) => telephone.keys(digits, 'pulse'), speak: (codes) => telephone.speak(codes),
    listen: () => telephone.listen(), heard: () => telephone.heardCodes, unplug: () => telephone.unplug(),
  };
}

async function world(kind: LineKind, options: SimLineOptions): Promise<LineWorld> {
  const clock = new SimClock();
  const driver = new SimLines(clock);
  const far = kind === 'trunk' ? trunkFar(driver.exchange('1', options)) : phoneFar(driver.telephone('1', options));
  const end = async (): Promise<void> => assert.equal(clock.pending().map(({ name }) => name), []);
  return { driver, request: request(kind), far, passing: virtualTime(clock), patienceMs: 4000, exact: true, end };
}

const keysOf = (far: LineFarEnd): (keyof LineFarEnd)[] => Object.keys(far) as (keyof LineFarEnd)[];
const trunkCan = keysOf(trunkFar(new SimExchange(new SimClock(), '1')));
const phoneCan = keysOf(phoneFar(new SimTelephone(new SimClock(), '1')));

const variants: readonly [string, SimLineOptions][] = [
  ['plain', {}],
  ['told by the device, A-law', { digits: 'device', tones: 'device', law: 'PCMA' }],
  ['half duplex', { duplex: 'half', callerId: 'none' }],
  ['audio on-hook, a fast crystal', { onHookAudio: true, callerId: 'audio', ppm: 100 }],
];
for (const [name, options] of variants) {
  lineContract(`sim trunk, ${name}`, trunkCan, () => world('trunk', options));
  lineContract(`sim phone, ${name}`, phoneCan, () => world('phone', options));
}

interface Seen {
  readonly clock: SimClock;
  readonly exchange: SimExchange;
  readonly watched: WatchedLine;
}

async function seen(options: SimLineOptions = {}): Promise<Seen> {
  const clock = new SimClock();
  const driver = new SimLines(clock);
  const exchange = driver.exchange('1', options);
  const asWorld: LineWorld = { driver, request: request('trunk'), far: {}, passing: virtualTime(clock), patienceMs: 4000, exact: true, end: async () => undefined };
  return { clock, exchange, watched: await WatchedLine.open(asWorld) };
}

const types = ({ events }: WatchedLine): string[] => events.map(({ type }) => type);

test('line sim: glare makes a seizure an answer, and says so by ringing', async () => {
  const { clock, exchange, watched } = await seen();
  exchange.glare = true;
  watched.line.control.seize();
  await clock.advance(100);
  assert.equal(types(watched), ['ring-started', 'ring-stopped', 'off-hook']);
  assert.ok(exchange.connected);
});

test('line sim: slow events come late with the sample of their time', async () => {
  const { clock, exchange, watched } = await seen();
  await clock.advance(1005);
  exchange.slow(300);
  exchange.ring(null);
  await clock.advance(299);
  assert.equal(types(watched), []);
  await clock.advance(2);
  assert.equal(watched.events, [{ sample: 8080, type: 'ring-started' }]);
});

test('line sim: a lost battery is an alarm, and ends', async () => {
  const { clock, exchange, watched } = await seen();
  exchange.battery(false);
  exchange.battery(true);
  await clock.advance(1);
  assert.equal(types(watched), ['alarm', 'clear']);
});

test('line sim: an underrun is silence to the far end, an overrun a gap to the unit', async () => {
  const { clock, exchange, watched } = await seen({ onHookAudio: true });
  exchange.listen();
  watched.toSend = Array.from({ length: 5 }, () => new Uint8Array(160).fill(7));
  await clock.advance(40);
  exchange.underrun(160);
  exchange.overrun(320);
  await clock.advance(120);
  assert.equal(watched.events.map((event) => ('samples' in event ? [event.type, event.samples] : [])), [['underrun', 160], ['overrun', 320]]);
  assert.equal(watched.samples, [0, 160, 640, 800, 960, 1120]);
  assert.is(exchange.heardCodes.filter((code) => code === 7).length % 160, 0);
});

test('line sim: a fast crystal gives more frames in the same time', async () => {
  const { clock, watched } = await seen({ onHookAudio: true, ppm: 1000 });
  await clock.advance(100_000);
  assert.is(watched.frames.length, 5005);
});

test('line sim: half duplex hears nothing while it sends', async () => {
  const { clock, exchange, watched } = await seen({ onHookAudio: true, duplex: 'half' });
  exchange.speak(new Uint8Array(1600).fill(9));
  watched.toSend = Array.from({ length: 3 }, () => new Uint8Array(160).fill(7));
  await clock.advance(200);
  assert.equal(watched.frames.map((frame) => frame[0]), [9, 255, 255, 255, 9, 9, 9, 9, 9, 9]);
});

test('line sim: a device that is out is not found until it is in again', async () => {
  const { clock, exchange, watched } = await seen();
  exchange.unplug();
  await clock.advance(1);
  assert.is(watched.losses, 1);
  const { driver } = watched.world;
  assert.is(await refusal(virtualTime(clock), driver.open(request('trunk'))), 'not-found');
  exchange.plug();
  exchange.openFails = 'io';
  assert.is(await refusal(virtualTime(clock), driver.open(request('trunk'))), 'io');
  assert.is(await refusal(virtualTime(clock), driver.open(request('phone'))), 'io');
  exchange.openFails = null;
  assert.is(await refusal(virtualTime(clock), driver.open(request('phone'))), 'unsupported');
  await driver.open(request('trunk'));
});

test.run();
