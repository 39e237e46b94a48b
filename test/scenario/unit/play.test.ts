// A technician lets an extension hear something: the unit calls another unit, whose mailbox records what is played.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PlayWish } from '../../../firmware/calls/play-at.ts';
import { playAt } from '../../../firmware/calls/play-at.ts';
import { playParts } from '../../../firmware/unit/make-calls.ts';
import { decodeTable } from '../../../hal/g711.ts';
import { HalError } from '../../../hal/errors.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { SimSite, voice } from '../../support/sim-site.ts';
import { simUnit, testConfiguration, testSettings } from '../../support/sim-unit.ts';

const farAddress = '10.0.0.3';
const ours = testSettings(testConfiguration.replace('lamps: notify }', `lamps: notify }\n  - { name: far, addresses: [${farAddress}], host: ${farAddress} }\n  - { name: mute, addresses: [10.0.0.9] }`));
const theirs = testSettings(testConfiguration.replaceAll('10.0.0.1', '10.0.0.2').replace('lamps: notify', 'lamps: none').replace('silenceSec: 7', 'silenceSec: 0'));

async function world() {
  const site = await SimSite.start({ settings: ours });
  const far = simUnit({ clock: site.clock, host: site.network.host(farAddress), storage: new SimStorage(), settings: theirs, seed: 5 });
  await site.during(far.unit.start());
  const told: string[] = [];
  const stop = new AbortController();
  const play = (what: PlayWish['what'], part: Partial<PlayWish> = {}) => playAt(playParts(site.unit), { what, extension: '201', via: 'far', ...part }, (line) => void told.push(line), stop.signal);
  const nothingLeft = async (): Promise<void> => {
    await site.clock.advance(40_000);
    assert.equal([site.unit.calls.ports.inUse, site.unit.calls.summaries().length, site.unit.sip.counters().legs], [0, 0, 0]);
    assert.equal(site.clock.pending().map(({ name }) => name).filter((name) => name.startsWith('placed-call')), []);
    await site.during(far.unit.stop(2000));
    await site.stop();
  };
  const recorded = async (): Promise<Int16Array> => {
    const [message] = far.unit.store.list('201');
    assert.ok(message !== undefined, 'nothing was recorded');
    const reader = await far.unit.store.reader('201', message.id);
    const bytes = await reader.read(0, message.bytes);
    await reader.close();
    return Int16Array.from(bytes, (code) => decodeTable(message.codec)[code] as number);
  };
  return { site, far, told, stop, play, nothingLeft, recorded };
}

/** Share of the energy at a frequency (Goertzel), of 8 kHz samples. */
function shareAt(hz: number, samples: Int16Array): number {
  const turn = (2 * Math.PI * hz) / 8000;
  let [real, imaginary, energy] = [0, 0, 0];
  samples.forEach((sample, at) => {
    real += sample * Math.cos(turn * at);
    imaginary -= sample * Math.sin(turn * at);
    energy += sample * sample;
  });
  return (2 * (real * real + imaginary * imaginary)) / (samples.length * energy);
}

test('a tone is heard at the extension, 1004 Hz at 0 dBm0; then the unit hangs up and everything is given back', async () => {
  const { site, far, told, play, nothingLeft, recorded } = await world();
  const end = await site.during(play({ kind: 'tone' }));
  assert.equal([end.answered, end.text, told], [true, 'all was played', ['answered, PCMU']]);
  assert.ok(end.durationMs > 10_000 && end.durationMs < 11_500, `${end.durationMs} ms`);
  assert.ok((end.stats?.packetsSent ?? 0) > 500);
  await site.clock.advance(2000);
  assert.is(far.unit.store.list('201')[0]?.callerNumber, 'voicemail');
  const second = (await recorded()).subarray(8000, 16_000);
  assert.ok(shareAt(1004, second) > 0.98, `share ${shareAt(1004, second)}`);
  assert.ok(shareAt(700, second) < 0.01);
  const meanSquare = second.reduce((sum, sample) => sum + sample * sample, 0) / second.length;
  const dbm0 = 10 * Math.log10(meanSquare / (32_124 ** 2 / 2)) + 3.17;
  assert.ok(Math.abs(dbm0) < 0.5, `${dbm0} dBm0`);
  await nothingLeft();
});

