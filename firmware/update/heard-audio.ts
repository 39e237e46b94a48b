import { decodeTable } from '../../hal/g711.ts';
import { newRtpHeader, readRtp, type RtpHeader } from '../media/rtp.ts';

/** Mean of the samples' magnitudes from which on somebody is heard: -40 dBm0. */
const leastMagnitude = 100;
/** So many packets of 20 ms with a sound are no accident. */
const packetsWanted = 10;

/** Hears whether RTP in G.711 holds any sound. */
export class HeardAudio {
  readonly #header: RtpHeader = newRtpHeader();
  #packets = 0;
  #loud = 0;

  packet(bytes: Uint8Array): void {
    if (!readRtp(bytes, bytes.length, this.#header)) return;
    const { payloadType, payloadAt, payloadBytes } = this.#header;
    if ((payloadType !== 0 && payloadType !== 8) || payloadBytes === 0) return;
    this.#packets += 1;
    const table = decodeTable(payloadType === 0 ? 'PCMU' : 'PCMA');
    let sum = 0;
    for (let at = payloadAt; at < payloadAt + payloadBytes; at++) sum += Math.abs(table[bytes[at] as number] as number);
    if (sum / payloadBytes >= leastMagnitude) this.#loud += 1;
  }

  get enough(): boolean {
    return this.#loud >= packetsWanted;
  }

  /** What was heard, as words. */
  get told(): string {
    return this.#packets === 0 ? 'no packet of audio came' : `${this.#packets} packets of audio came, ${this.#loud} of them with a sound`;
  }
}
