/**
 * What a block of 20 ms of a zone's audio can be: silence, one of the sounds that its tones are made of, or something else.
 *
 * Sounds whose frequencies are nearer than a block can tell apart are one class, told by their cadence: 425 Hz and 413+438 Hz in
 * Australia, 400 Hz and 400 Hz swinging in Japan. Speech is something else, because sines explain too little of its energy.
 */
import { frameSamples } from '../audio-format.ts';
import { peakOf } from '../level.ts';
import { Folded, ToneFit } from './tone-fit.ts';
import type { TonePattern, ToneSegment } from './tone-notation.ts';

export const silence = -1;
export const somethingElse = -2;

/** Classes that every zone has, by number. Special information by ITU-T E.180 section 8: 950, 1400, 1800 Hz, each +-50 Hz. */
export const information = [0, 1, 2] as const;
/** Calling tone of ITU-T T.30 section 4.2.2: 1100 +- 38 Hz. */
export const faxCalling = 3;
/** Answer tone (CED) of ITU-T T.30 section 4.2.1: 2100 +- 15 Hz. */
export const faxAnswer = 4;

/** Weakest sound: energy of a block at -36 dBm0, a little below the -35 that is asked for. */
const weakest = (peakOf(-36) ** 2 / 2) * frameSamples;
/** A block this far below the tone before it is a pause of it: 12 dB. */
const pause = 10 ** 1.2;
const purity = 0.85;
/** Of two tones together, the weaker has at least this share of the power: 13 dB. */
const leastShare = 0.05;
/** Frequencies nearer than this beat within a block, and are one. */
const beatHz = 30;
const sameHz = 15;

interface SoundClass {
  /** Its frequencies, in groups that a block cannot tell apart. */
  readonly groups: readonly (readonly number[])[];
  readonly fit: ToneFit;
  /** Two tones or more: each must be there. */
  readonly several: boolean;
}

export class ToneClasses {
  readonly #classes: SoundClass[] = [];
  readonly #block = new Float64Array(frameSamples);
  readonly #folded = new Folded(frameSamples);
  /** Energy of the block, and of the last block of a tone. */
  readonly #energy = new Float64Array(2);

  constructor() {
    for (const lines of [[900, 950, 1000], [1350, 1400, 1450], [1750, 1800, 1850], [1075, 1100, 1125], [2100]]) this.#classes.push(classOf([lines]));
  }

  /** Numbers of the classes of a pattern's segments, silence included; known sounds keep theirs. */
  of(pattern: TonePattern): readonly number[] {
    return [...pattern.once, ...pattern.repeated].map((segment) => this.#classOf(segment));
  }

  reset(): void {
    this.#energy.fill(0);
  }

  /** What frame[0..160) is. */
  judge(frame: Uint8Array, decode: Int16Array): number {
    this.#load(frame, decode);
    const energy = this.#energy[0] ?? 0;
    if (energy < weakest || energy * pause < (this.#energy[1] ?? 0)) return this.#fade(energy);
    const best = this.#best();
    if (best >= 0) this.#energy[1] = energy;
    return best;
  }

  #load(frame: Uint8Array, decode: Int16Array): void {
    let energy = 0;
    for (let at = 0; at < frameSamples; at++) {
      const sample = decode[frame[at] ?? 0] ?? 0;
      this.#block[at] = sample;
      energy += sample * sample;
    }
    this.#energy[0] = energy;
  }

  /** In a pause: what the tone's level was is forgotten slowly, so that a weaker sound is heard after some seconds. */
  #fade(energy: number): number {
    this.#energy[1] = Math.max(energy, (this.#energy[1] ?? 0) * 0.985);
    return silence;
  }

  #best(): number {
    const energy = this.#energy[0] ?? 0;
    this.#folded.load(this.#block, 0);
    let most = purity * energy;
    let best = somethingElse;
    for (let index = 0; index < this.#classes.length; index++) {
      const sound = this.#classes[index];
      if (sound === undefined) continue;
      sound.fit.fit(this.#folded);
      const explained = sound.fit.explained[0] ?? 0;
      if (explained < most || (sound.several && !allThere(sound.fit.powers))) continue;
      most = explained;
      best = index;
    }
    return best;
  }

  #classOf(segment: ToneSegment): number {
    if (segment.sines.length === 0) return silence;
    const groups = groupsOf(segment);
    const known = this.#classes.findIndex((sound, index) => index > faxAnswer && alike(sound.groups, groups));
    if (known < 0) return this.#classes.push(classOf(groups)) - 1;
    this.#classes[known] = classOf(groups.map((group, index) => widest(group, this.#classes[known]?.groups[index] ?? [])));
    return known;
  }
}

function classOf(groups: readonly (readonly number[])[]): SoundClass {
  const lines = groups.map(linesOf);
  return { groups, fit: new ToneFit(lines.flat(), frameSamples), several: lines.length > 1 && lines.every((group) => group.length === 1) };
}

function allThere(powers: Float64Array): boolean {
  let sum = 0;
  for (let line = 0; line < powers.length; line++) sum += powers[line] ?? 0;
  for (let line = 0; line < powers.length; line++) if ((powers[line] ?? 0) < leastShare * sum) return false;
  return true;
}

/** Frequencies of a segment with the side tones of what swings, in groups that beat. */
function groupsOf(segment: ToneSegment): number[][] {
  const all = segment.sines.flatMap(({ hz, swingHz }) => (swingHz === 0 ? [hz] : [hz - swingHz, hz, hz + swingHz])).sort((one, other) => one - other);
  const groups: number[][] = [];
  for (const hz of all) {
    const last = groups.at(-1);
    const swings = segment.sines.some((sine) => sine.swingHz > 0 && Math.abs(sine.hz - hz) <= sine.swingHz);
    if (last !== undefined && (hz - (last.at(-1) ?? 0) < beatHz || (swings && hz - (last.at(-1) ?? 0) <= 100))) last.push(hz);
    else groups.push([hz]);
  }
  return groups;
}

const middleOf = (group: readonly number[]): number => ((group[0] ?? 0) + (group.at(-1) ?? 0)) / 2;

const widthOf = (group: readonly number[]): number => (group.at(-1) ?? 0) - (group[0] ?? 0);

const widest = (one: readonly number[], other: readonly number[]): readonly number[] => (widthOf(one) > widthOf(other) ? one : other);

/** The fewest sines that explain a group: one, its ends, or its ends and middle. */
function linesOf(group: readonly number[]): readonly number[] {
  const [low, high] = [group[0] ?? 0, group.at(-1) ?? 0];
  if (high - low < 1) return [low];
  return high - low <= 32 ? [low, high] : [low, middleOf(group), high];
}

function alike(one: readonly (readonly number[])[], other: readonly (readonly number[])[]): boolean {
  return one.length === other.length && one.every((group, index) => Math.abs(middleOf(group) - middleOf(other[index] ?? [])) <= sameHz);
}
