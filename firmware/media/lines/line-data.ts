/**
 * Data sent to a telephone that is not lifted, where the device does not send it: the caller's number after the first ring
 * (ETSI EN 300 659-1 section 6.1.2, Telcordia GR-30), and the message lamp while nothing rings (ETS 300 778-1). Timed by the line's frames.
 *
 *   ring ▄▄▄▄____________▄▄▄▄            lamp:  on-hook ──quiet for 1 s──> sent, once for each change
 *            └─0.5 s─┴─data─┘
 */
import { silenceCode } from '../../../hal/g711.ts';
import type { CallerId, LineCapabilities } from '../../../hal/line.ts';
import { frameMs, frameSamples } from '../audio-format.ts';
import type { CallerIdVariant, CodecName, LineSettings } from '../media-protocol.ts';

const afterRingMs = 500;
const quietMs = 1000;

/** The codes of whole transmissions, seizure and mark included. null = the variant has none. */
export interface OnHookData {
  callerId(callerId: CallerId, variant: CallerIdVariant, law: CodecName): Uint8Array | null;
  messageWaiting(waiting: boolean, variant: CallerIdVariant, law: CodecName): Uint8Array;
}

export class LineData {
  readonly #settings: LineSettings;
  readonly #make: OnHookData;
  #capabilities: LineCapabilities | null = null;
  #ringing = false;
  /** Frames until what waits is sent; and since when it is quiet. */
  #wait = 0;
  #next: Uint8Array | null = null;
  #at = 0;
  /** The lamp as it is to be; null = told. */
  #lamp: boolean | null = null;

  constructor(settings: LineSettings, make: OnHookData) {
    this.#settings = settings;
    this.#make = make;
  }

  /** A line was opened. */
  open(capabilities: LineCapabilities): void {
    this.#capabilities = capabilities;
    this.quiet();
  }

  /** A call rings: the number follows the first burst. Nothing may be sent before or between else. */
  ring(callerId: CallerId | null, cadenceMs: readonly number[]): void {
    this.#ringing = true;
    this.#next = callerId === null || !this.#sendsHere ? null : this.#make.callerId(callerId, this.#settings.callerId, this.#law);
    this.#at = 0;
    this.#wait = Math.ceil(((cadenceMs[0] ?? 0) + afterRingMs) / frameMs);
  }

  /** The telephone is lifted, or rings no more: what was being sent is void. */
  quiet(): void {
    this.#ringing = false;
    this.#next = null;
    this.#at = 0;
    this.#wait = quietMs / frameMs;
  }

  /** Sent as soon as the telephone is on-hook and quiet. */
  lamp(lit: boolean): void {
    this.#lamp = lit;
  }

  /** 20 ms into out[0..160) on-hook; false = there is nothing to send. */
  say(out: Uint8Array): boolean {
    if (this.#wait > 0) this.#wait--;
    else if (this.#next === null && !this.#ringing && this.#lamp !== null) this.#take(this.#lamp);
    const data = this.#next;
    if (data === null || this.#wait > 0) return false;
    const count = Math.min(frameSamples, data.length - this.#at);
    for (let at = 0; at < count; at++) out[at] = data[this.#at + at] ?? 0;
    out.fill(silenceCode(this.#law), count, frameSamples);
    this.#at += count;
    if (this.#at >= data.length) this.#sent();
    return true;
  }

  get #law(): CodecName {
    return this.#capabilities?.law ?? 'PCMU';
  }

  get #sendsHere(): boolean {
    return this.#capabilities?.callerId === 'audio' && this.#capabilities.onHookAudio;
  }

  #take(lit: boolean): void {
    this.#next = this.#make.messageWaiting(lit, this.#settings.callerId, this.#law);
    this.#at = 0;
  }

  #sent(): void {
    if (!this.#ringing) this.#lamp = null;
    this.#next = null;
    this.#wait = quietMs / frameMs;
  }
}
