import type { Clock } from '../clock.ts';
import { HalError } from '../errors.ts';
import { type ModemLines, type SerialPort, type SerialPorts, serialQueueBytes, type SerialSettings } from '../serial.ts';
import type { SimRandom } from './sim-random.ts';

export interface SerialFaults {
  /** Part of the bytes that arrive with a bit turned. */
  noise?: number;
  /** Part of the bytes that do not arrive. */
  loss?: number;
  /** This direction's wire is broken: a half-open line. */
  cut?: boolean;
  /** Beside the time on the wire. */
  delayMs?: number;
}

/** What an end is set to, and when its last byte is on the wire. */
interface End {
  readonly device: string;
  readonly faults: SerialFaults;
  port: SimSerialPort | null;
  freeAtMs: number;
}

/**
 * A null-modem cable and the device at each end. Bytes take the time of their bits; ends that are set to different rates hear
 * garbage. `unplug` takes the adapter of one end away.
 */
export class SimSerialCable {
  readonly a: SerialPorts;
  readonly b: SerialPorts;
  readonly #ends: Readonly<Record<'a' | 'b', End>>;
  readonly #clock: Clock;
  readonly #random: SimRandom;
  readonly #away = new Set<'a' | 'b'>();

  constructor(clock: Clock, random: SimRandom, device = '/dev/ttyS1') {
    this.#clock = clock;
    this.#random = random;
    const end = (): End => ({ device, faults: {}, port: null, freeAtMs: 0 });
    this.#ends = { a: end(), b: end() };
    this.a = { open: (name, settings) => this.#open('a', name, settings) };
    this.b = { open: (name, settings) => this.#open('b', name, settings) };
  }

  /** Of what this end sends. */
  fault(from: 'a' | 'b', faults: SerialFaults): void {
    Object.assign(this.#ends[from].faults, faults);
  }

  unplug(which: 'a' | 'b'): void {
    this.#away.add(which);
    this.#ends[which].port?.lose();
  }

  plug(which: 'a' | 'b'): void {
    this.#away.delete(which);
  }

  /** Its wires for them are there: an end that is open is seen by the other. */
  lines: 'three-wire' | 'full' | 'none' = 'full';

  #linesAt(which: 'a' | 'b'): ModemLines | null {
    if (this.lines === 'none') return null;
    const there = this.lines === 'full' && this.#ends[which === 'a' ? 'b' : 'a'].port !== null;
    return { dsr: there, dcd: there };
  }

  #break(from: 'a' | 'b'): void {
    const [near, farSide] = [this.#ends[from], this.#ends[from === 'a' ? 'b' : 'a']];
    this.#clock.after('serial wire', Math.max(0, near.freeAtMs - this.#clock.monotonic()), () => near.faults.cut !== true && farSide.port?.hearBreak());
  }

  async #open(which: 'a' | 'b', device: string, settings: SerialSettings): Promise<SerialPort> {
    const end = this.#ends[which];
    if (device !== end.device || this.#away.has(which)) throw new HalError('not-found', device, 'no such device');
    if (end.port !== null) throw new HalError('busy', device, 'another program has it');
    end.freeAtMs = 0;
    end.port = new SimSerialPort(this.#clock, device, settings, {
      send: (bytes, baud) => this.#send(which, bytes, baud),
      lines: () => this.#linesAt(which),
      break: () => this.#break(which),
      ended: (port) => void (end.port === port && (end.port = null)),
    });
    return end.port;
  }

  #send(from: 'a' | 'b', bytes: Uint8Array, baud: number): number {
    const [near, farSide] = [this.#ends[from], this.#ends[from === 'a' ? 'b' : 'a']];
    const { noise = 0, loss = 0, delayMs = 0 } = near.faults;
    near.freeAtMs = Math.max(near.freeAtMs, this.#clock.monotonic()) + (bytes.length * 10_000) / baud;
    const kept = bytes.filter(() => loss === 0 || !this.#random.chance(loss));
    const turned = kept.map((byte) => (noise > 0 && this.#random.chance(noise) ? byte ^ (1 << this.#random.below(8)) : byte));
    this.#clock.after('serial wire', near.freeAtMs + delayMs - this.#clock.monotonic(), () => {
      const { port } = farSide;
      if (near.faults.cut === true || port === null || turned.length === 0) return;
      port.hear(port.baud === baud ? turned : this.#random.bytes(turned.length));
    });
    return near.freeAtMs;
  }
}

interface Wire {
  /** Returns when the last byte has left. */
  readonly send: (bytes: Uint8Array, baud: number) => number;
  /** null = the device has none. */
  readonly lines: () => ModemLines | null;
  readonly break: () => void;
  readonly ended: (port: SimSerialPort) => void;
}

class SimSerialPort implements SerialPort {
  received: ((bytes: Uint8Array) => void) | null = null;
  closed: ((error: HalError) => void) | null = null;
  broke: (() => void) | null = null;
  baud: number;
  readonly #breaks: boolean;
  readonly #clock: Clock;
  readonly #device: string;
  readonly #wire: Wire;
  #freeAtMs = 0;
  #open = true;

  constructor(clock: Clock, device: string, { baud, breaks = false }: SerialSettings, wire: Wire) {
    this.#clock = clock;
    this.#device = device;
    this.baud = baud;
    this.#breaks = breaks;
    this.#wire = wire;
  }

  write(bytes: Uint8Array): boolean {
    const waitingBytes = (Math.max(0, this.#freeAtMs - this.#clock.monotonic()) * this.baud) / 10_000;
    if (!this.#open || waitingBytes + bytes.length > serialQueueBytes) return false;
    this.#freeAtMs = this.#wire.send(bytes.slice(), this.baud);
    return true;
  }

  async setBaud(baud: number): Promise<void> {
    this.#refuseClosed();
    this.baud = baud;
  }

  async modemLines(): Promise<ModemLines> {
    this.#refuseClosed();
    const lines = this.#wire.lines();
    if (lines === null) throw new HalError('unsupported', this.#device, 'it has no modem lines');
    return lines;
  }

  async sendBreak(): Promise<void> {
    this.#refuseClosed();
    this.#wire.break();
  }

  /** @internal Without `breaks` it is a byte of nothing, as a real one is, whatever the speeds. */
  hearBreak(): void {
    if (this.#open && this.#breaks) this.broke?.();
    else this.hear(Uint8Array.of(0));
  }

  async close(): Promise<void> {
    this.#end();
  }

  /** @internal Spoils the bytes afterwards, so that whoever keeps them is found out. */
  hear(bytes: Uint8Array): void {
    if (this.#open) this.received?.(bytes);
    bytes.fill(0xee);
  }

  /** @internal */
  lose(): void {
    if (!this.#open) return;
    this.#end();
    this.#clock.after('serial hang-up', 0, () => this.closed?.(new HalError('connection-lost', this.#device, 'hung up')));
  }

  #end(): void {
    this.#open = false;
    this.#wire.ended(this);
  }

  #refuseClosed(): void {
    if (!this.#open) throw new HalError('closed', this.#device, 'Port is not open');
  }
}
