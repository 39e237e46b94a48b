/**
 * Call progress tones of a zone, in frames of 20 ms.
 *
 *   frame ──> ToneClasses ──> class ──> runs of one class ──> Cadence: busy, congestion, ringback, cadenced dial
 *                                                        └──> length alone: dial, fax, special information
 *
 * A tone is found after three periods (of cadences below 1.2 s), two, or one (from 2 s), each time within 15 %; a dial tone after
 * 300 ms where no other tone of the zone sounds alike, or where one is awaited. It is over when what is heard cannot be part of it.
 */
import { frameMs } from '../audio-format.ts';
import type { LineTone } from '../../../hal/line.ts';
import { Cadence, RunHistory, cadenceOf } from './cadence.ts';
import { ToneClasses, faxAnswer, faxCalling, information, silence, somethingElse } from './tone-classes.ts';
import { parseTone } from './tone-notation.ts';
import type { ToneZone } from './tone-zones.ts';

const dialMs = 300;
/** Breaks in a stutter dial tone. */
const dialBreakMs = 120;
/** A run has two blocks at least: single ones are the edges of tones, and the dips of those that swing. Longer edges are something else. */
const edgeMs = 60;
/** Fax and special information are over when nothing of them was heard for so long: the calling tone pauses for 3 s. */
const holdMs = 4000;
const cngMs = [425, 575] as const;
const cedMs = 500;
/** ITU-T E.180 section 8: 330 +- 70 ms; North America has 274 and 380. */
const informationMs = [200, 450] as const;
const informationGapMs = 60;

export class ToneDetector {
  readonly #classes = new ToneClasses();
  readonly #cadences: readonly Cadence[];
  readonly #history = new RunHistory();
  /** By class: after how long without a break it is a dial tone; 0 = never, whatever is awaited. */
  readonly #dialAfterMs = new Int32Array(64);
  #awaitsDial = false;
  #tone: LineTone | null = null;
  #cadence: Cadence | null = null;
  #run = silence;
  #runMs = 0;
  /** Its beginning was heard. */
  #runWhole = false;
  #edge = 0;
  /** Class of the last block. */
  #last = silence;
  #dialSoFar = 0;
  #dialBreak = 0;
  #held = 0;

