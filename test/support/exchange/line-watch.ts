import type { Line, LineEvent } from '../../../hal/line.ts';
import type { Sound } from './dahdi-port.ts';

type Named<T extends LineEvent['type']> = Extract<LineEvent, { type: T }>;

/** An open line of ours with all that it tells, what it hears, and what it is given to say: a frame for each that it hears. */
export class LineWatch {
  readonly line: Line;
  readonly events: LineEvent[] = [];
  /** Called with each frame. */
  ear: (frame: Uint8Array) => void = () => undefined;
  sound: Sound | null = null;
  /** The count of the last frame. */
  sample = 0;
  /** Frames whose count does not follow that of the one before. */
  gaps = 0;
  refused = 0;
  #recorded: Uint8Array[] | null = null;
  readonly #frame = new Uint8Array(160);
  #next: number | null = null;

  constructor(line: Line) {
    this.line = line;
    line.happened = (event) => void this.events.push(event);
    line.lost = (error) => { throw error; };
    line.audio.heard = (frame, sample) => this.#heard(frame, sample);
  }

  all<T extends LineEvent['type']>(type: T): Named<T>[] {
    return this.events.filter((event): event is Named<T> => event.type === type);
  }

  has(type: LineEvent['type']): boolean {
    return this.events.some((event) => event.type === type);
  }

  record(): void {
    this.#recorded = [];
  }

  takeRecording(): Uint8Array {
    const recorded = Buffer.concat(this.#recorded ?? []);
    this.#recorded = null;
    return recorded;
  }

  /** What was told and counted so far. */
  forget(): void {
    this.events.length = 0;
    [this.gaps, this.refused] = [0, 0];
  }

  #heard(frame: Uint8Array, sample: number): void {
    if (this.#next !== null && sample !== this.#next) this.gaps += 1;
    this.sample = sample;
    this.#next = sample + frame.length;
    this.#recorded?.push(Uint8Array.from(frame)); // the driver's frames are used again
    this.ear(frame);
    if (this.sound !== null) this.#say(this.sound);
  }

  #say(sound: Sound): void {
    if (!sound(this.#frame)) this.sound = null;
    if (!this.line.audio.write(this.#frame)) this.refused += 1;
  }
}
