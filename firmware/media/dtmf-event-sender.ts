/**
 * Digits sent as telephone events (RFC 4733 section 2.5.1), one step per 20 ms:
 *
 *   M          E  E  E
 *   ▐▌▐▌▐▌▐▌▐▌▐▌ ▐▌ ▐▌ . . . .        ▐▌ packet with the start's timestamp and a growing duration; . silence
 *   └── tone ──┘└─── gap ────┘        the last one has the E bit and is repeated twice, in the gap
 */
import { frameMs, frameSamples } from './audio-format.ts';
import type { DigitQueue } from './digit-queue.ts';
import { dtmfDigits } from './dtmf-tones.ts';

export const eventPayloadBytes = 4;
const endCopies = 3;
const volume = 10; // -10 dBm0

export type EventStep = 'first' | 'event' | 'gap';

export class DtmfEventSender {
  /** Timestamp that the packets of the running event carry. */
  start = 0;
  #event = 0;
  #elapsed = 0;
  #toneSteps = 0;
  #gapSteps = 0;
  #steps = 0;

  reset(): void {
    this.#steps = 0;
    this.#toneSteps = 0;
    this.#gapSteps = 0;
  }

  /** Within a digit or its gap. */
  get busy(): boolean {
    return this.#steps < this.#toneSteps + this.#gapSteps;
  }

  /** One step: takes the next digit if none runs, and writes out[at..at+4) unless it answers 'gap'. Call only if busy or the queue is not empty. */
  step(queue: DigitQueue, timestamp: number, out: Uint8Array, at: number): EventStep {
    if (!this.busy) this.#begin(queue, timestamp);
    const step = this.#steps++;
    if (step >= this.#toneSteps + endCopies - 1) return 'gap';
    if (step < this.#toneSteps) this.#elapsed += frameSamples;
    const ending = step >= this.#toneSteps - 1;
    out[at] = this.#event;
    out[at + 1] = (ending ? 0x80 : 0) | volume;
    out[at + 2] = this.#elapsed >> 8;
    out[at + 3] = this.#elapsed;
    return step === 0 ? 'first' : 'event';
  }

  #begin(queue: DigitQueue, timestamp: number): void {
    const next = queue.take();
    if (next === null) return;
    this.start = timestamp;
    this.#event = dtmfDigits.indexOf(next.digit);
    this.#elapsed = 0;
    this.#steps = 0;
    this.#toneSteps = Math.ceil(next.toneMs / frameMs);
    this.#gapSteps = Math.max(endCopies - 1, Math.ceil(next.gapMs / frameMs));
  }
}
