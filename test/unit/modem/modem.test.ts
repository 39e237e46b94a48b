import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plainSerial } from '../../../hal/serial.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimSerialCable } from '../../../hal/sim/sim-serial.ts';
import { HostEnd } from '../../support/modem/host-end.ts';
import { type ModemRequest, modemOn, type OpenedModem } from '../../support/modem/open-modem.ts';

interface World extends OpenedModem {
  readonly clock: SimClock;
  readonly host: HostEnd;
}

async function world(request: ModemRequest = {}): Promise<World> {
  const clock = new SimClock();
  const cable = new SimSerialCable(clock, new SimRandom(3));
  const opened = modemOn(await cable.a.open('/dev/ttyS1', plainSerial(460_800)), clock, request);
  const host = new HostEnd(await cable.b.open('/dev/ttyS1', plainSerial(460_800)), clock);
  await clock.advance(50);
  await host.ask('E0');
  return { ...opened, clock, host };
}

/** Off-hook on a call from outside, in voice mode. */
async function answered(request: ModemRequest = {}): Promise<World> {
  const all = await world(request);
  await all.host.ask('+FCLASS=8;+VSD=0,0;+VIT=0');
  all.exchange.ring();
  await all.clock.advance(500);
  assert.is(await all.host.ask('+VLS=1'), '\r\nOK\r\n');
  return all;
}

const ramp = (count: number): number[] => Array.from({ length: count }, (_, at) => ((at % 200) - 100) * 256);
const doubled = (bytes: Uint8Array): Uint8Array => Uint8Array.from([...bytes].flatMap((byte) => (byte === 0x10 ? [byte, byte] : [byte])));

test('several commands in a line; echo, words, numbers and silence of results', async () => {
  const { host } = await world();
  assert.is(await host.ask('+FCLASS?;+FCLASS=8;+FCLASS?'), '\r\n0\r\n\r\n8\r\n\r\nOK\r\n');
  assert.is(await host.ask('+FCLASS=8;+NOSUCH=1;+FCLASS=0'), '\r\nERROR\r\n');
  assert.is(await host.ask('+FCLASS?'), '\r\n8\r\n\r\nOK\r\n');
  assert.is(await host.ask('V0'), '0\r');
  assert.is(await host.ask('+NOSUCH'), '4\r');
  assert.is(await host.ask('V1E1'), '\r\nOK\r\n');
  assert.is(await host.ask('I3'), 'ATI3\r\r\nVoice modem V1.0\r\n\r\nOK\r\n');
});

test('a call: rings and the caller between them, off-hook, on-hook by class 0', async () => {
  const { host, exchange, clock } = await world();
  await host.ask('+VCID=1');
  exchange.ring({ callerId: { number: '5551234', name: 'ALICE', absent: null } });
  await clock.advance(7000);
  assert.is(host.heard, '\r\nRING\r\n\r\nDATE = 0105\r\n\r\nTIME = 0900\r\n\r\nNMBR = 5551234\r\n\r\nNAME = ALICE\r\n\r\nRING\r\n');
  await host.ask('+FCLASS=8');
  await host.ask('+VLS=1');
  assert.is(exchange.state, 'up');
  await host.ask('+FCLASS=0');
  assert.is(exchange.state, 'idle');
});

test('an outgoing call dials, and the keys pressed later are no part of the number', async () => {
  const { host, exchange } = await world();
  await host.ask('+FCLASS=8');
  await host.ask('+VLS=1');
  assert.is(await host.ask('DT5559876'), '\r\nOK\r\n');
  exchange.answer();
  assert.is(await host.ask('+VTS=1,{2,20},#'), '\r\nOK\r\n');
  assert.equal([exchange.state, exchange.dialled, exchange.keys], ['up', '5559876', '12#']);
  exchange.hasDialTone = false;
  await host.ask('H');
  assert.is(await host.ask('DT5'), '\r\nNO DIALTONE\r\n');
});

