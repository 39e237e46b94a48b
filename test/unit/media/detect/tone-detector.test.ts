import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toneZones } from '../../../../firmware/media/detect/tone-zones.ts';
import type { ZoneTone } from '../../../../firmware/media/detect/tone-zones.ts';
import { SimRandom } from '../../../../hal/sim/sim-random.ts';
import { join, noise, quiet, sum, talk, tone } from '../../../support/media/signals.ts';
import { played, tonesIn, zoneNamed } from '../../../support/media/tone-ear.ts';

const names = (zone: string, signal: Float64Array, awaitsDial = false): string => tonesIn(zone, signal, awaitsDial).map(({ tone: heard }) => heard ?? '-').join(' ');

/** What a tone of the zone is to be heard as: where two are written alike, as the first of them. */
function expected(zone: string, name: ZoneTone): string {
  const tones = zoneNamed(zone);
  const alike = tones.congestion === tones.busy || (zone === 'au' && name === 'congestion');
  return name === 'congestion' && alike ? 'busy' : name;
}

for (const zone of Object.keys(toneZones)) {
  test(`${zone}: busy, congestion and ringback are found whatever part of them is heard first, once, and end`, () => {
    for (const name of ['busy', 'congestion', 'ringback'] as const) {
      for (const skipMs of [0, 370, 1410]) {
        const ms = (name === 'ringback' ? 14_000 : 9000) + skipMs;
        const signal = join(played(zoneNamed(zone)[name], ms).subarray(skipMs * 8), quiet(6000));
        assert.is(names(zone, signal), `${expected(zone, name)} -`, `${name} from ${skipMs} ms`);
      }
    }
  });

  test(`${zone}: a line that was seized gives dial tone within 400 ms of its beginning`, () => {
    for (const name of ['dial', 'stutter'] as const) {
      const [first] = tonesIn(zone, join(quiet(400), played(zoneNamed(zone)[name], 6000)), true);
      assert.is(first?.tone, 'dial', name);
      assert.ok((first?.atMs ?? 0) <= (name === 'dial' && !['it', 'cz', 'gr'].includes(zone) ? 800 : 2000), `${name} after ${first?.atMs ?? 0} ms`);
    }
  });
}

test('every zone finds its tones from -5 to -33 dBm0, and with noise 20 dB below them', () => {
  const random = new SimRandom(3);
  for (const zone of Object.keys(toneZones)) {
    for (const level of [-5, -20, -33]) {
      const busy = played(zoneNamed(zone).busy, 8000, level);
      assert.is(names(zone, busy), 'busy', `${zone} at ${level} dBm0`);
      assert.is(names(zone, sum(busy, noise(random, level - 20, 8000))), 'busy', `${zone} at ${level} dBm0 with noise`);
    }
  }
});

test('a tone below -40 dBm0 is silence', () => {
  assert.is(names('us', played(zoneNamed('us').busy, 8000, -42)), '');
});

test('frequencies 1 % off and times 10 % off are still the tone', () => {
  for (const [hz, ms] of [[429, 530], [421, 435], [429, 435]] as const) assert.is(names('de', played(`${hz}/${ms},0/${ms}`, 8000)), 'busy', `${hz} Hz ${ms} ms`);
  assert.is(names('us', played('485+626/540,0/540', 8000)), 'busy');
});

test('a cadence of other frequencies or times is no tone', () => {
  for (const other of ['500/480,0/480', '425/330,0/330', '425/480,0/200', '350/480,0/480', '425+620/480,0/480']) assert.is(names('de', played(other, 12_000)), '', other);
  for (const other of ['480/500,0/500', '620/500,0/500', '440+620/500,0/500', '480+620/380,0/380']) assert.is(names('us', played(other, 12_000)), '', other);
});

