/**
 * The media thread's whole work: all ports, one pacer, one datagram batch. Runs in a worker in production, inline on virtual time in tests.
 *
 *   control ──commands──> engine ──> port sessions ──events──> control
 *                 pacer ──ticks──┘        │ ▲
 *                                      batch (sockets); what comes: `port-datagrams.ts`
 */
import type { Clock } from '../../hal/clock.ts';
import type { DatagramBatch } from '../../hal/datagram.ts';
import { HalError } from '../../hal/errors.ts';
import type { LineDriver } from '../../hal/line.ts';
import type { Random } from '../../hal/random.ts';
import type { Log } from '../log.ts';
import { tickMs } from './audio-format.ts';
import { ChunkPlaces } from './chunk-places.ts';
import { EngineHealth } from './engine-health.ts';
import { EventOutbox } from './event-outbox.ts';
import { joinPorts } from './joined-ports.ts';
import { LineSet } from './lines/line-set.ts';
import type { LineStation } from './lines/line-station.ts';
import type { LineSettings, MediaCommand, MediaThreadEvent } from './media-protocol.ts';
import { Pacer } from './pacer.ts';
import { PortDatagrams } from './port-datagrams.ts';
import { noRtp } from './port-report.ts';
import { PortSession } from './port-session.ts';
import type { SocketPair } from './port-slots.ts';
import { ownPair, sharedPair } from './port-slots.ts';
import { openPorts } from './port-sockets.ts';
import type { PromptBank } from './prompt-bank.ts';
import { SharedSockets } from './shared-sockets.ts';

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
  /** What `wholeEvents` makes `MediaEvent`s of. */
  readonly emit: (event: MediaThreadEvent) => void;
  /** The address of the pair, where calls are to go on whichever unit has it; absent or null = there is none. */
  readonly sharedAddress?: string | null;
  /** First `rtp-timeout` after so much silence; 0 = never. Default 30 s. */
  readonly rtpTimeoutMs?: number;
  /** How often a packet of silence is sent while a caller is recorded; default 0: all are. */
  readonly silentPacketMs?: number;
  /** Analog lines; absent = none. */
  readonly lines?: readonly LineSettings[];
  /** By the name that the lines give. Errors: unsupported. */
  readonly lineDriver?: (name: string) => LineDriver;
}

