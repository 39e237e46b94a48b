// Runs in the guest: a line of our driver, with all that it told, and what it heard while recording.
import { LinuxClock } from '../../../hal/drivers/linux/linux-clock.ts';
import { LinuxDahdiDevices } from '../../../hal/drivers/dahdi/dahdi-device.ts';
import { DahdiDriver } from '../../../hal/drivers/dahdi/dahdi-driver.ts';
import type { Line, LineEvent, LineKind, LineRequest } from '../../../hal/line.ts';
import type { DahdiPort, Sound } from '../exchange/dahdi-port.ts';
import type { Exchange } from '../exchange/exchange.ts';

export const driver = new DahdiDriver(new LinuxClock(), new LinuxDahdiDevices());

export const requestFor = (kind: LineKind, place: string, options: Record<string, string> = {}): LineRequest => ({ name: `${kind}-${place}`, kind, place, zone: 'us', options });

export class UnitLine {
  readonly line: Line;
  events: LineEvent[] = [];
  lost: string | null = null;
  received = 0;
  /** Frames that the queue did not take. */
  refused = 0;
  heard: (frame: Uint8Array) => void = () => undefined;
  #recorded: Uint8Array[] | null = null;
  #sound: Sound | null = null;
  readonly #out = new Uint8Array(160);

  private constructor(line: Line) {
    this.line = line;
    line.happened = (event) => void this.events.push(event);
    line.lost = (error) => void (this.lost = error.message);
    line.audio.heard = (frame) => this.#hear(frame);
  }

  static async open(kind: LineKind, place: string, options: Record<string, string> = {}): Promise<UnitLine> {
    return new UnitLine(await driver.open(requestFor(kind, place, options)));
  }

  /** One frame for each that is heard, as the runtime does it. */
  play(sound: Sound | null): void {
    this.#sound = sound;
  }

  record(): void {
    this.#recorded = [];
  }

  take(): Uint8Array {
    const recorded = Buffer.concat(this.#recorded ?? []);
    this.#recorded = null;
    return recorded;
  }

  has(type: LineEvent['type']): boolean {
    return this.events.some((event) => event.type === type);
  }

  types(): string[] {
    return this.events.map(({ type }) => type);
  }

  /** Samples of `port` from now until the line tells `type`. */
  async tells(exchange: Exchange, port: DahdiPort, type: LineEvent['type'], limitMs: number): Promise<number> {
    const before = port.received;
    await exchange.until(`the line tells ${type}`, () => this.has(type), limitMs);
    return port.received - before;
  }

  #hear(frame: Uint8Array): void {
    this.received += frame.length;
    this.#recorded?.push(frame.slice());
    this.heard(frame);
    if (this.#sound === null) return;
    if (!this.#sound(this.#out)) this.#sound = null;
    if (!this.line.audio.write(this.#out)) this.refused++;
  }
}
