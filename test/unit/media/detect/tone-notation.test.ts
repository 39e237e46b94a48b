import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ToneNotationError, parseTone } from '../../../../firmware/media/detect/tone-notation.ts';
import { toneZones, zonePattern, zoneTones } from '../../../../firmware/media/detect/tone-zones.ts';

const steady = (...hz: number[]): { hz: number; swingHz: number }[] => hz.map((value) => ({ hz: value, swingHz: 0 }));

test('two tones with a cadence', () => {
  assert.equal(parseTone('480+620/500,0/500'), { once: [], repeated: [{ sines: steady(480, 620), ms: 500 }, { sines: [], ms: 500 }] });
});

test('a tone without a time goes on for ever', () => {
  assert.equal(parseTone('350+440'), { once: [], repeated: [{ sines: steady(350, 440), ms: Infinity }] });
});

test('what is marked sounds once', () => {
  assert.equal(parseTone('!425/100, !0/100, 425'), {
    once: [{ sines: steady(425), ms: 100 }, { sines: [], ms: 100 }],
    repeated: [{ sines: steady(425), ms: Infinity }],
  });
  assert.equal(parseTone('!950/330').repeated, []);
});

test('a swinging tone, and four at once', () => {
  assert.equal(parseTone('400*16/1000').repeated, [{ sines: [{ hz: 400, swingHz: 16 }], ms: 1000 }]);
  assert.is(parseTone('1400+2060+2450+2600/100').repeated[0]?.sines.length, 4);
});

for (const [text, words] of [
  ['', /'' in '' is no segment: write frequencies and milliseconds/],
  ['425/', /'425\/' in '425\/' is no segment/],
  ['425/500;0/500', /is no segment/],
  ['4000/500', /'4000\/500' in '4000\/500': a frequency is 10 to 3900 Hz/],
  ['425+/500', /a frequency is/],
  ['425/5', /'425\/5' in '425\/5': a time is 10 to 600000 ms/],
  ['425/500,!0/500', /'!0\/500' in '425\/500,!0\/500': what sounds once \(!\) stands before what repeats/],
  ['425,0/500', /'425' in '425,0\/500' has no time and is not the last/],
  ['1+2+3', /a frequency is/],
  ['300+400+500+600+700/100', /at most 4 tones sound at once/],
  ['400*200/100', /after \* stands one frequency of 1 to 100 Hz/],
  ['400*16*2/100', /after \* stands one frequency/],
  [Array.from({ length: 33 }, () => '425/100').join(','), /has 33 segments; 32 is the most/],
] as const) {
  test(`refused with place and remedy: '${text.slice(0, 40)}'`, () => {
    assert.throws(() => parseTone(text), (error: unknown) => error instanceof ToneNotationError && words.test(error.message));
  });
}

test('every tone of every zone can be read', () => {
  for (const [name, zone] of Object.entries(toneZones)) {
    for (const tone of zoneTones) assert.ok(parseTone(zone[tone]).repeated.length > 0, `${name} ${tone}`);
  }
  for (const name of ['us', 'uk', 'de', 'fr', 'it', 'nl', 'jp', 'au', 'es', 'ch', 'at', 'be', 'se', 'dk', 'no', 'fi', 'pl', 'cz', 'in', 'br', 'mx', 'cn', 'za', 'nz', 'ie', 'pt']) {
    assert.ok(zonePattern(name, 'dial'), name);
  }
  assert.is(zonePattern('xx', 'dial'), null);
});

test.run();