for (const [number, size, encode] of [
  [1, 1, (sample: number): number[] => [(sample >> 8) + 128]],
  [0, 1, (sample: number): number[] => [(sample >> 8) & 0xff]],
  [132, 2, (sample: number): number[] => [sample & 0xff, (sample >> 8) & 0xff]],
] as const) {
  test(`+VSM=${number}: what is sent is heard, and what is spoken is recorded, sample by sample`, async () => {
    const { host, exchange, clock, modem } = await answered();
    assert.is(await host.ask(`+VSM=${number},8000`), '\r\nOK\r\n');
    assert.is(await host.ask('+VTX'), '\r\nCONNECT\r\n');
    const said = ramp(3000);
    const before = exchange.heard.length;
    const bytes = doubled(Uint8Array.from(said.flatMap(encode)));
    const stream = Uint8Array.of(...bytes, 0x10, 0x03);
    for (let at = 0; at < stream.length; at += 500) {
      host.write(stream.subarray(at, at + 500));
      await clock.advance(500 / size / 8 - 3);
    }
    await clock.until(() => /OK/.test(host.heard), 2000);
    const heard = [...exchange.heard.subarray(before)].join(',');
    assert.ok(heard.includes(said.join(',')), 'heard whole');
    assert.is(modem.voice.underrun, 0);
    await host.ask('+VRX');
    exchange.speak(Int16Array.from(said));
    await clock.advance(600);
    const recorded = host.heard;
    assert.ok(recorded.includes(Buffer.from(bytes).toString('latin1')), 'recorded whole');
    host.heard = '';
    host.write('\x10!');
    await clock.until(() => /OK/.test(host.heard), 100);
    assert.match(host.heard, /\x10\x03\r\nOK\r\n$/);
  });
}

test('8000 samples a second pass each way in duplex, and a fast crystal passes more', async () => {
  for (const [ppm, expected] of [[0, 16_000], [10_000, 16_160]] as const) {
    const { host, exchange, clock } = await answered({ ppm });
    exchange.source = () => 0x2000;
    await host.ask('+VSM=1,8000');
    await host.ask('+VTR');
    await clock.advance(100);
    host.heard = '';
    await clock.advance(2000);
    assert.ok(Math.abs(host.heard.length - expected) <= 80, `${host.heard.length}`);
    assert.ok([...host.heard].every((one) => one === '\xa0'));
  }
});

test('a host that sends too slowly gets DLE u, and plays on after it', async () => {
  const { host, exchange, clock, modem } = await answered();
  await host.ask('+VSM=1,8000');
  await host.ask('+VTX');
  host.write(new Uint8Array(400).fill(0xc0));
  await clock.advance(200);
  assert.is(host.heard, '\x10u');
  assert.is(modem.voice.underrun, 1);
  host.write(new Uint8Array(400).fill(0xe0));
  host.write('\x10\x03');
  await clock.until(() => /OK/.test(host.heard), 500);
  assert.is(exchange.heard.filter((sample) => sample === 0x6000).length, 400);
});

test('a flow that the host does not take is cut, and told by DLE o', async () => {
  const clock = new SimClock();
  const cable = new SimSerialCable(clock, new SimRandom(3));
  const { exchange, modem } = modemOn(await cable.a.open('/dev/ttyS1', plainSerial(19_200)), clock);
  const host = new HostEnd(await cable.b.open('/dev/ttyS1', plainSerial(19_200)), clock);
  await clock.advance(50);
  exchange.ring();
  for (const line of ['E0+FCLASS=8', '+VSD=0,0', '+VLS=1', '+VRX']) await host.ask(line);
  await clock.advance(10_000);
  assert.ok(modem.voice.overrun > 10_000, `${modem.voice.overrun}`);
  assert.match(host.heard, /\x10o/);
});

