/**
 * Simulated lines and what is at the far end of each: an exchange or a telephone, as an object that a test or a person moves.
 *
 *   const lines = new SimLines(clock);
 *   const exchange = lines.exchange('1');          exchange.ring({ number: '5551234', ... }); exchange.speak(codes); exchange.hangUp();
 *   const telephone = lines.telephone('2');        telephone.lift(); telephone.keys('201'); telephone.putDown();
 */
import type { Clock } from '../clock.ts';
import { HalError } from '../errors.ts';
import type { Line, LineDriver, LineRequest } from '../line.ts';
import { SimExchange } from './sim-exchange.ts';
import type { SimFarEnd, SimLineOptions } from './sim-far-end.ts';
import { SimTelephone } from './sim-telephone.ts';

export class SimLines implements LineDriver {
  readonly name = 'sim';
  readonly #clock: Clock;
  readonly #ends = new Map<string, SimFarEnd>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds a trunk line. */
  exchange(place: string, options: SimLineOptions = {}): SimExchange {
    return this.#add(place, new SimExchange(this.#clock, place, options));
  }

  /** Adds a phone port. */
  telephone(place: string, options: SimLineOptions = {}): SimTelephone {
    return this.#add(place, new SimTelephone(this.#clock, place, options));
  }

  /** What is at the far end of a line; null = there is no such line. */
  at(place: string): SimFarEnd | null {
    return this.#ends.get(place) ?? null;
  }

  async open(request: LineRequest): Promise<Line> {
    const end = this.#ends.get(request.place);
    if (end === undefined) throw new HalError('not-found', request.place, 'no such line');
    return end.open(request);
  }

  #add<End extends SimFarEnd>(place: string, end: End): End {
    this.#ends.set(place, end);
    return end;
  }
}
