import { silentLog } from '../../../firmware/log.ts';
import { createMediaEngine, type MediaEngine } from '../../../firmware/media/media-engine.ts';
import { rtpHeaderBytes, writeRtp } from '../../../firmware/media/rtp.ts';
import { wholeEvents } from '../../../firmware/media/whole-events.ts';
import type { DatagramBatch } from '../../../hal/datagram.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { BareClock } from './bare-clock.ts';

export interface LoadOptions {
  readonly eventPayloadType?: number | null;
  readonly record?: boolean;
  /** Fax tones are listened for. */
  readonly fax?: boolean;
  /** Nothing plays: two and two ports are joined. */
  readonly joined?: boolean;
}

/** An engine in which every port has a call that is spoken to and to which a prompt is played, over a batch that does nothing. */
export class LoadedEngine {
  readonly #clock = new BareClock();
  readonly #ports: number;
  readonly #batch: DatagramBatch & { turn: number };
  #engine!: MediaEngine;
  #sent = 0;
  readonly #packet = new Uint8Array(rtpHeaderBytes + 160);
  #packetNumber = 0;
  readonly chunks: number[] = [];

  private constructor(ports: number) {
    this.#ports = ports;
    this.#batch = {
      open: async (_, { port }) => port,
      direct: () => undefined,
      queue: (slot) => void (slot % 2 === 0 && this.#sent++),
      flush: () => undefined,
      fetch: () => undefined,
      received: null,
      turn: 0,
      sendFailures: 0,
      close: () => undefined,
      closeAll: () => undefined,
    };
    new SimRandom(8).bytes(160).forEach((byte, at) => (this.#packet[rtpHeaderBytes + at] = byte));
  }

  static async make(ports: number, { eventPayloadType = 101, record = false, fax = false, joined = false }: LoadOptions = {}): Promise<LoadedEngine> {
    const load = new LoadedEngine(ports);
    const prompt = { ulaw: new SimRandom(7).bytes(8 * 3_600_000) };
    load.#engine = createMediaEngine({
      clock: load.#clock, random: new SimRandom(1), batch: load.#batch, log: silentLog, ports, address: '127.0.0.1', firstPort: 10_000,
      prompts: { get: () => prompt, ids: () => ['x'] }, emit: wholeEvents((event) => void (event.type === 'chunk' && load.chunks.push(event.bytes.length))),
    });
    await load.#engine.start();
    for (let port = 0; port < ports; port++) load.#call(port, eventPayloadType, record, joined);
    for (let port = 0; fax && port < ports; port++) load.#engine.command({ type: 'listen-for-fax', port, session: 1, on: true });
    for (let port = 1; joined && port < ports; port += 2) load.#engine.command({ type: 'join', port, session: 1, with: { port: port - 1, session: 1 } });
    await Promise.resolve();
    return load;
  }

  #call(port: number, eventPayloadType: number | null, record: boolean, joined: boolean): void {
    const remote = { address: '127.0.0.2', port: 4000 };
    this.#engine.command({ type: 'start', port, session: 1, settings: { remote, remoteRtcp: null, codec: 'PCMU', payloadType: 0, eventPayloadType, direction: 'sendrecv', ptimeMs: 20 } });
    if (!joined) this.#engine.command({ type: 'play', port, session: 1, play: 1, items: [{ kind: 'prompt', id: 'x' }], stopOnDigit: false });
    if (record) this.#engine.command({ type: 'record', port, session: 1, record: { record: 1, maxMs: 3_600_000, silenceMs: 5000, silenceDbm0: -42, stopDigits: '#', chunkMs: 1000 } });
  }

  /** Runs `ms` of calls; `between` is called every 20 ms. Returns packets in plus packets out. */
  run(ms: number, between: () => void = () => undefined): number {
    const sentBefore = this.#sent;
    let received = 0;
    for (let step = 0; step < ms / 10; step++) {
      this.#clock.nowMs += 10;
      this.#clock.step();
      if (step % 2 === 0) continue;
      writeRtp(this.#packet, false, 0, this.#packetNumber & 0xffff, (this.#packetNumber * 160) | 0, 77);
      this.#packetNumber++;
      this.#batch.turn++;
      for (let port = 0; port < this.#ports; port++) this.#batch.received?.(port * 2, this.#packet, this.#packet.length, '127.0.0.2', 4000);
      received += this.#ports;
      between();
    }
    return received + this.#sent - sentBefore;
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }
}