  /** Throws `ToneNotationError` for a zone that is no table's. */
  constructor(zone: ToneZone) {
    const named = (['busy', 'congestion', 'ringback', 'dial'] as const).map((tone) => ({ tone, pattern: parseTone(zone[tone]) }));
    this.#cadences = named.map(({ tone, pattern }) => cadenceOf(tone, pattern, this.#classes.of(pattern))).filter((cadence) => cadence !== null);
    const dialling = [zone.dial, zone.stutter].flatMap((text) => this.#classes.of(parseTone(text)));
    for (const soundClass of dialling) if (soundClass !== silence) this.#dialAfterMs[soundClass] = this.#dialTimeOf(soundClass);
  }

  /** A new call, or a new part of one. `awaitsDial`: the line has just been seized, so that what sounds for 300 ms is the dial tone. */
  reset(awaitsDial = false): void {
    this.#classes.reset();
    this.#history.clear();
    this.#awaitsDial = awaitsDial;
    this.#tone = null;
    this.#cadence = null;
    this.#run = silence;
    this.#runMs = 0;
    this.#runWhole = false;
    this.#edge = 0;
    this.#last = silence;
    this.#dialSoFar = 0;
    this.#dialBreak = 0;
  }

  /** What sounds; null = no tone. */
  get tone(): LineTone | null {
    return this.#tone;
  }

  /** Takes frame[0..160); true = `tone` is another now. `decode` as in `hal/g711.ts`. */
  hear(frame: Uint8Array, decode: Int16Array): boolean {
    const before = this.#tone;
    const soundClass = this.#classes.judge(frame, decode);
    this.#countDial(soundClass);
    this.#follow(soundClass);
    this.#decide();
    return this.#tone !== before;
  }

  /** A tone that other cadences of the zone have too must last longer than theirs. */
  #dialTimeOf(soundClass: number): number {
    const longest = Math.max(0, ...this.#cadences.filter((cadence) => cadence.tone !== 'dial').map((cadence) => cadence.longest(soundClass)));
    return longest === 0 ? dialMs : Math.max(dialMs, Math.ceil(longest * 1.15) + 60);
  }

  #countDial(soundClass: number): void {
    if (soundClass >= 0 && (this.#dialAfterMs[soundClass] ?? 0) > 0) {
      this.#dialSoFar += frameMs;
      this.#dialBreak = 0;
      return;
    }
    this.#dialBreak += frameMs;
    if (this.#dialBreak > dialBreakMs) this.#dialSoFar = 0;
  }

  /** Takes a block into the runs. */
  #follow(soundClass: number): void {
    if (soundClass === this.#run) {
      this.#runMs += frameMs + this.#edge;
      this.#edge = 0;
    } else if (soundClass !== somethingElse && soundClass === this.#last) this.#begin(soundClass, 2 * frameMs, this.#edge - frameMs);
    else {
      this.#edge += frameMs;
      if (this.#edge > edgeMs) this.#begin(somethingElse, this.#edge, 0);
    }
    this.#last = soundClass;
  }

  /** The run ends, another begins; `edge` between them belongs half to each. */
  #begin(soundClass: number, ms: number, edge: number): void {
    this.#end(this.#runMs + edge / 2);
    this.#run = soundClass;
    this.#runMs = ms + edge / 2;
    this.#runWhole = true;
    this.#edge = 0;
  }

  #end(ms: number): void {
    if (this.#run === somethingElse) this.#history.clear();
    else if (this.#runWhole) this.#history.push(this.#run, ms);
    if (this.#run === faxCalling && ms >= cngMs[0] && ms <= cngMs[1]) this.#found('fax', null);
    const cadence = this.#matching();
    if (cadence !== null) this.#found(cadence.tone, cadence);
  }

  #matching(): Cadence | null {
    for (const cadence of this.#cadences) if (cadence.matches(this.#history)) return cadence;
    return null;
  }

  #found(tone: LineTone | null, cadence: Cadence | null): void {
    this.#tone = tone;
    this.#cadence = cadence;
    this.#held = 0;
  }

  #decide(): void {
    if (this.#run === faxAnswer && this.#runMs >= cedMs) this.#found('fax', null);
    else if (this.#run === information[2] && this.#runMs >= informationMs[0] && this.#wasInformation()) this.#found('special-information', null);
    else if (this.#isDial()) this.#found('dial', null);
    else this.#judgeEnd();
  }

  #isDial(): boolean {
    const after = this.#run < 0 ? 0 : (this.#dialAfterMs[this.#run] ?? 0);
    return after > 0 && this.#dialSoFar >= (this.#awaitsDial && this.#cadence === null ? dialMs : after);
  }

  /** The first two of the three tones came before, as long as they should be. */
  #wasInformation(): boolean {
    let back = 0;
    for (const soundClass of [information[1], information[0]]) {
      if (back < this.#history.count && this.#history.classAt(back) === silence && this.#history.msAt(back) <= informationGapMs) back++;
      const ms = this.#history.msAt(back);
      if (back >= this.#history.count || this.#history.classAt(back) !== soundClass || ms < informationMs[0] || ms > informationMs[1]) return false;
      back++;
    }
    return true;
  }

  #judgeEnd(): void {
    if (this.#cadence !== null) {
      if (!this.#cadence.allows(this.#run, this.#runMs) && (this.#run === silence || this.#runMs >= 60)) this.#found(null, null);
    } else if (this.#tone === 'dial') {
      if (this.#dialSoFar === 0) this.#found(null, null);
    } else if (this.#tone !== null) this.#hold();
  }

  #hold(): void {
    const sounds = this.#run === faxCalling || this.#run === faxAnswer || this.#run === information[2];
    this.#held = sounds ? 0 : this.#held + frameMs;
    if (this.#held > holdMs) this.#found(null, null);
  }
}