export interface MediaEngine {
  /** Opens the sockets; then `ready` is emitted. Errors: those of `DatagramBatch.open`. */
  start(): Promise<void>;
  /** Never throws. Events it causes come after it has returned. */
  command(command: MediaCommand): void;
  /** Of its buffers, what no caller has made it write to yet: it takes none of the machine's memory. */
  readonly untouchedBytes: number;
  /** Ends sessions as `stop` does, closes the sockets. Resolves after the last event. */
  close(): Promise<void>;
}

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
  readonly #places: ChunkPlaces;
  readonly #shared: SharedSockets;
  readonly #lines: LineSet;
  readonly #datagrams: PortDatagrams;
  readonly #health: EngineHealth;
  #active = 0;
  /** Sessions that the pacer has to tick. */
  #paced = 0;
  #closed = false;

  constructor(parts: MediaEngineParts) {
    const { clock, random, batch, log, prompts } = parts;
    this.#parts = parts;
    this.#outbox = new EventOutbox(parts.emit);
    this.#places = ChunkPlaces.make(parts.ports);
    const emit = (event: MediaThreadEvent): void => this.#outbox.add(event);
    const wallOffsetMs = clock.wall() - clock.monotonic();
    const rtpTimeoutMs = parts.rtpTimeoutMs ?? defaultRtpTimeoutMs;
    const silentPacketMs = parts.silentPacketMs ?? 0;
    const pairsOf = (port: number): { own: SocketPair; shared: SocketPair } => ({ own: ownPair(port), shared: sharedPair(port, parts.ports) });
    this.#ports = Array.from({ length: parts.ports }, (_, port) => new PortSession({ port, ...pairsOf(port), random, batch, log, prompts, emit, places: this.#places, wallOffsetMs, rtpTimeoutMs, silentPacketMs }));
    this.#shared = new SharedSockets({ batch, log, address: parts.sharedAddress ?? null, ports: parts.ports, opened: (port) => this.#ports[port]?.socketsOpened() });
    this.#lines = new LineSet({ clock, log, lines: parts.lines ?? [], driver: parts.lineDriver ?? noDriver, emit, lost: (station) => this.#lineLost(station) });
    this.#lastSession = this.#ports.map(() => -1);
    this.#pacer = new Pacer(clock, tickMs, (nowMs) => this.#tick(nowMs), (ticks) => this.#skip(ticks));
    this.#datagrams = new PortDatagrams(clock, batch, this.#ports);
    this.#health = new EngineHealth({ clock, batch, pacer: this.#pacer, datagrams: this.#datagrams, lines: this.#lines, activeSessions: () => this.#active, emit });
  }

  async start(): Promise<void> {
    const { batch, ports, address, firstPort, prompts } = this.#parts;
    const datagrams = this.#datagrams;
    batch.received = (slot, bytes, length, from, port) => datagrams.received(slot, bytes, length, from, port);
    const rtpPorts = await openPorts(batch, ports, address, firstPort);
    await this.#shared.open(rtpPorts);
    if (this.#closed) return batch.closeAll();
    this.#outbox.add({ type: 'chunk-places', memory: this.#places.memory });
    this.#outbox.add({ type: 'ready', rtpPorts, prompts: prompts.ids() });
    this.#health.start();
    this.#lines.start();
  }

  command(command: MediaCommand): void {
    if (!this.#closed) this.#outbox.during(() => this.#obey(command));
  }

  get untouchedBytes(): number {
    return this.#places.untouchedBytes;
  }

  async close(): Promise<void> {
    if (!this.#closed) {
      this.#outbox.during(() => this.#stopAll());
      this.#closed = true;
      this.#health.stop();
      this.#shared.close();
      await this.#lines.close();
      this.#parts.batch.received = null;
      this.#parts.batch.closeAll();
    }
    this.#outbox.flush();
  }

  #obey(command: MediaCommand): void {
    if (command.type === 'shut-down') return this.#stopAll();
    if (command.type === 'share') return this.#shared.share(command.held);
    if (command.type === 'join') return joinPorts(this.#ports, command, this.#parts.log);
    if (command.type === 'line') return this.#lines.command(command.line, command.command);
    const port = this.#ports[command.port];
    if (port === undefined) return this.#refuse(command.port, command.type);
    const nowMs = this.#parts.clock.monotonic();
    if (command.type === 'start') return this.#start(port, command, nowMs);
    if (command.type === 'start-line') return this.#startOnLine(port, command, nowMs);
    if (command.session !== port.session || port.session < 0) return;
    if (command.type === 'stop') this.#stop(port, nowMs, command.quietly);
    else port.command(command, nowMs);
  }

  #refuse(port: number, command: string): void {
    this.#parts.log.write('error', 'no-such-media-port', 'A command names a port that does not exist.', { port, command });
  }

  #start(port: PortSession, command: Extract<MediaCommand, { type: 'start' }>, nowMs: number): void {
    if (!this.#makeRoom(port, command.port, command.session, nowMs)) return;
    if (command.shared === true && !this.#shared.used) this.#parts.log.write('error', 'no-shared-audio', 'A call wants its audio at the shared address, and this unit follows none.', { port: command.port });
    port.start({ ...command, shared: command.shared === true && this.#shared.used }, nowMs);
    this.#began(port);
  }

  /** A session that the line cannot carry is over at once. */
  #startOnLine(port: PortSession, { port: number, session, line, bridge }: Extract<MediaCommand, { type: 'start-line' }>, nowMs: number): void {
    if (!this.#makeRoom(port, number, session, nowMs)) return;
    const station = this.#lines.at(line);
    const why = station === null ? 'There is no such line.' : !station.isOpen ? 'The line is not open.' : bridge !== null && station.halfDuplex ? 'A half-duplex line cannot be joined to a call.' : '';
    if (station === null || why !== '') {
      this.#parts.log.write('error', 'no-session-on-line', why, { port: number, line });
      return this.#outbox.add({ type: 'stopped', port: number, session, stats: noRtp });
    }
    const before = this.#on(station);
    if (before !== undefined) this.#stop(before, nowMs);
    port.startLine(session, station, bridge, nowMs);
    this.#began(port);
  }

  /** A port still busy is stopped first; a session not newer than the last one is a late message: false. */
  #makeRoom(port: PortSession, number: number, session: number, nowMs: number): boolean {
    if (session <= (this.#lastSession[number] ?? -1)) return false;
    if (port.session >= 0) this.#stop(port, nowMs);
    this.#lastSession[number] = session;
    return true;
  }

  #began(port: PortSession): void {
    this.#active++;
    if (port.usesRtp && this.#paced++ === 0) this.#pacer.start();
  }

  #stop(port: PortSession, nowMs: number, quietly = false): void {
    const paced = port.usesRtp;
    port.stop(nowMs, !quietly && (!port.atShared || this.#shared.held));
    this.#parts.batch.flush();
    port.disconnect();
    this.#active--;
    if (paced && --this.#paced === 0) this.#pacer.stop();
  }

  /** What had come is kept; the session is over. */
  #lineLost(station: LineStation): void {
    const port = this.#on(station);
    if (port !== undefined) this.#stop(port, this.#parts.clock.monotonic());
  }

  #on(station: LineStation): PortSession | undefined {
    return this.#ports.find((port) => port.session >= 0 && port.station === station);
  }

  #stopAll(): void {
    const nowMs = this.#parts.clock.monotonic();
    for (const port of this.#ports) if (port.session >= 0) this.#stop(port, nowMs);
  }

  #tick(nowMs: number): void {
    for (let index = 0; index < this.#ports.length; index++) {
      const port = this.#ports[index];
      if (port !== undefined && port.session >= 0) port.tick(nowMs, this.#shared.held);
    }
    this.#parts.batch.flush();
  }

  #skip(ticks: number): void {
    for (const port of this.#ports) if (port.session >= 0) port.skip(ticks);
  }
}

/** For an engine that was given lines and nobody to open them. */
function noDriver(name: string): never {
  throw new HalError('unsupported', `line driver ${name}`, 'this engine has no line drivers');
}
