/**
 * What the runtime finds in a line's audio because the device does not: digits and call progress tones while it is off-hook, the
 * caller's number between the rings, and silence. Fed with each frame; nothing is allocated but what is told.
 */
import { decodeTable } from '../../../hal/g711.ts';
import type { CallerId, LineCapabilities, LineTone } from '../../../hal/line.ts';
import { frameMs, frameSamples } from '../audio-format.ts';
import { CallerIdReceiver } from '../detect/caller-id-receiver.ts';
import { SilenceDetector } from '../detect/silence-detector.ts';
import { ToneDetector } from '../detect/tone-detector.ts';
import { toneZones } from '../detect/tone-zones.ts';
import type { ToneZone } from '../detect/tone-zones.ts';
import { DtmfDetector } from '../dtmf-detector.ts';
import type { LineSettings } from '../media-protocol.ts';

/** Quieter is silence: room noise and hiss of a line are. */
const silentDbm0 = -42;
/** After a caller's number or a ring, without another ring: the call is over, and the next number is that of another. */
const callOverMs = 8000;

export interface EarEvents {
  digit(digit: string, durationMs: number): void;
  tone(tone: LineTone | null): void;
  callerId(callerId: CallerId): void;
  silent(silentMs: number): void;
}

export class LineEars {
  readonly #events: EarEvents;
  readonly #dtmf = new DtmfDetector();
  /** Trunks only: no telephone sends tones. */
  readonly #tones: ToneDetector | null;
  /** Trunks whose exchange sends numbers only. */
  readonly #callerId: CallerIdReceiver | null;
  readonly #silence: SilenceDetector | null;
  #capabilities: LineCapabilities | null = null;
  #decode = decodeTable('PCMU');
  #callOverIn = 0;

  constructor({ silenceMs, kind, zone, callerId }: LineSettings, events: EarEvents) {
    this.#events = events;
    this.#tones = kind === 'trunk' ? new ToneDetector(toneZones[zone] ?? (toneZones['us'] as ToneZone)) : null;
    this.#callerId = kind === 'trunk' && callerId !== 'none' ? new CallerIdReceiver(callerId) : null;
    this.#silence = kind === 'trunk' && silenceMs > 0 ? new SilenceDetector(silentDbm0, silenceMs) : null;
  }

  /** A line was opened. */
  open(capabilities: LineCapabilities): void {
    this.#capabilities = capabilities;
    this.#decode = decodeTable(capabilities.law);
    this.reset();
  }

  /** Off-hook or on-hook from now on. `awaitsDial`: off-hook, and not to answer. */
  reset(awaitsDial = false): void {
    this.#tones?.reset(awaitsDial);
    this.#dtmf.reset();
    this.#silence?.reset();
    this.#callerId?.reset();
    this.#callOverIn = 0;
  }

  /** A digit sounds that was told. */
  get digitSounds(): boolean {
    return this.#dtmf.sounds;
  }

  /** A frame of the line off-hook. `deaf`: digits are being sent, and their echo is none. */
  hearOffHook(frame: Uint8Array, deaf: boolean): void {
    if (this.#capabilities?.digits === 'audio') this.#hearDigit(frame, deaf);
    if (this.#capabilities?.tones === 'audio' && this.#tones?.hear(frame, this.#decode) === true) this.#events.tone(this.#tones.tone);
    if (this.#silence?.hear(this.#capabilities?.law ?? 'PCMU', frame, frameSamples) === true) this.#events.silent(Math.round(this.#silence.silentMs));
  }

  /** A frame of the line on-hook. */
  hearOnHook(frame: Uint8Array): void {
    if (this.#callerId === null || this.#capabilities?.callerId !== 'audio') return;
    const found = this.#callerId.hear(frame, this.#decode);
    if (found !== null) {
      this.#events.callerId(found);
      this.#callOverIn = callOverMs;
    } else if (this.#callOverIn > 0 && (this.#callOverIn -= frameMs) <= 0) this.#callerId.reset();
  }

  /** It has rung. */
  rang(): void {
    this.#callOverIn = callOverMs;
  }

  #hearDigit(frame: Uint8Array, deaf: boolean): void {
    if (deaf) return this.#dtmf.reset();
    const digit = this.#dtmf.hear(frame, frameSamples, this.#decode);
    if (digit !== '') this.#events.digit(digit, this.#dtmf.heardMs);
  }
}
