import { newRtpHeader, readRtp, rtpHeaderBytes, writeRtp } from '../../../firmware/media/rtp.ts';
import { readRtcp, type RtcpPacket } from '../../../firmware/media/rtcp.ts';
import type { DatagramSocket, Endpoint } from '../../../hal/datagram.ts';
import type { SimClock } from '../../../hal/sim/sim-clock.ts';
import type { SimHost } from '../../../hal/sim/sim-net.ts';

export interface HeardPacket {
  readonly atMs: number;
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Uint8Array;
}

export interface SpeakOptions {
  readonly ptimeMs?: number;
  readonly payloadType?: number;
  /** The phone's clock against ours, parts per million; positive = it runs fast. */
  readonly ppm?: number;
}

/** The other end of a call: RTP and RTCP sockets on a simulated host, and what a test wants to say through them. */
export class RtpPhone {
  ssrc = 0x1000;
  sequence = 65_000;
  timestamp = (2 ** 31 - 16_000) | 0;
  readonly heard: HeardPacket[] = [];
  readonly rtcpHeard: RtcpPacket[][] = [];
  /** The same as they came, byte by byte. */
  readonly rtcpText: string[] = [];
  readonly #clock: SimClock;
  readonly #rtp: DatagramSocket;
  readonly #rtcp: DatagramSocket;
  readonly #unit: Endpoint;

  private constructor(clock: SimClock, rtp: DatagramSocket, rtcp: DatagramSocket, unit: Endpoint) {
    this.#clock = clock;
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    this.#unit = unit;
    rtp.received = (bytes) => this.#hear(bytes);
    rtcp.received = (bytes) => {
      this.rtcpHeard.push(readRtcp(bytes, bytes.length) ?? []);
      this.rtcpText.push(Buffer.from(bytes).toString('latin1'));
    };
  }

  static async at(clock: SimClock, host: SimHost, port: number, unit: Endpoint): Promise<RtpPhone> {
    const address = host.addresses[0] ?? '';
    return new RtpPhone(clock, await host.datagram.bind({ address, port }), await host.datagram.bind({ address, port: port + 1 }), unit);
  }

  get address(): Endpoint {
    return this.#rtp.local;
  }

  /** All audio heard, by timestamp from the first packet on; what did not come is 0. */
  audio(payloadType = 0): Uint8Array {
    const packets = this.heard.filter((packet) => packet.payloadType === payloadType);
    const first = packets[0]?.timestamp ?? 0;
    const end = Math.max(0, ...packets.map(({ timestamp, payload }) => ((timestamp - first) | 0) + payload.length));
    const audio = new Uint8Array(end);
    for (const { timestamp, payload } of packets) if (((timestamp - first) | 0) >= 0) audio.set(payload, (timestamp - first) | 0);
    return audio;
  }

  /** Sends `audio` from now on, packet by packet, on deadlines of the phone's own clock. */
  speak(audio: Uint8Array, { ptimeMs = 20, payloadType = 0, ppm = 0 }: SpeakOptions = {}): void {
    const each = ptimeMs * 8;
    const beganMs = this.#clock.monotonic();
    const next = (n: number): void => {
      if (n * each >= audio.length) return;
      this.#clock.after('phone speaks', beganMs + n * ptimeMs * (1 - ppm / 1e6) - this.#clock.monotonic(), () => {
        const payload = audio.subarray(n * each, (n + 1) * each);
        this.sendPacket(payload, payloadType, n === 0);
        this.timestamp = (this.timestamp + payload.length) | 0;
        next(n + 1);
      });
    };
    next(0);
  }

  /** Presses a key: events of 20 ms, three ends; the timestamp moves past it. Call when nothing is being spoken. */
  press(event: number, ms = 100, payloadType = 101): void {
    const start = this.timestamp;
    const steps = Math.ceil(ms / 20);
    for (let n = 0; n < steps + 2; n++) {
      const ending = n >= steps - 1;
      const duration = Math.min(n + 1, steps) * 160;
      this.#clock.after('phone presses', n * 20, () => this.sendPacket(Uint8Array.of(event, ending ? 0x8a : 10, duration >> 8, duration), payloadType, n === 0, start));
    }
    this.#clock.after('phone lets go', (steps + 2) * 20 - 1, () => (this.timestamp = (start + (steps + 2) * 160) | 0));
  }

  sendPacket(payload: Uint8Array, payloadType: number, marker: boolean, timestamp = this.timestamp): void {
    const packet = new Uint8Array(rtpHeaderBytes + payload.length);
    writeRtp(packet, marker, payloadType, this.sequence, timestamp, this.ssrc);
    packet.set(payload, rtpHeaderBytes);
    this.sequence = (this.sequence + 1) & 0xffff;
    this.sendRaw(packet);
  }

  sendRaw(bytes: Uint8Array): void {
    this.#rtp.send(bytes, this.#unit);
  }

  sendRtcp(bytes: Uint8Array): void {
    this.#rtcp.send(bytes, { address: this.#unit.address, port: this.#unit.port + 1 });
  }

  #hear(bytes: Uint8Array): void {
    const header = newRtpHeader();
    if (!readRtp(bytes, bytes.length, header)) throw new Error('the unit sent something that is no RTP');
    const { marker, payloadType, sequence, timestamp, ssrc, payloadAt, payloadBytes } = header;
    this.heard.push({ atMs: this.#clock.monotonic(), marker, payloadType, sequence, timestamp, ssrc, payload: bytes.slice(payloadAt, payloadAt + payloadBytes) });
  }
}
