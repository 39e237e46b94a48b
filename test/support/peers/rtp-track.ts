// What a telephone sends, as a pcap file that sipp plays packet by packet: sipp's own digits have a payload type that nobody agreed on.
import { writeFileSync } from 'node:fs';
import { dtmfDigits } from '../../../firmware/media/dtmf-tones.ts';

/** G.711 bytes, a pause, or a key. */
export type Sound = Uint8Array | number | string;

export interface Track {
  readonly file: string;
  readonly ms: number;
  /** Where a track that goes on after this one has to begin. */
  readonly end: StreamPlace;
}

export interface StreamPlace {
  readonly sequence: number;
  readonly timestamp: number;
}

const frameSamples = 160;
const frameMs = 20;
const keyFrames = 8;
const keyGapMs = 100;
const eventPayload = 101;
const lawSilence: Readonly<Record<number, number>> = { 0: 0xff, 8: 0xd5 };

/** Writes the sounds as one RTP stream: keys as RFC 4733 events of 160 ms, pauses as silence, so that the stream never stands still. */
export function writeTrack(file: string, sounds: readonly Sound[], payload: 0 | 8 = 0, begin: StreamPlace = { sequence: 1000, timestamp: 0 }): Track {
  const stream = new Stream(payload, begin);
  for (const sound of sounds) {
    if (typeof sound === 'number') stream.audio(new Uint8Array(sound * 8).fill(lawSilence[payload] ?? 0));
    else if (typeof sound === 'string') [...sound].forEach((key) => stream.key(key));
    else stream.audio(sound);
  }
  writeFileSync(file, Buffer.concat([fileHeader(), ...stream.packets]));
  return { file, ms: stream.ms, end: stream.end };
}

class Stream {
  readonly packets: Buffer[] = [];
  ms = 0;
  readonly #payload: number;
  readonly #begin: StreamPlace;
  #sequence: number;

  constructor(payload: number, begin: StreamPlace) {
    this.#payload = payload;
    this.#begin = begin;
    this.#sequence = begin.sequence;
  }

  get end(): StreamPlace {
    return { sequence: this.#sequence, timestamp: this.#timestamp };
  }

  get #timestamp(): number {
    return this.#begin.timestamp + this.ms * 8;
  }

  /** Whole frames only: a rest is left out. */
  audio(bytes: Uint8Array): void {
    for (let at = 0; at + frameSamples <= bytes.length; at += frameSamples) {
      this.#packet(this.#payload, this.#timestamp, false, bytes.subarray(at, at + frameSamples));
      this.ms += frameMs;
    }
  }

  /** All packets of an event carry the time of its start; its end is sent three times (RFC 4733 2.5.1.3 and 2.5.1.4). */
  key(key: string): void {
    const start = this.#timestamp;
    for (let frame = 1; frame <= keyFrames; frame++) {
      this.#packet(eventPayload, start, frame === 1, event(key, frame * frameSamples, false));
      this.ms += frameMs;
    }
    for (let copy = 0; copy < 3; copy++) this.#packet(eventPayload, start, false, event(key, keyFrames * frameSamples, true));
    this.audio(new Uint8Array(keyGapMs * 8).fill(lawSilence[this.#payload] ?? 0));
  }

  #packet(payload: number, timestamp: number, marker: boolean, body: Uint8Array): void {
    const rtp = Buffer.alloc(12);
    rtp.writeUInt16BE(0x8000 | (marker ? 0x80 : 0) | payload, 0);
    rtp.writeUInt16BE(this.#sequence++, 2);
    rtp.writeUInt32BE(timestamp, 4);
    rtp.writeUInt32BE(0x5157_1e57, 8);
    this.packets.push(record(this.ms, Buffer.concat([rtp, body])));
  }
}

function event(key: string, duration: number, end: boolean): Uint8Array {
  const code = dtmfDigits.indexOf(key);
  if (code < 0) throw new RangeError(`${key} is no key`);
  return Uint8Array.of(code, (end ? 0x80 : 0) | 10, duration >> 8, duration & 0xff);
}

/** pcap 2.4, microseconds, Ethernet. */
function fileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(1, 20);
  return header;
}

/** sipp puts in addresses, ports and checksum by itself. */
function record(ms: number, rtp: Buffer): Buffer {
  const head = Buffer.alloc(16 + 14 + 20 + 8);
  const udpBytes = 8 + rtp.length;
  head.writeUInt32LE(1 + Math.floor(ms / 1000), 0);
  head.writeUInt32LE((ms % 1000) * 1000, 4);
  head.writeUInt32LE(14 + 20 + udpBytes, 8);
  head.writeUInt32LE(14 + 20 + udpBytes, 12);
  head.writeUInt16BE(0x0800, 16 + 12);
  head.set([0x45, 0, (20 + udpBytes) >> 8, (20 + udpBytes) & 0xff, 0, 0, 0x40, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1], 30);
  head.writeUInt16BE(6000, 50);
  head.writeUInt16BE(6000, 52);
  head.writeUInt16BE(udpBytes, 54);
  return Buffer.concat([head, rtp]);
}