test('a message is heard as it was spoken, and stays new', async () => {
  const { site, play, nothingLeft, recorded } = await world();
  await site.during(site.phone({ target: '202', speak: voice(6000, 523), script: 's' }).end);
  await site.clock.advance(2000);
  const [message] = site.unit.store.list('202');
  const end = await site.during(play({ kind: 'message', mailbox: '202', id: message?.id ?? '' }));
  assert.is(end.text, 'all was played');
  assert.ok(end.durationMs > 6000);
  await site.clock.advance(2000);
  assert.is(site.unit.store.list('202')[0]?.state, 'new');
  const heard = await recorded();
  assert.ok(heard.length > 8000 * 3 && shareAt(523, heard.subarray(4000, 12_000)) > 0.75, `share ${shareAt(523, heard.subarray(4000, 12_000))}`);
  await nothingLeft();
});

test('prompts and the greeting of a mailbox without one are played', async () => {
  const { site, play, nothingLeft } = await world();
  assert.is((await site.during(play({ kind: 'prompt', id: 'goodbye' }))).text, 'all was played');
  const greeting = await site.during(play({ kind: 'greeting', mailbox: '202' }));
  assert.is(greeting.text, 'all was played');
  assert.ok(greeting.durationMs > 1500, 'the words, and the number digit by digit');
  await nothingLeft();
});

test('nobody has the number: it says what the other side said', async () => {
  const { site, play, nothingLeft } = await world();
  const end = await site.during(play({ kind: 'tone' }, { extension: '999' }));
  assert.equal([end.answered, end.durationMs, end.stats], [false, 0, null]);
  assert.match(end.text, '404');
  await nothingLeft();
});

test('nobody is there at all: it gives up', async () => {
  const { site, play, nothingLeft } = await world();
  site.network.host(farAddress).unplug();
  const end = await site.during(play({ kind: 'tone' }));
  assert.is(end.answered, false);
  site.network.host(farAddress).plug();
  await nothingLeft();
});

test('who stops the command hangs up', async () => {
  const { site, play, stop, nothingLeft } = await world();
  const end = play({ kind: 'tone' });
  await site.clock.advance(3000);
  assert.equal(site.unit.calls.summaries().map(({ doing, peer, dialled, port }) => [doing, peer, dialled, port]), [['playing', 'far', '201', 0]]);
  stop.abort();
  assert.is((await site.during(end)).text, 'interrupted');
  await nothingLeft();
});

test('all ports are in use: the technician is told, and no caller is disturbed', async () => {
  const { site, play, nothingLeft } = await world();
  const calls = Array.from({ length: ours.ports }, () => site.phone({ target: '201', speak: voice(4000), script: 's' }));
  await site.clock.advance(2000);
  const error = await site.during(play({ kind: 'tone' }).then(() => null, (thrown: unknown) => thrown));
  assert.ok(error instanceof HalError && error.id === 'busy', String(error));
  await site.during(Promise.all(calls.map(({ end }) => end)));
  await nothingLeft();
});

test('a peer that cannot be called', async () => {
  const { site, play, nothingLeft } = await world();
  const error = await site.during(play({ kind: 'tone' }, { via: 'mute' }).then(() => null, (thrown: unknown) => thrown));
  assert.ok(error instanceof HalError && error.id === 'not-found', String(error));
  await nothingLeft();
});

test('the unit stops while it plays: the call ends, and the unit does not wait for it', async () => {
  const { site, far, play } = await world();
  const end = play({ kind: 'tone' });
  await site.clock.advance(3000);
  await site.during(site.unit.stop(2000));
  assert.is((await end).text, 'the unit is stopping');
  await site.during(far.unit.stop(2000));
});

test.run();
