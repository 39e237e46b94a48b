import * as assert from 'uvu/assert';
import { V253Driver } from '../../hal/drivers/v253/v253-driver.ts';
import { decodeTable, encodeTable, silenceCode } from '../../hal/g711.ts';
import type { Line, LineEvent, LineHappening, LineLaw, LineRequest } from '../../hal/line.ts';
import { plainSerial } from '../../hal/serial.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { SimSerialCable } from '../../hal/sim/sim-serial.ts';
import { modemOn, type ModemRequest, type OpenedModem } from './modem/open-modem.ts';

export const modemPlace = '/dev/ttyUSB0';

export const trunk = (options: Readonly<Record<string, string>> = {}, place = modemPlace): LineRequest => ({ name: 'line 1', kind: 'trunk', place, zone: 'us', options });

/** An emulated modem, a simulated cable and our driver, in virtual time. */
export interface ModemWorld extends OpenedModem {
  readonly clock: SimClock;
  readonly cable: SimSerialCable;
  readonly driver: V253Driver;
}

export async function modemWorld(request: ModemRequest = {}, baud = 115_200): Promise<ModemWorld> {
  const clock = new SimClock();
  const cable = new SimSerialCable(clock, new SimRandom(request.seed ?? 1), modemPlace);
  const modem = modemOn(await cable.b.open(modemPlace, plainSerial(baud)), clock, request);
  return { ...modem, clock, cable, driver: new V253Driver(cable.a, clock) };
}

/** Lets virtual time pass until a promise has an end. */
export async function settled<T>(clock: SimClock, promise: Promise<T>, limitMs = 60_000): Promise<T> {
  let done = false;
  const watched = promise.finally(() => (done = true));
  watched.catch(() => undefined);
  if (!(await clock.until(() => done, limitMs, 20))) throw new Error(`no end within ${limitMs} ms`);
  return watched;
}

/** Whoever holds a line as the runtime does: hears all, and writes a frame for each that is heard while it has something to say. */
export class LineHolder {
  readonly line: Line;
  readonly events: LineEvent[] = [];
  readonly frames: Uint8Array[] = [];
  /** The sample count of each frame. */
  readonly counts: number[] = [];
  lost: string | null = null;
  #toSay: Uint8Array[] = [];

  constructor(line: Line) {
    this.line = line;
    line.happened = (event) => void this.events.push(event);
    line.lost = (error) => void (this.lost = error.id);
    line.audio.heard = (frame, sample) => {
      this.frames.push(frame.slice());
      this.counts.push(sample);
      const next = this.#toSay[0];
      if (next !== undefined && line.audio.write(next)) this.#toSay.shift();
    };
  }

  get law(): LineLaw {
    return this.line.capabilities.law;
  }

  get saying(): boolean {
    return this.#toSay.length > 0;
  }

  say(samples: Int16Array): void {
    for (let at = 0; at < samples.length; at += 160) {
      const frame = new Uint8Array(160).fill(silenceCode(this.law));
      samples.subarray(at, at + 160).forEach((sample, place) => (frame[place] = encodeTable(this.law)[sample + 32_768] ?? 0));
      this.#toSay.push(frame);
    }
  }

  /** All that was heard, 16-bit linear. */
  get heard(): Int16Array {
    return Int16Array.from(Buffer.concat(this.frames), (code) => decodeTable(this.law)[code] ?? 0);
  }

  has(type: LineHappening['type']): boolean {
    return this.events.some((event) => event.type === type);
  }

  types(): string[] {
    return this.events.map(({ type }) => type);
  }

  digits(): string {
    return this.events.map((event) => (event.type === 'digit' ? event.digit : '')).join('');
  }
}

/** The modem set up, the line open. */
export async function openLine(world: ModemWorld, options: Readonly<Record<string, string>> = {}): Promise<LineHolder> {
  return new LineHolder(await settled(world.clock, world.driver.open(trunk(options))));
}

/** And a caller on it. */
export async function answeredLine(world: ModemWorld, options: Readonly<Record<string, string>> = {}): Promise<LineHolder> {
  const holder = await openLine(world, options);
  world.exchange.ring();
  await happens(world.clock, holder, 'ring-started');
  holder.line.control.seize();
  await happens(world.clock, holder, 'off-hook');
  await world.clock.advance(1500);
  return holder;
}

export async function happens(clock: SimClock, holder: LineHolder, type: LineHappening['type'], limitMs = 20_000): Promise<void> {
  if (!(await clock.until(() => holder.has(type), limitMs))) throw new Error(`no ${type} within ${limitMs} ms; there were: ${holder.types().join(', ')}`);
}

/** Loud samples that never repeat, each one that comes through `law` as it is. */
export function knownSamples(law: LineLaw, count: number, seed: number): Int16Array {
  const random = new SimRandom(seed);
  return Int16Array.from({ length: count }, () => decodeTable(law)[random.below(256)] ?? 0);
}

/** Where `part` begins in `whole`, all of it, sample for sample; -1 = nowhere. */
export function placeOf(whole: Int16Array, part: Int16Array): number {
  const first = part[0] ?? 0;
  for (let at = whole.indexOf(first); at >= 0; at = whole.indexOf(first, at + 1)) if (part.every((wanted, offset) => whole[at + offset] === wanted)) return at;
  return -1;
}

/** The same through eight linear bits: each sample within a step of them and one of the law. */
export function placeNear(whole: Int16Array, part: Int16Array): number {
  const near = (sample: number, wanted: number): boolean => Math.abs(sample - wanted) <= 300 + Math.abs(wanted) / 12;
  for (let at = 0; at + part.length <= whole.length; at++) if (part.every((wanted, offset) => near(whole[at + offset] ?? 0, wanted))) return at;
  return -1;
}

/** After whatever happened: a call comes, and both hear each other. */
export async function goodCall(world: ModemWorld, holder: LineHolder): Promise<void> {
  const { clock, exchange } = world;
  holder.events.length = 0;
  exchange.ring();
  await happens(clock, holder, 'ring-started');
  holder.line.control.seize();
  await happens(clock, holder, 'off-hook');
  const [greeting, message] = [knownSamples(holder.law, 3200, 1), knownSamples(holder.law, 3200, 2)];
  holder.say(greeting);
  await clock.advance(2500);
  exchange.speak(message);
  await clock.advance(1500);
  assert.ok(placeNear(exchange.heard, greeting) >= 0 && placeNear(holder.heard, message) >= 0, `both hear each other; ${holder.types().join()}`);
  holder.line.control.release();
  await happens(clock, holder, 'on-hook');
}
