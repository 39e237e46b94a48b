/**
 * Telephone events received (RFC 4733 section 2.3): one report per digit, out of many packets that repeat it.
 *
 *     event (8) |E|R| volume (6) | duration (16)         all packets of one event carry the timestamp of its start
 *
 * A digit is reported with its first packet, whichever that is (the start may be lost): prompts stop at once, and a lost end harms
 * nothing. Further packets of an event are told by its timestamp. Some senders move the timestamp within an event; since no new event
 * can start before the old one's end and a gap, such packets are recognised by arithmetic. Others advance it too little between keys: the
 * marker bit, which begins an event (section 2.2.2), tells a new one where the old one has ended.
 */
import { frameSamples, maxPayloadBytes, samplesPerMs } from './audio-format.ts';
import { dtmfDigits } from './dtmf-tones.ts';
import { readWord } from './rtp.ts';

/** An event of the same code that starts at most this long after the known one's end is the known one: keys need 40 ms of gap. */
const slackSamples = frameSamples;
/** Timestamps older than this are no late copy but a new numbering. */
const staleSamples = 5000 * samplesPerMs;

export class DtmfEvents {
  #event = -1;
  #start = 0;
  #duration = 0;
  #ended = true;
  #silentUpTo = 0;

  reset(): void {
    this.#event = -1;
  }

  /** Judges one event packet; returns the digit when it is a new one, otherwise ''. Codes above 15 are no digits and are ignored. */
  receive(bytes: Uint8Array, at: number, payloadBytes: number, timestamp: number, marker: boolean): string {
    if (payloadBytes < 4) return '';
    const word = readWord(bytes, at);
    const event = word >>> 24;
    if (event >= dtmfDigits.length) return '';
    const begins = marker && this.#ended && !endsWith(word) && timestamp !== this.#start;
    if (!begins && this.#isKnown(event, timestamp)) this.#goOn(timestamp, word);
    else if (!this.#isStale(timestamp)) return this.#begin(event, timestamp, word);
    return '';
  }

  /** How long the last event has lasted as far as known, in ms. */
  get durationMs(): number {
    return this.#duration / samplesPerMs;
  }

  /** Whether audio of this timestamp is the sound of the key that the event already tells of. */
  covers(timestamp: number): boolean {
    if (this.#event < 0) return false;
    const into = (timestamp - this.#start) | 0;
    return into >= 0 && into < this.#duration + (this.#ended ? 0 : slackSamples);
  }

  /** First timestamp of the stretch without audio that `takeSilence` hands out next. */
  get silenceFrom(): number {
    return this.#silentUpTo;
  }

  /** Samples of the event's time not handed out yet, at most one packet's worth; 0 = none. */
  takeSilence(): number {
    const left = (this.#start + this.#duration - this.#silentUpTo) | 0;
    const samples = Math.max(0, Math.min(maxPayloadBytes, left));
    this.#silentUpTo = (this.#silentUpTo + samples) | 0;
    return samples;
  }

  #begin(event: number, timestamp: number, word: number): string {
    this.#event = event;
    this.#start = timestamp;
    this.#silentUpTo = timestamp;
    this.#duration = word & 0xffff;
    this.#ended = endsWith(word);
    return dtmfDigits.charAt(event);
  }

  #goOn(timestamp: number, word: number): void {
    const into = (timestamp - this.#start) | 0;
    this.#duration = Math.max(this.#duration, into === 0 ? word & 0xffff : into);
    this.#ended ||= endsWith(word);
  }

  #isKnown(event: number, timestamp: number): boolean {
    if (event !== this.#event) return false;
    const into = (timestamp - this.#start) | 0;
    return into >= 0 && into <= this.#duration + slackSamples;
  }

  /** A packet of an event before the known one, overtaken on the way. */
  #isStale(timestamp: number): boolean {
    const behind = (this.#start - timestamp) | 0;
    return this.#event >= 0 && behind > 0 && behind < staleSamples;
  }
}

/** The E bit. */
const endsWith = (word: number): boolean => (word & 0x800000) !== 0;
