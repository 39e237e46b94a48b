/**
 * The wire between the unit's port and the far end, and the port's crystal: frames of 20 ms both ways while the loop conducts, or
 * always where the port gives audio on-hook. What the unit writes while it is called with a frame leaves with the next one.
 */
import type { Clock, Timer } from '../clock.ts';
import { HalError } from '../errors.ts';
import { silenceCode } from '../g711.ts';
import { type Line, type LineAudio, type LineCapabilities, type LineControl, type LineEvent, lineFrameSamples, type LineHappening, lineQueueSamples, type LineSetup } from '../line.ts';
import { SimEar, SimMouth } from './sim-voice.ts';

/** A thread that was held up makes up so many frames; older ones are an overrun. */
const maxCatchUp = 10;

export class SimCircuit implements Line, LineAudio, LineSetup {
  happened: ((event: LineEvent) => void) | null = null;
  lost: ((error: HalError) => void) | null = null;
  heard: ((frame: Uint8Array, sample: number) => void) | null = null;
  readonly capabilities: LineCapabilities;
  readonly control: LineControl;
  readonly audio: LineAudio = this;
  readonly setup: LineSetup = this;
  /** What was set up last. */
  readonly settings = { echoMs: 0, heardDb: 0, sentDb: 0 };
  /** Events come so much later. */
  slowMs = 0;
  readonly mouth: SimMouth;
  readonly ear: SimEar;
  /** Each frame as the far end hears it. */
  farHears: ((frame: Uint8Array) => void) | null = null;
  readonly #clock: Clock;
  readonly #place: string;
  readonly #samplesPerMs: number;
  readonly #openedMs: number;
  readonly #ended: () => void;
  readonly #queue = new Uint8Array(lineQueueSamples);
  readonly #frame = new Uint8Array(lineFrameSamples);
  readonly #events = new Set<Timer>();
  #queued = 0;
  #timer: Timer | null = null;
  #frames = 0;
  #starve = 0;
  #deaf = 0;
  #open = true;

  constructor(parts: { clock: Clock; place: string; ppm: number; capabilities: LineCapabilities; control: LineControl; mouth: SimMouth; ear: SimEar; ended: () => void }) {
    this.#clock = parts.clock;
    this.#place = parts.place;
    this.#samplesPerMs = 8 * (1 + parts.ppm / 1e6);
    this.#openedMs = parts.clock.monotonic();
    this.#ended = parts.ended;
    this.capabilities = parts.capabilities;
    this.control = parts.control;
    this.mouth = parts.mouth;
    this.ear = parts.ear;
    this.conduct(false);
  }

  write(frame: Uint8Array): boolean {
    if (!this.#open || this.#queued + lineFrameSamples > lineQueueSamples) return false;
    for (let at = 0; at < lineFrameSamples; at++) this.#queue[this.#queued + at] = frame[at] ?? 0;
    this.#queued += lineFrameSamples;
    return true;
  }

  get queued(): number {
    return this.#queued;
  }

  flush(): void {
    this.#queued = 0;
  }

  echo(tailMs: number): void {
    this.settings.echoMs = tailMs;
  }

  gain(heardDb: number, sentDb: number): void {
    this.settings.heardDb = heardDb;
    this.settings.sentDb = sentDb;
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.control.release();
    this.#end();
  }

  /** The loop is closed or open; without it frames go only where the port gives them on-hook. */
  conduct(offHook: boolean): void {
    const wanted = this.#open && (offHook || this.capabilities.onHookAudio);
    if (wanted === (this.#timer !== null)) return;
    this.#timer?.cancel();
    this.#timer = null;
    this.flush();
    if (!wanted) return;
    this.#frames = Math.floor(this.#sampleNow() / lineFrameSamples);
    this.#sleep();
  }

  tell(happening: LineHappening): void {
    if (!this.#open) return;
    const event: LineEvent = { sample: this.#sampleNow(), ...happening };
    this.#later('sim line event', this.slowMs, () => this.happened?.(event));
  }

  /** So many samples of what the unit sends do not get onto the line. */
  underrun(samples: number): void {
    this.#starve += samples;
    this.tell({ type: 'underrun', samples });
  }

  /** The unit does not get so many samples. */
  overrun(samples: number): void {
    this.#deaf += samples;
    this.tell({ type: 'overrun', samples });
  }

  lose(): void {
    if (!this.#open) return;
    this.#end();
    this.#clock.after('sim line lost', 0, () => this.lost?.(new HalError('connection-lost', this.#place, 'the device is gone')));
  }

  /** Runs `act` unless the line has ended by then. */
  later(delayMs: number, act: () => void): Timer {
    return this.#later('sim line', delayMs, act);
  }

  #later(name: string, delayMs: number, act: () => void): Timer {
    const timer = this.#clock.after(name, delayMs, () => {
      this.#events.delete(timer);
      act();
    });
    this.#events.add(timer);
    const cancel = (): void => {
      this.#events.delete(timer);
      timer.cancel();
    };
    return { name, dueMs: timer.dueMs, cancel };
  }

  #end(): void {
    this.#open = false;
    this.#timer?.cancel();
    this.#timer = null;
    for (const timer of this.#events) timer.cancel();
    this.#events.clear();
    this.#ended();
  }

  #sampleNow(): number {
    return Math.floor((this.#clock.monotonic() - this.#openedMs) * this.#samplesPerMs + 1e-6);
  }

  #sleep(): void {
    const dueMs = this.#openedMs + ((this.#frames + 1) * lineFrameSamples) / this.#samplesPerMs;
    this.#timer = this.#clock.after('sim line frame', dueMs - this.#clock.monotonic(), this.#wake);
  }

  readonly #wake = (): void => {
    const due = Math.floor((this.#sampleNow() + 4) / lineFrameSamples) - this.#frames; // timers may be half a millisecond early
    const skipped = Math.max(0, due - maxCatchUp);
    if (skipped > 0) this.tell({ type: 'overrun', samples: skipped * lineFrameSamples });
    this.#frames += skipped;
    for (let left = due - skipped; left > 0 && this.#timer !== null; left--) this.#pass();
    if (this.#timer !== null) this.#sleep();
  };

  /** One frame each way. */
  #pass(): void {
    const sends = this.#queued > 0;
    const frame = this.#frame;
    this.#take(frame);
    this.ear.hear(frame);
    this.farHears?.(frame);
    this.mouth.fill(frame);
    if (sends && this.capabilities.duplex === 'half') frame.fill(silenceCode(this.capabilities.law));
    const sample = this.#frames++ * lineFrameSamples;
    if (this.#deaf > 0) this.#deaf -= lineFrameSamples;
    else this.heard?.(frame, sample);
    frame.fill(0xee); // whoever keeps it is found out
  }

  /** What the unit sends, from the queue. */
  #take(frame: Uint8Array): void {
    const there = this.#queued > 0;
    for (let at = 0; at < lineFrameSamples; at++) frame[at] = this.#queue[at] ?? 0;
    if (there) {
      this.#queue.copyWithin(0, lineFrameSamples);
      this.#queued -= lineFrameSamples;
    }
    if (!there || this.#starve > 0) frame.fill(silenceCode(this.capabilities.law));
    this.#starve = Math.max(0, this.#starve - lineFrameSamples);
  }
}
