/**
 * Listens to a line on-hook for who calls: all the time, since the transmission may come after the first ring, or before any (after a
 * reversal or an alerting signal, ETSI EN 300 659-1). Ringing and clicks before it are no bytes with mark before them.
 *
 *   frame ──> FskDemodulator ──> byte ──> message ──> CallerId            frame ──> DtmfCallerId ──> CallerId
 */
import type { CallerId } from '../../../hal/line.ts';
import { frameSamples } from '../audio-format.ts';
import { decodeMessage, messageFaults, messageType } from './caller-id-message.ts';
import type { MessageFault } from './caller-id-message.ts';
import { DtmfCallerId } from './dtmf-caller-id.ts';
import { FskDemodulator } from './fsk-demodulator.ts';
import type { FskSink } from './fsk-demodulator.ts';
import { bell202, v23 } from './fsk-tones.ts';

export const callerIdVariants = ['bell', 'v23', 'dtmf'] as const;
export type CallerIdVariant = (typeof callerIdVariants)[number];

/** A message begins after mark: 80 +- 25 bits at the least (EN 300 659-1 section 6.2), of which noise may have taken some. */
const leastMarkBits = 20;
const longestMessage = 3 + 255;
const knownTypes: readonly number[] = Object.values(messageType);

export class CallerIdReceiver implements FskSink {
  readonly #fsk: FskDemodulator | null;
  readonly #dtmf: DtmfCallerId | null;
  readonly #message = new Uint8Array(longestMessage);
  readonly #faults: Record<MessageFault, number>;
  #length = 0;
  #found: CallerId | null = null;
  #given = false;

  constructor(variant: CallerIdVariant) {
    this.#fsk = variant === 'dtmf' ? null : new FskDemodulator(variant === 'bell' ? bell202 : v23, this);
    this.#dtmf = variant === 'dtmf' ? new DtmfCallerId() : null;
    this.#faults = Object.fromEntries(messageFaults.map((fault) => [fault, 0])) as Record<MessageFault, number>;
  }

  /** Messages that could not be read since the start, by reason. */
  get faults(): Readonly<Record<MessageFault, number>> {
    return { ...this.#faults, interrupted: this.#faults.interrupted + (this.#dtmf?.faults ?? 0) };
  }

  /** The next call: its caller is given again. The line was answered, or has stopped ringing. */
  reset(): void {
    this.#fsk?.reset();
    this.#dtmf?.reset();
    this.#length = 0;
    this.#found = null;
    this.#given = false;
  }

  /** Takes frame[0..160) of the line on-hook; returns who calls, once until `reset`. `decode` as in `hal/g711.ts`. */
  hear(frame: Uint8Array, decode: Int16Array): CallerId | null {
    this.#fsk?.hear(frame, decode);
    const found = this.#dtmf?.hear(frame, frameSamples, decode) ?? this.#found;
    this.#found = null;
    if (found === null || this.#given) return null;
    this.#given = true;
    return found;
  }

  /** From the demodulator. */
  byte(value: number, idleBits: number): void {
    if (idleBits >= leastMarkBits) this.#begin(value);
    else if (this.#length > 0) {
      this.#message[this.#length++] = value;
      if (this.#length > 1 && this.#length === (this.#message[1] ?? 0) + 3) this.#end();
    }
  }

  /** From the demodulator. */
  broken(): void {
    if (this.#length > 0) this.#faults.framing++;
    this.#length = 0;
  }

  #begin(type: number): void {
    if (this.#length > 0) this.#faults.interrupted++;
    this.#length = 0;
    if (!knownTypes.includes(type)) this.#faults['unknown-type']++;
    else this.#message[this.#length++] = type;
  }

  #end(): void {
    const message = decodeMessage(this.#message.subarray(0, this.#length));
    this.#length = 0;
    if (typeof message === 'string') this.#faults[message]++;
    else if (message.type === 'call') this.#found = message.callerId;
  }
}
