/**
 * Tones of the national networks, after ITU-T E.180 supplement 2 (various tones used in national networks), by ISO 3166 country code
 * as lower-case letters; `uk` as the field writes it. Where an exchange differs, so do its tones: the table is of what is usual.
 */
import { parseTone } from './tone-notation.ts';
import type { TonePattern } from './tone-notation.ts';

export const zoneTones = ['dial', 'stutter', 'busy', 'congestion', 'ringback', 'special-information', 'howler', 'call-waiting'] as const;

/** `stutter`: dial tone while messages wait. `howler`: the telephone was left off-hook. */
export type ZoneTone = (typeof zoneTones)[number];

export type ToneZone = Readonly<Record<ZoneTone, string>>;

/** ITU-T E.180 section 8: three tones of 330 ms, one second of silence. */
const information = '950/330,1400/330,1800/330,0/1000';
/** North American receiver-off-hook tone; others have no common one. */
const howler = '1400+2060+2450+2600/100,0/100';

function zone(tones: Partial<ToneZone> & Pick<ToneZone, 'dial' | 'busy' | 'congestion' | 'ringback' | 'call-waiting'>): ToneZone {
  return { stutter: bursts(tones.dial), 'special-information': information, howler, ...tones };
}

/** Where no other is laid down: six bursts before the dial tone. */
function bursts(dial: string): string {
  const tone = dial.replace(/[/,].*/, '');
  return `${`!${tone}/100,!0/100,`.repeat(6)}${dial}`;
}

const european = { dial: '425', busy: '425/500,0/500', ringback: '425/1000,0/4000' };
const twoTone = { dial: '350+440', busy: '480+620/500,0/500', congestion: '480+620/250,0/250', ringback: '440+480/2000,0/4000', 'call-waiting': '440/300,0/10000' };

