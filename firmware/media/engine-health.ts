/** How the media thread does, told to control every 5 s: how late its loop and its pacer come to their work, and what was lost on the way. */
import type { Clock, Timer } from '../../hal/clock.ts';
import type { DatagramBatch } from '../../hal/datagram.ts';
import { LagMeter } from '../watchdog/lag-meter.ts';
import type { LineSet } from './lines/line-set.ts';
import type { MediaThreadEvent } from './media-protocol.ts';
import type { Pacer } from './pacer.ts';
import type { PortDatagrams } from './port-datagrams.ts';

export const healthMs = 5000;

export interface EngineHealthParts {
  readonly clock: Clock;
  readonly batch: DatagramBatch;
  readonly pacer: Pacer;
  readonly datagrams: PortDatagrams;
  readonly lines: LineSet;
  readonly activeSessions: () => number;
  readonly emit: (event: MediaThreadEvent) => void;
}

export class EngineHealth {
  readonly #parts: EngineHealthParts;
  readonly #lag: LagMeter;
  #timer: Timer | null = null;

  constructor(parts: EngineHealthParts) {
    this.#parts = parts;
    this.#lag = new LagMeter(parts.clock);
  }

  start(): void {
    this.#lag.start();
    this.#sleep();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#lag.stop();
  }

  /** Counters run since boot; `worstLateMs` is that of the last 5 s. */
  #tell(): void {
    const { batch, pacer, datagrams, lines, activeSessions, emit } = this.#parts;
    const { lateTicks, skippedTicks, worstLateMs } = pacer.stats;
    pacer.stats.worstLateMs = 0;
    emit({ type: 'health', worstLagMs: this.#lag.take(), activeSessions: activeSessions(), lateTicks, skippedTicks, worstLateMs, sendFailures: batch.sendFailures, strayPackets: datagrams.stray, lineUnderruns: lines.underruns, lineOverruns: lines.overruns });
    this.#sleep();
  }

  #sleep(): void {
    this.#timer = this.#parts.clock.after('media health', healthMs, () => this.#tell());
  }
}
