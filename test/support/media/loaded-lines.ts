import { silentLog } from '../../../firmware/log.ts';
import { createMediaEngine, type MediaEngine } from '../../../firmware/media/media-engine.ts';
import { rtpHeaderBytes, writeRtp } from '../../../firmware/media/rtp.ts';
import { wholeEvents } from '../../../firmware/media/whole-events.ts';
import type { DatagramBatch } from '../../../hal/datagram.ts';
import type { Line, LineCapabilities, LineDriver } from '../../../hal/line.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { BareClock } from './bare-clock.ts';
import { lineSettings } from './line-stage.ts';

const capabilities: LineCapabilities = {
  kind: 'trunk', law: 'PCMU', duplex: 'full', callerId: 'audio', digits: 'audio', tones: 'audio', disconnect: [], onHookAudio: true,
  flash: true, pulse: true, lamp: 'none', cancelsEcho: true, latencyMs: 20,
};
const nothing = (): void => undefined;

/** What every line does at each moment of the load. */
export type LineLoad = 'on-hook, waiting for a number' | 'recorded and played to' | 'joined to a call';

/** An engine with lines that are all in use, over drivers and sockets that do nothing of their own. */
export class LoadedLines {
  readonly #clock = new BareClock();
  readonly #count: number;
  readonly #lines: Line[] = [];
  readonly #words = new SimRandom(8).bytes(160 * 50);
  readonly #frame = new Uint8Array(160);
  readonly #packet = new Uint8Array(rtpHeaderBytes + 160);
  readonly #batch: DatagramBatch & { turn: number };
  #engine!: MediaEngine;
  #frames = 0;
  /** Frames that the engine wrote to lines, and packets that it sent. */
  written = 0;
  sent = 0;

  private constructor(count: number) {
    this.#count = count;
    this.#batch = {
      open: async (_, { port }) => port, direct: nothing, queue: (slot) => void (slot % 2 === 0 && this.sent++), flush: nothing, received: null, turn: 0, fetch: nothing, sendFailures: 0, close: nothing, closeAll: nothing,
    };
  }

  static async make(count: number, load: LineLoad): Promise<LoadedLines> {
    const loaded = new LoadedLines(count);
    const prompt = { ulaw: new SimRandom(7).bytes(8 * 3_600_000) };
    const lines = Array.from({ length: count }, (_, at) => lineSettings(`trunk-${at}`, 'trunk', String(at), { callerId: 'bell', silenceMs: 10_000 }));
    loaded.#engine = createMediaEngine({
      clock: loaded.#clock, random: new SimRandom(1), batch: loaded.#batch, log: silentLog, ports: count, address: '127.0.0.1', firstPort: 10_000,
      prompts: { get: () => prompt, ids: () => ['x'] }, emit: wholeEvents(nothing), lines, lineDriver: () => loaded.#driver(),
    });
    await loaded.#engine.start();
    await new Promise((resolve) => setImmediate(resolve));
    if (load !== 'on-hook, waiting for a number') for (let line = 0; line < count; line++) loaded.#call(line, load === 'joined to a call');
    await new Promise((resolve) => setImmediate(resolve));
    return loaded;
  }

  #driver(): LineDriver {
    const control = { seize: nothing, release: nothing, dial: nothing, flash: nothing, ring: nothing, stopRinging: nothing, lamp: nothing, polarity: nothing };
    return {
      name: 'bare',
      open: async () => {
        const audio = { heard: null, write: () => ++this.written > 0, queued: 0, flush: nothing };
        const line: Line = { capabilities, control, audio, setup: { echo: nothing, gain: nothing }, happened: null, lost: null, close: async () => undefined };
        this.#lines.push(line);
        return line;
      },
    };
  }

  #call(line: number, joined: boolean): void {
    this.#lines[line]?.happened?.({ type: 'off-hook', sample: 0 });
    const remote = { address: '127.0.0.2', port: 4000 };
    const bridge = joined ? ({ remote, remoteRtcp: null, codec: 'PCMU', payloadType: 0, eventPayloadType: 101, direction: 'sendrecv', ptimeMs: 20 } as const) : null;
    this.#engine.command({ type: 'start-line', port: line, session: 1, line, bridge });
    this.#engine.command({ type: 'record', port: line, session: 1, record: { record: 1, maxMs: 3_600_000, silenceMs: 5000, silenceDbm0: -42, stopDigits: '#', chunkMs: 1000 } });
    if (!joined) this.#engine.command({ type: 'play', port: line, session: 1, play: 1, items: [{ kind: 'prompt', id: 'x' }], stopOnDigit: false });
  }

  /** Runs `ms` of all lines, a packet and a frame for each every 20 ms; `between` after each. Returns the frames given to the engine. */
  run(ms: number, between: () => void = nothing): number {
    for (let step = 0; step < ms / 10; step++) {
      this.#clock.nowMs += 10;
      this.#clock.step();
      if (step % 2 === 0) continue;
      writeRtp(this.#packet, false, 0, this.#frames & 0xffff, (this.#frames * 160) | 0, 77);
      this.#batch.turn++;
      for (let port = 0; port < this.#count; port++) this.#batch.received?.(port * 2, this.#packet, this.#packet.length, '127.0.0.2', 4000);
      const from = (this.#frames % 50) * 160;
      for (let at = 0; at < 160; at++) this.#frame[at] = this.#words[from + at] ?? 0;
      for (let line = 0; line < this.#count; line++) this.#lines[line]?.audio.heard?.(this.#frame, this.#frames * 160); // an iterator would be measured, too
      this.#frames++;
      between();
    }
    return this.#count * (ms / 20);
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }
}
