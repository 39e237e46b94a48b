/**
 * The stream we send: one packet buffer per port, filled in place, and the numbers of RFC 3550 section 5.1. The timestamp follows the
 * deadlines, whether or not a packet leaves; the sequence number counts packets that left.
 */
import type { DatagramBatch } from '../../hal/datagram.ts';
import type { Random } from '../../hal/random.ts';
import { maxPayloadBytes } from './audio-format.ts';
import type { RtpStream } from './media-protocol.ts';
import { readWord, rtpHeaderBytes, writeRtp } from './rtp.ts';

export class RtpSender {
  /** Payload goes to packet[rtpHeaderBytes..]. */
  readonly packet = new Uint8Array(rtpHeaderBytes + maxPayloadBytes);
  ssrc = 0;
  timestamp = 0;
  packets = 0;
  octets = 0;
  #sequence = 0;
  readonly #batch: DatagramBatch;
  /** In the batch. */
  slot: number;

  constructor(batch: DatagramBatch, slot: number) {
    this.#batch = batch;
    this.slot = slot;
  }

  /** Of the next packet. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Another unit's stream goes on. */
  resume({ ssrc, timestamp, sequence, packets, octets }: RtpStream): void {
    this.ssrc = ssrc;
    this.timestamp = timestamp;
    this.#sequence = sequence & 0xffff;
    this.packets = packets;
    this.octets = octets;
  }

  /** A new stream: SSRC, timestamp and sequence number are random. */
  begin(random: Random): void {
    const seed = random.bytes(10);
    this.ssrc = readWord(seed, 0);
    this.timestamp = readWord(seed, 4);
    this.#sequence = (((seed[8] ?? 0) << 8) | (seed[9] ?? 0)) & 0xffff;
    this.packets = 0;
    this.octets = 0;
  }

  /** Queues the packet with what stands in its payload. */
  send(marker: boolean, payloadType: number, timestamp: number, payloadBytes: number): void {
    writeRtp(this.packet, marker, payloadType, this.#sequence, timestamp, this.ssrc);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#batch.queue(this.slot, this.packet, rtpHeaderBytes + payloadBytes);
    this.packets++;
    this.octets += payloadBytes;
  }

  advance(samples: number): void {
    this.timestamp = (this.timestamp + samples) | 0;
  }
}
