import { DahdiPort } from './dahdi-port.ts';
import { event, hook } from './dahdi-words.ts';
import { DtmfEar } from './goertzel-ear.ts';
import { dtmfSound, sampled } from './line-sound.ts';

/** A telephone at a phone port: rings, is lifted and put down, presses keys, listens. */
export class Telephone extends DahdiPort {
  /** Bursts of ringing that have begun, and that have ended. */
  rings = 0;
  ringsEnded = 0;
  /** The battery went away while it was lifted: the far end has hung up. */
  farGone = false;
  lifted = false;
  recorded: Uint8Array[] = [];
  recording = false;
  readonly ear = new DtmfEar();

  constructor(channel: number) {
    super(channel);
    this.happened = (what) => this.#see(what);
    this.heard = (block) => this.#hear(block);
  }

  lift(): void {
    [this.lifted, this.farGone] = [true, false];
    this.hook(hook.offHook);
  }

  putDown(): void {
    this.lifted = false;
    this.play(null);
    this.hook(hook.onHook);
  }

  flash(): void {
    this.hook(hook.flash);
  }

  key(digits: string): void {
    this.play(sampled(dtmfSound(digits)));
  }

  /** With the dial of an old telephone. */
  pulse(digits: string): void {
    this.play(null);
    this.dial(`P${digits}`);
  }

  record(): void {
    this.recorded = [];
    this.recording = true;
  }

  takeRecording(): Uint8Array {
    this.recording = false;
    return Buffer.concat(this.recorded);
  }

  #see(what: number): void {
    if (what === event.ringBegin) this.rings += 1;
    else if (what === event.ringOffHook) this.ringsEnded += 1;
    else if (what === event.onHook) this.farGone = true;
  }

  #hear(block: Uint8Array): void {
    if (this.recording) this.recorded.push(block.slice());
    this.ear.take(block);
  }
}
