/**
 * The media thread's whole work: all ports, one pacer, one datagram batch. Runs in a worker in production, inline on virtual time in tests.
 *
 *   control ──commands──> engine ──> port sessions ──events──> control
 *                 pacer ──ticks──┘        │ ▲
 *                                      batch (sockets)
 */
import type { Clock, Timer } from '../../hal/clock.ts';
import type { DatagramBatch } from '../../hal/datagram.ts';
import type { Random } from '../../hal/random.ts';
import type { Log } from '../log.ts';
import { tickMs } from './audio-format.ts';
import { EventOutbox } from './event-outbox.ts';
import type { MediaCommand, MediaEvent } from './media-protocol.ts';
import { Pacer } from './pacer.ts';
import { PortSession } from './port-session.ts';
import { openPorts } from './port-sockets.ts';
import type { PromptBank } from './prompt-bank.ts';

export interface MediaEngineParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly batch: DatagramBatch;
  readonly log: Log;
  readonly ports: number;
  /** Local address of all sockets. */
  readonly address: string;
  /** First RTP port number to try; an odd one is raised by one. */
  readonly firstPort: number;
  readonly prompts: PromptBank;
  readonly emit: (event: MediaEvent) => void;
  /** First `rtp-timeout` after so much silence; 0 = never. Default 30 s. */
  readonly rtpTimeoutMs?: number;
}

export interface MediaEngine {
  /** Opens the sockets; then `ready` is emitted. Errors: those of `DatagramBatch.open`. */
  start(): Promise<void>;
  /** Never throws. Events it causes come after it has returned. */
  command(command: MediaCommand): void;
  /** Ends sessions as `stop` does, closes the sockets. Resolves after the last event. */
  close(): Promise<void>;
}

export const healthMs = 5000;
const defaultRtpTimeoutMs = 30_000;

export function createMediaEngine(parts: MediaEngineParts): MediaEngine {
  return new Engine(parts);
}

class Engine implements MediaEngine {
  readonly #parts: MediaEngineParts;
  readonly #ports: readonly PortSession[];
  readonly #lastSession: number[];
  readonly #pacer: Pacer;
  readonly #outbox: EventOutbox;
  #active = 0;
  #strayPackets = 0;
  #health: Timer | null = null;
  #closed = false;

  constructor(parts: MediaEngineParts) {
    const { clock, random, batch, log, prompts } = parts;
    this.#parts = parts;
    this.#outbox = new EventOutbox(parts.emit);
    const emit = (event: MediaEvent): void => this.#outbox.add(event);
    const wallOffsetMs = clock.wall() - clock.monotonic();
    const rtpTimeoutMs = parts.rtpTimeoutMs ?? defaultRtpTimeoutMs;
    this.#ports = Array.from({ length: parts.ports }, (_, port) => new PortSession({ port, random, batch, log, prompts, emit, wallOffsetMs, rtpTimeoutMs }));
    this.#lastSession = this.#ports.map(() => -1);
    this.#pacer = new Pacer(clock, tickMs, (nowMs) => this.#tick(nowMs), (ticks) => this.#skip(ticks));
  }

  async start(): Promise<void> {
    const { batch, ports, address, firstPort, prompts } = this.#parts;
    batch.received = (slot, bytes, length, from, port) => this.#received(slot, bytes, length, from, port);
    const rtpPorts = await openPorts(batch, ports, address, firstPort);
    if (this.#closed) return batch.closeAll();
    this.#outbox.add({ type: 'ready', rtpPorts, prompts: prompts.ids() });
    this.#sleepUntilHealth();
  }

  command(command: MediaCommand): void {
    if (!this.#closed) this.#outbox.during(() => this.#obey(command));
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#outbox.during(() => this.#stopAll());
      this.#closed = true;
      this.#health?.cancel();
      this.#parts.batch.received = null;
      this.#parts.batch.closeAll();
    }
    this.#outbox.flush();
  }

  #obey(command: MediaCommand): void {
    if (command.type === 'shut-down') return this.#stopAll();
    const port = this.#ports[command.port];
    if (port === undefined) return this.#refuse(command.port, command.type);
    const nowMs = this.#parts.clock.monotonic();
    if (command.type === 'start') return this.#start(port, command, nowMs);
    if (command.session !== port.session || port.session < 0) return;
    if (command.type === 'stop') this.#stop(port, nowMs);
    else port.command(command, nowMs);
  }

  #refuse(port: number, command: string): void {
    this.#parts.log.write('error', 'no-such-media-port', 'A command names a port that does not exist.', { port, command });
  }

  /** A port still busy is stopped first; a session not newer than the last one is a late message. */
  #start(port: PortSession, command: Extract<MediaCommand, { type: 'start' }>, nowMs: number): void {
    if (command.session <= (this.#lastSession[command.port] ?? -1)) return;
    if (port.session >= 0) this.#stop(port, nowMs);
    this.#lastSession[command.port] = command.session;
    port.start(command.session, command.settings, nowMs);
    this.#active++;
    this.#pacer.start();
  }

  #stop(port: PortSession, nowMs: number): void {
    port.stop(nowMs);
    this.#parts.batch.flush();
    port.disconnect();
    if (--this.#active === 0) this.#pacer.stop();
  }

  #stopAll(): void {
    const nowMs = this.#parts.clock.monotonic();
    for (const port of this.#ports) if (port.session >= 0) this.#stop(port, nowMs);
  }

  #tick(nowMs: number): void {
    for (let index = 0; index < this.#ports.length; index++) {
      const port = this.#ports[index];
      if (port !== undefined && port.session >= 0) port.tick(nowMs);
    }
    this.#parts.batch.flush();
  }

  #skip(ticks: number): void {
    for (const port of this.#ports) if (port.session >= 0) port.skip(ticks);
  }

  #received(slot: number, bytes: Uint8Array, length: number, from: string, fromPort: number): void {
    const port = this.#ports[slot >> 1];
    if (port === undefined || port.session < 0) {
      this.#strayPackets++;
      return;
    }
    const nowMs = this.#parts.clock.monotonic();
    if (slot % 2 === 0) port.rtp(bytes, length, from, fromPort, nowMs);
    else if (!port.rtcp(bytes, length, from, fromPort, nowMs)) this.#strayPackets++;
  }

  /** Counters run since boot; `worstLateMs` is that of the last 5 s. */
  #tellHealth(): void {
    const { lateTicks, skippedTicks, worstLateMs } = this.#pacer.stats;
    this.#pacer.stats.worstLateMs = 0;
    const { sendFailures } = this.#parts.batch;
    this.#outbox.add({ type: 'health', activeSessions: this.#active, lateTicks, skippedTicks, worstLateMs, sendFailures, strayPackets: this.#strayPackets });
    this.#sleepUntilHealth();
  }

  #sleepUntilHealth(): void {
    this.#health = this.#parts.clock.after('media health', healthMs, () => this.#tellHealth());
  }
}