test('dial tone is found without being awaited where nothing sounds alike, and ends when it does', () => {
  const heard = tonesIn('us', join(quiet(200), played('350+440', 3000), quiet(1000)));
  assert.equal(heard.map(({ tone: name }) => name), ['dial', null]);
  assert.ok((heard[0]?.atMs ?? 0) <= 560);
  assert.ok((heard[1]?.atMs ?? 0) <= 3400);
});

test('where ringback sounds as dial tone does, it must last longer unless it is awaited', () => {
  assert.ok((tonesIn('de', played('425', 3000), false)[0]?.atMs ?? 0) > 1150);
  assert.ok((tonesIn('de', played('425', 3000), true)[0]?.atMs ?? 9999) <= 320);
});

test('dial tone, then busy: both are told', () => {
  assert.is(names('uk', join(played('350+440', 2000), played(zoneNamed('uk').busy, 6000), quiet(2000)), true), 'dial - busy -');
});

test('special information of ITU-T and of North America is told, and the announcement after it ends it', () => {
  const announcement = talk(new SimRandom(11), 6000);
  for (const sit of ['950/330,1400/330,1800/330,0/1000', '!950/330,!0/15,!1400/330,!0/15,!1800/330', '!914/274,!1371/274,!1777/380', '!985/380,!1429/380,!1777/380']) {
    for (const before of [0, 133, 147]) assert.is(names('us', join(quiet(before), played(sit, 1400), announcement)), 'special-information -', sit);
  }
});

test('special information in another order is none', () => {
  assert.is(names('us', played('1400/330,950/330,1800/330,0/1000', 6000)), '');
  assert.is(names('us', played('950/330,1800/330,0/1000', 6000)), '');
});

test('fax: the calling tone after one burst, within 38 Hz, and the answer tone', () => {
  for (const hz of [1068, 1100, 1132]) assert.is(names('us', played(`${hz}/500,0/3000`, 12_000)), 'fax', String(hz));
  const [first] = tonesIn('us', played('1100/500,0/3000', 4000));
  assert.ok((first?.atMs ?? 9999) < 600);
  assert.is(names('us', join(quiet(300), tone(2100, -12, 3000), quiet(5000))), 'fax -');
  assert.is(names('us', join(quiet(300), tone(1100, -12, 3000), quiet(1000))), '', 'held, it is a whistle');
});

test('speech holds no tone: twenty minutes of something like talk, in zones of one frequency and of two', () => {
  const random = new SimRandom(77);
  for (let minute = 0; minute < 10; minute++) {
    const minuteOfTalk = talk(random, 60_000);
    for (const zone of ['de', 'us']) assert.is(names(zone, minuteOfTalk), '', `${zone}, minute ${minute}`);
  }
});

test('a busy tone under speech of our own is found when the speech pauses, and speech ends it', () => {
  const random = new SimRandom(5);
  assert.is(names('us', join(played(zoneNamed('us').busy, 6000), talk(random, 3000))), 'busy -');
  assert.is(names('us', join(talk(random, 3000), played(zoneNamed('us').busy, 6000))), 'busy');
});

test('music on one note with a beat is no busy tone of another pitch', () => {
  assert.is(names('de', join(...Array.from({ length: 12 }, () => join(tone(440, -12, 300), quiet(300))))), '');
});

test('white noise is no tone', () => {
  assert.is(names('uk', noise(new SimRandom(9), -15, 60_000)), '');
});

test('after a reset nothing of before is remembered', async () => {
  const { ToneDetector } = await import('../../../../firmware/media/detect/tone-detector.ts');
  const { alawDecode, alawEncode } = await import('../../../../hal/g711.ts');
  const detector = new ToneDetector(zoneNamed('us'));
  const codes = Uint8Array.from(played(zoneNamed('us').busy, 2400), (value) => alawEncode[value + 32_768] ?? 0);
  const hear = (): void => {
    for (let at = 0; at + 160 <= codes.length; at += 160) detector.hear(codes.subarray(at, at + 160), alawDecode);
  };
  hear();
  detector.reset();
  hear();
  assert.is(detector.tone, null);
});

test.run();
