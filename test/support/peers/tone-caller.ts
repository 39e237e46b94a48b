// A caller whose telephone knows no telephone-event: its keys are tones among the audio (ITU-T Q.23).
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tonesOf } from '../../../firmware/media/dtmf-tones.ts';
import { join, quiet, sum, tone, ulaw } from '../media/signals.ts';
import type { SippEnd } from './sipp.ts';
import { sipp } from './sipp.ts';

const keyMs = 100;
/** Each of the two tones. */
const toneDbm0 = -10;

/** Pauses in ms, and keys. */
export function keyTones(sounds: readonly (number | string)[]): Float64Array {
  return join(...sounds.flatMap((sound) => (typeof sound === 'number' ? [quiet(sound)] : [...sound].map(keyTone))));
}

function keyTone(key: string): Float64Array {
  const pair = tonesOf(key);
  if (pair === null) throw new RangeError(`${key} is no key`);
  return join(sum(...pair.map((hz) => tone(hz, toneDbm0, keyMs))), quiet(keyMs));
}

/** Calls the number, is heard from the ACK on, and waits for the unit to hang up. */
export function callWithTones(number: string, to: number, sound: Float64Array): Promise<SippEnd> {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'tones-')), 'tones.ulaw');
  writeFileSync(file, ulaw(sound));
  return sipp({ scenario: 'tone-caller', values: { number, stream: file }, to });
}