test('keys, busy, loop break, silence and quiet are told in the stream', async () => {
  const { host, exchange, clock } = await answered();
  await host.ask('+VSM=1,8000');
  await host.ask('+VSD=128,5');
  await host.ask('+VRX');
  await clock.advance(600);
  assert.match(host.heard, /\x10s/);
  exchange.speak(Int16Array.from(ramp(1000)));
  await clock.advance(700);
  assert.match(host.heard, /\x10q/);
  exchange.press('5');
  await clock.advance(300);
  assert.match(host.heard, /\x10\/\x105.*\x10~/s);
  exchange.hangUp('busy');
  await clock.advance(6000);
  assert.is(host.heard.match(/\x10b/g)?.length, 2);
  host.write('\x10!');
  await clock.advance(50);
  await host.ask('H;+VSD=0,0');
  exchange.ring();
  await host.ask('+VLS=1');
  exchange.hangUp('loop');
  await clock.advance(50);
  assert.is(host.heard, '\x10l');
});

test('the quirks of a Conexant: ring by DLE R, silence left out until told not to, two bytes 0x10 as DLE SUB', async () => {
  const { host, exchange, clock } = await world({ profile: 'cx93010' });
  await host.ask('+FCLASS=8');
  exchange.ring();
  await clock.advance(100);
  assert.is(host.heard, '\x10R');
  for (const line of ['+VIT=0', '+VSD=0,0', '+VLS=1', '+VSM=1,8000', '+VRX']) await host.ask(line);
  await clock.advance(1000);
  assert.ok(host.heard.length < 2000, `${host.heard.length}`);
  host.write('\x10!');
  await clock.advance(100);
  await host.ask('+VSM=1,8000,0,0');
  await host.ask('+VRX');
  exchange.speak(new Int16Array(4).fill(-112 * 256));
  await clock.advance(1000);
  assert.ok(host.heard.length > 7900, `${host.heard.length}`);
  assert.match(host.heard, /\x10\x1a\x10\x1a/);
});

test('faults: no answer, late answer, refusal, glare', async () => {
  const { host, exchange, faults, clock } = await world();
  await host.ask('+FCLASS=8');
  faults.mute = true;
  assert.is(await host.ask('', /OK/, 3000), '');
  Object.assign(faults, { mute: false, replyDelayMs: 700 });
  const began = clock.monotonic();
  assert.is(await host.ask(''), '\r\nOK\r\n');
  assert.ok(clock.monotonic() - began >= 700);
  Object.assign(faults, { replyDelayMs: 5, refuse: /VLS/ });
  assert.is(await host.ask('+VLS=1'), '\r\nERROR\r\n');
  assert.is(exchange.state, 'idle');
  Object.assign(faults, { refuse: null, glare: true });
  assert.is(await host.ask('+VLS=1'), '\r\nRING\r\n\r\nOK\r\n');
  assert.is(exchange.state, 'up');
});

test('faults: bytes are lost, nonsense comes in between', async () => {
  const { host, exchange, faults, clock } = await answered();
  exchange.source = () => 0x2000;
  await host.ask('+VSM=1,8000');
  await host.ask('+VRX');
  await clock.advance(100);
  const flow = async (): Promise<string> => {
    host.heard = '';
    await clock.advance(1000);
    return host.heard;
  };
  faults.lossToHost = 0.1;
  const some = (await flow()).length;
  assert.ok(some > 7000 && some < 7400, `${some}`);
  Object.assign(faults, { lossToHost: 0, garbagePerSecond: 400 });
  const nonsense = [...(await flow())].filter((one) => one !== '\xa0').length;
  assert.ok(nonsense > 300 && nonsense < 450, `${nonsense}`);
});

test('what the host sends before the answer is lost, and counted', async () => {
  const { host, modem, clock } = await world({ faults: { replyDelayMs: 100 } });
  host.write('AT\rAT+FCLASS=8\r');
  await clock.advance(500);
  assert.is(host.heard, '\r\nOK\r\n');
  assert.is(modem.strayBytes, 12);
});

test.run();
