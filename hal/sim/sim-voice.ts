/** Mouth and ear at the far end of a simulated line. */
import { silenceCode } from '../g711.ts';
import { lineFrameSamples, type LineLaw } from '../line.ts';

/** What is said: pieces one after the other, else a tone over and over, else silence. */
export class SimMouth {
  readonly #silence: number;
  #pieces: Uint8Array[] = [];
  #at = 0;
  #tone: Uint8Array | null = null;
  #toneAt = 0;

  constructor(law: LineLaw) {
    this.#silence = silenceCode(law);
  }

  get speaking(): boolean {
    return this.#pieces.length > 0;
  }

  say(codes: Uint8Array): void {
    if (codes.length > 0) this.#pieces.push(codes.slice());
  }

  /** From its start; null = none any more. */
  tone(codes: Uint8Array | null): void {
    this.#tone = codes;
    this.#toneAt = 0;
  }

  hush(): void {
    this.#pieces = [];
    this.#at = 0;
    this.tone(null);
  }

  /** Writes frame[0..160). */
  fill(frame: Uint8Array): void {
    for (let to = 0; to < lineFrameSamples; to++) frame[to] = this.#next();
  }

  #next(): number {
    const piece = this.#pieces[0];
    if (piece === undefined) return this.#nextOfTone();
    const code = piece[this.#at++] ?? this.#silence;
    if (this.#at >= piece.length) {
      this.#pieces.shift();
      this.#at = 0;
    }
    return code;
  }

  #nextOfTone(): number {
    const code = this.#tone?.[this.#toneAt];
    if (code === undefined) return this.#silence;
    this.#toneAt = (this.#toneAt + 1) % (this.#tone?.length ?? 1);
    return code;
  }
}

const earSamples = 8000 * 60 * 40;
const firstSamples = 8000 * 10;

/** What is heard, kept from `begin` on: 40 minutes at the most, later audio is not kept. */
export class SimEar {
  #kept: Uint8Array | null = null;
  #length = 0;

  begin(): void {
    this.#kept = new Uint8Array(firstSamples);
    this.#length = 0;
  }

  get heard(): Uint8Array {
    return this.#kept?.slice(0, this.#length) ?? new Uint8Array(0);
  }

  hear(frame: Uint8Array): void {
    if (this.#kept === null || this.#length + lineFrameSamples > earSamples) return;
    if (this.#length + lineFrameSamples > this.#kept.length) {
      const larger = new Uint8Array(2 * this.#kept.length);
      larger.set(this.#kept);
      this.#kept = larger;
    }
    this.#kept.set(frame, this.#length);
    this.#length += lineFrameSamples;
  }
}