export const toneZones: Readonly<Record<string, ToneZone>> = {
  at: zone({ dial: '425', busy: '425/400,0/400', congestion: '425/200,0/200', ringback: '425/1000,0/5000', 'call-waiting': '425/40,0/1950' }),
  au: zone({
    dial: '413+438', stutter: '413+438/100,0/40', busy: '425/375,0/375', congestion: '425/375,0/375,420/375,0/375',
    ringback: '413+438/400,0/200,413+438/400,0/2000', 'call-waiting': '425/200,0/200,425/200,0/4400',
  }),
  be: zone({ ...european, stutter: '425/1000,0/250', congestion: '425/167,0/167', ringback: '425/1000,0/3000', 'call-waiting': '1400/175,0/175,1400/175,0/3500' }),
  br: zone({ dial: '425', busy: '425/250,0/250', congestion: '425/250,0/250,425/750,0/250', ringback: '425/1000,0/4000', 'call-waiting': '425/50,0/1000' }),
  ca: zone(twoTone),
  ch: zone({ ...european, stutter: '425+340/1100,425/1100', congestion: '425/200,0/200', 'call-waiting': '425/200,0/200,425/200,0/4000' }),
  cn: zone({ dial: '450', busy: '450/350,0/350', congestion: '450/700,0/700', ringback: '450/1000,0/4000', 'call-waiting': '450/400,0/4000' }),
  cz: zone({
    dial: '425/330,0/330,425/660,0/660', stutter: '!425/100,!0/100,!425/100,!0/100,!425/100,!0/100,425/330,0/330,425/660,0/660',
    busy: '425/330,0/330', congestion: '425/165,0/165', ringback: '425/1000,0/4000', 'call-waiting': '425/330,0/9000',
  }),
  de: zone({ dial: '425', stutter: '425+400', busy: '425/480,0/480', congestion: '425/240,0/240', ringback: '425/1000,0/4000', 'call-waiting': '425/200,0/200,425/200,0/5000' }),
  dk: zone({ ...european, stutter: '425/450,0/50', congestion: '425/200,0/200', 'call-waiting': '425/200,0/600,425/200,0/3000' }),
  es: zone({
    dial: '425', busy: '425/200,0/200', congestion: '425/200,0/200,425/200,0/200,425/200,0/600', ringback: '425/1500,0/3000',
    'call-waiting': '425/175,0/175,425/175,0/3500',
  }),
  fi: zone({ dial: '425', stutter: '425/650,0/25', busy: '425/300,0/300', congestion: '425/200,0/200', ringback: '425/1000,0/4000', 'call-waiting': '425/150,0/150,425/150,0/8000' }),
  fr: zone({ dial: '440', busy: '440/500,0/500', congestion: '440/250,0/250', ringback: '440/1500,0/3500', 'call-waiting': '440/300,0/10000' }),
  gr: zone({ dial: '425/200,0/300,425/700,0/800', stutter: '425/650,0/25', busy: '425/300,0/300', congestion: '425/200,0/200', ringback: '425/1000,0/4000', 'call-waiting': '425/150,0/150,425/150,0/8000' }),
  hu: zone({ dial: '425', busy: '425/300,0/300', congestion: '425/300,0/300', ringback: '425/1250,0/3750', 'call-waiting': '425/40,0/1960' }),
  ie: zone({ dial: '425', busy: '425/500,0/500', congestion: '425/250,0/250', ringback: '400+450/400,0/200,400+450/400,0/2000', 'call-waiting': '425/180,0/200,425/200,0/4500' }),
  in: zone({ dial: '400*25', busy: '400/750,0/750', congestion: '400/250,0/250', ringback: '400*25/400,0/200,400*25/400,0/2000', 'call-waiting': '400/200,0/100,400/200,0/7500' }),
  it: zone({
    dial: '425/200,0/200,425/600,0/1000', stutter: '470/400,425/400', busy: '425/500,0/500', congestion: '425/200,0/200', ringback: '425/1000,0/4000',
    'call-waiting': '425/400,0/100,425/250,0/100,425/150,0/14000',
  }),
  jp: zone({ dial: '400', busy: '400/500,0/500', congestion: '400/500,0/500', ringback: '400*16/1000,0/2000', 'call-waiting': '400*16/500,0/8000' }),
  mx: zone({ dial: '425', busy: '425/250,0/250', congestion: '425/250,0/250', ringback: '425/1000,0/4000', 'call-waiting': '425/200,0/600,425/200,0/10000' }),
  nl: zone({ ...european, stutter: '425/500,0/50', congestion: '425/250,0/250', 'call-waiting': '425/500,0/9500' }),
  no: zone({ ...european, stutter: '470/400,425/400', congestion: '425/200,0/200', 'call-waiting': '425/200,0/600,425/200,0/10000' }),
  nz: zone({ dial: '400', busy: '400/500,0/500', congestion: '400/250,0/250', ringback: '400+450/400,0/200,400+450/400,0/2000', 'call-waiting': '400/200,0/3000' }),
  pl: zone({ ...european, stutter: '425/500,0/50', congestion: '425/500,0/500', 'call-waiting': '425/150,0/150,425/150,0/4000' }),
  pt: zone({ ...european, stutter: '425/1000,0/200', congestion: '425/200,0/200', ringback: '425/1000,0/5000', 'call-waiting': '425/200,0/200,425/200,0/5000' }),
  se: zone({ dial: '425', busy: '425/250,0/250', congestion: '425/250,0/750', ringback: '425/1000,0/5000', 'call-waiting': '425/200,0/500,425/200,0/9100' }),
  uk: zone({
    dial: '350+440', stutter: '350+440/750,440/750', busy: '400/375,0/375', congestion: '400/400,0/350,400/225,0/525',
    ringback: '400+450/400,0/200,400+450/400,0/2000', 'call-waiting': '400/100,0/4000',
  }),
  us: zone(twoTone),
  za: zone({ dial: '400*33', busy: '400/500,0/500', congestion: '400/250,0/250', ringback: '400*33/400,0/200,400*33/400,0/2000', 'call-waiting': '400*33/250,0/250,400*33/250,0/5000' }),
};

/** A tone of a zone, ready to be played; null = no such zone. */
export function zonePattern(zoneName: string, tone: ZoneTone): TonePattern | null {
  const found = toneZones[zoneName];
  return found === undefined ? null : parseTone(found[tone]);
}
