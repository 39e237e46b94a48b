import { HalError, type HalErrorId } from '../errors.ts';
import type { Gpio, PinRequest, Pins } from '../gpio.ts';

/** Pins in memory: the other side of each line is driven and looked at in levels, as a meter would see them. */
export class SimGpio implements Gpio {
  readonly name = 'sim';
  /** The next `open` fails with this. */
  openFails: HalErrorId | null = null;
  /** Each setting of an output is refused with this. */
  setFails: HalErrorId | null = null;
  readonly #levels = new Map<string, boolean>();
  readonly #open = new Map<string, SimPins>();

  async open(requests: readonly PinRequest[]): Promise<Pins> {
    if (this.openFails !== null) throw new HalError(this.openFails, this.name, 'as the test asked');
    const taken = requests.find(({ place }) => this.#open.has(lineOf(place)));
    if (taken !== undefined) throw new HalError('busy', `${taken.place.chip} line ${taken.place.line}`, 'the line is taken');
    const pins = new SimPins(this, requests, () => requests.forEach(({ place }) => this.#open.delete(lineOf(place))));
    for (const { direction, place } of requests) {
      this.#open.set(lineOf(place), pins);
      if (direction === 'out') this.#levels.set(lineOf(place), place.activeLow);
    }
    return pins;
  }

  /** Level of a line: true = high. What nothing drives is as its bias says. */
  level(place: PinRequest['place']): boolean {
    return this.#levels.get(lineOf(place)) ?? place.bias === 'up';
  }

  /** Drives an input from outside; null = lets go of it. */
  drive(place: PinRequest['place'], level: boolean | null): void {
    const before = this.level(place);
    if (level === null) this.#levels.delete(lineOf(place));
    else this.#levels.set(lineOf(place), level);
    if (this.level(place) !== before) this.#open.get(lineOf(place))?.moved(place);
  }

  /** @internal */
  put(place: PinRequest['place'], level: boolean): void {
    if (this.setFails !== null) throw new HalError(this.setFails, `${place.chip} line ${place.line}`, 'as the test asked');
    this.#levels.set(lineOf(place), level);
  }
}

const lineOf = ({ chip, line }: PinRequest['place']): string => `${chip}:${line}`;

class SimPins implements Pins {
  changed: Pins['changed'] = null;
  failed: Pins['failed'] = null;
  readonly #gpio: SimGpio;
  readonly #requests: ReadonlyMap<string, PinRequest>;
  readonly #set = new Map<string, boolean>();
  readonly #release: () => void;
  #closed = false;

  constructor(gpio: SimGpio, requests: readonly PinRequest[], release: () => void) {
    this.#gpio = gpio;
    this.#requests = new Map(requests.map((request) => [request.name, request]));
    this.#release = release;
  }

  asserted(name: string): boolean {
    const { direction, place } = this.#request(name);
    if (direction === 'out') return this.#set.get(name) ?? false;
    return this.#gpio.level(place) !== place.activeLow;
  }

  set(name: string, asserted: boolean): void {
    const { direction, place } = this.#request(name);
    if (direction === 'in') throw new RangeError(`${name} is an input`);
    if (this.#closed) return;
    try {
      this.#gpio.put(place, asserted !== place.activeLow);
      this.#set.set(name, asserted);
    } catch (error) {
      const refusal = error as HalError;
      queueMicrotask(() => this.failed?.(refusal));
    }
  }

  close(): void {
    if (this.#closed) return;
    for (const { name, direction } of this.#requests.values()) if (direction === 'out') this.set(name, false);
    this.#closed = true;
    this.#release();
  }

  /** @internal */
  moved(place: PinRequest['place']): void {
    for (const request of this.#requests.values()) {
      if (request.place !== place && lineOf(request.place) !== lineOf(place)) continue;
      const asserted = this.asserted(request.name);
      queueMicrotask(() => {
        if (!this.#closed) this.changed?.(request.name, asserted);
      });
    }
  }

  #request(name: string): PinRequest {
    const request = this.#requests.get(name);
    if (request === undefined) throw new RangeError(`no pin ${name} was requested`);
    return request;
  }
}
