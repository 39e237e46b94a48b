import type { Clock, Timer } from '../../../hal/clock.ts';
import type { CallerId } from '../../../hal/line.ts';
import { keySamples, progressSamples, type progressTones } from './tone-samples.ts';

/** What the far end's hanging up looks like on the line. */
export type Departure = 'busy' | 'dial-tone' | 'loop' | 'nothing';

/** What the modem perceives of its line. */
export interface LineSide {
  ringing(on: boolean): void;
  callerId(callerId: CallerId): void;
  key(key: string, on: boolean): void;
  departed(how: Departure): void;
}

export interface Ringing {
  readonly callerId?: CallerId;
  readonly onMs?: number;
  readonly offMs?: number;
  readonly bursts?: number;
}

/** Of what is heard from the modem, two minutes are kept. */
const heardLimit = 960_000;

/**
 * The other end of the line, in the hands of a test: it rings, speaks, presses keys and hangs up; it hears what the modem sends. Samples
 * are 16-bit linear, 8000 a second; they pass while the modem is off-hook.
 */
export class Exchange {
  /** 'calling': the modem has seized an idle line. 'up': it has answered, or been answered. 'gone': the far end has hung up. */
  state: 'idle' | 'ringing' | 'calling' | 'up' | 'gone' = 'idle';
  /** An idle line that is seized gets dial tone. */
  hasDialTone = true;
  /** What was dialled, and what was pressed afterwards. */
  dialled = '';
  keys = '';
  flashes = 0;
  /** How often the line was seized. */
  seizures = 0;
  /** Samples that have passed since the modem went off-hook last. */
  samples = 0;
  /** Part of what the modem sends comes back so many samples later: the hybrid. */
  echo: { readonly samples: number; readonly gain: number } | null = null;
  /** Speaks when nothing of `speak` waits. */
  source: ((sample: number) => number) | null = null;
  line: LineSide | null = null;
  readonly #clock: Clock;
  readonly #heard = new Int16Array(heardLimit);
  #heardCount = 0;
  #spoken: { samples: Int16Array; at: number }[] = [];
  #tone: { samples: Int16Array; at: number } | null = null;
  #timers: Timer[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Everything that the modem has sent since the start of the test. */
  get heard(): Int16Array {
    return this.#heard.subarray(0, this.#heardCount);
  }

  ring({ callerId, onMs = 2000, offMs = 4000, bursts = Number.POSITIVE_INFINITY }: Ringing = {}): void {
    if (this.state !== 'idle') return;
    this.state = 'ringing';
    this.#burst(1, { callerId, onMs, offMs, bursts });
  }

  #burst(number: number, ringing: Ringing & { onMs: number; offMs: number; bursts: number }): void {
    const { callerId, onMs, offMs, bursts } = ringing;
    this.line?.ringing(true);
    this.#later(onMs, () => {
      this.line?.ringing(false);
      if (number === 1 && callerId !== undefined) this.#later(offMs / 4, () => this.line?.callerId(callerId));
      this.#later(offMs, () => (number < bursts ? this.#burst(number + 1, ringing) : this.hangUp()));
    });
  }

  /** After what is being spoken. */
  speak(samples: Int16Array): void {
    this.#spoken.push({ samples, at: 0 });
  }

  /** Nothing waits to be spoken. */
  get silent(): boolean {
    return this.#spoken.length === 0;
  }

  /** The caller presses keys, one after another; returns how long that takes. The modem knows a key 40 ms after its beginning. */
  press(keys: string, onMs = 100, offMs = 100): number {
    [...keys].forEach((key, at) => {
      const startMs = at * (onMs + offMs);
      this.#later(startMs, () => void this.speak(keySamples(key, onMs) ?? new Int16Array(0)));
      this.#later(startMs + 40, () => this.line?.key(key, true));
      this.#later(startMs + onMs + 20, () => this.line?.key(key, false));
    });
    return keys.length * (onMs + offMs);
  }

  /** The called party answers what the modem dialled. */
  answer(): void {
    if (this.state !== 'calling') return;
    this.state = 'up';
    this.#tone = null;
  }

  play(tone: keyof typeof progressTones | null): void {
    this.#tone = tone === null ? null : { samples: progressSamples(tone), at: 0 };
  }

  /** The far end gives up: before the answer, the ringing ends. */
  hangUp(how: Departure = 'busy'): void {
    this.#cancel();
    if (this.state === 'ringing') {
      this.line?.ringing(false);
      this.state = 'idle';
    }
    if (this.state === 'idle') return;
    this.state = 'gone';
    this.#spoken = [];
    this.source = null;
    this.play(how === 'busy' ? 'busy' : how === 'dial-tone' ? 'dial' : null);
    this.line?.departed(how);
  }

  /** Ends all that it does by itself. */
  close(): void {
    this.#cancel();
    this.line = null;
  }

  /** @internal The modem goes off-hook. */
  seize(): void {
    this.#cancel();
    this.samples = 0;
    this.seizures++;
    if (this.state === 'ringing') this.state = 'up';
    else if (this.state === 'idle') {
      this.state = 'calling';
      this.play(this.hasDialTone ? 'dial' : null);
    }
  }

  /** @internal The modem goes on-hook. */
  release(): void {
    this.#cancel();
    this.#spoken = [];
    this.#tone = null;
    this.state = 'idle';
  }

  /** @internal One sample each way. */
  pass(sent: number): number {
    if (this.#heardCount < heardLimit) this.#heard[this.#heardCount++] = sent;
    const spoken = this.#next() + this.#echoed();
    this.samples++;
    return Math.max(-32_768, Math.min(32_767, spoken));
  }

  /** @internal A digit of the modem: the first of a call are the number. */
  digit(key: string, dialling: boolean): void {
    if (this.state === 'calling') this.#tone = null;
    if (dialling) this.dialled += key;
    else this.keys += key;
  }

  #next(): number {
    const first = this.#spoken[0];
    if (first !== undefined) {
      const sample = first.samples[first.at++] ?? 0;
      if (first.at >= first.samples.length) this.#spoken.shift();
      return sample;
    }
    if (this.#tone !== null) return this.#tone.samples[this.#tone.at++ % this.#tone.samples.length] ?? 0;
    return this.source?.(this.samples) ?? 0;
  }

  #echoed(): number {
    if (this.echo === null || this.samples < this.echo.samples) return 0;
    return Math.round((this.#heard[this.#heardCount - 1 - this.echo.samples] ?? 0) * this.echo.gain);
  }

  #later(ms: number, act: () => void): void {
    const timer = this.#clock.after('exchange', ms, () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
      act();
    });
    this.#timers.push(timer);
  }

  #cancel(): void {
    this.#timers.forEach((timer) => timer.cancel());
    this.#timers = [];
  }
}
