import type { FarEndAct, FarEndsConsole, LineCall } from '../../../firmware/console/parts/far-ends-console.ts';
import type { TestCall } from '../../../firmware/console/parts/test-phone.ts';
import type { LineSettings } from '../../../firmware/config/line-settings.ts';
import type { Clock } from '../../../hal/clock.ts';
import { mediaLines } from '../../common/board-lines.ts';
import type { Board } from '../../board.ts';
import { LineCaller } from './line-caller.ts';
import type { SimLineNews, SimLineOrder } from './line-orders.ts';

export interface FarEndsParts {
  readonly clock: Clock;
  readonly lines: () => readonly LineSettings[];
  readonly board: Board;
  readonly channel: { received: ((news: SimLineNews) => void) | null; send(order: SimLineOrder): void };
  /** Speech or a file as 8 kHz samples. */
  readonly speech: (speech: NonNullable<TestCall['speech']>) => Promise<Int16Array>;
}

const orders: Readonly<Record<FarEndAct, SimLineOrder extends infer Order ? (Order extends { place: string } ? Omit<Order, 'place'> : never) : never>> = {
  lift: { act: 'lift' },
  down: { act: 'put-down' },
  flash: { act: 'flash' },
  'hang-up': { act: 'hang-up' },
  unplug: { act: 'unplug' },
  plug: { act: 'plug' },
  'no-battery': { act: 'battery', present: false },
  battery: { act: 'battery', present: true },
};

/** The far ends of the simulated lines, moved from the console: callers of the exchange, and telephones. */
export class FarEnds implements FarEndsConsole {
  readonly #parts: FarEndsParts;
  readonly #callers = new Map<string, LineCaller>();

  constructor(parts: FarEndsParts) {
    this.#parts = parts;
    parts.channel.received = (news) => this.#callers.get(news.place)?.news(news);
  }

  lines(): readonly { readonly name: string; readonly kind: 'trunk' | 'phone' }[] {
    return this.#simulated().map(({ name, kind }) => ({ name, kind }));
  }

  async ring(call: LineCall, tell: (line: string) => void, signal: AbortSignal): Promise<string> {
    const place = this.#placeOf(call.line);
    if (place === null) return `line ${call.line} is not simulated`;
    if (this.#callers.has(place)) return 'another call is on this line';
    const samples = call.speech === null ? null : await this.#parts.speech(call.speech);
    const { clock, channel } = this.#parts;
    const caller = new LineCaller({ clock, tell, order: (order) => channel.send({ ...order, place } as SimLineOrder) }, call, samples);
    this.#callers.set(place, caller);
    return caller.run(signal).finally(() => this.#callers.delete(place));
  }

  act(line: string, act: FarEndAct): void {
    this.#order(line, orders[act]);
  }

  keys(line: string, keys: string, via: 'dtmf' | 'pulse'): void {
    this.#order(line, { act: 'keys', keys, via });
  }

  #order(line: string, order: object): void {
    const place = this.#placeOf(line);
    if (place !== null) this.#parts.channel.send({ ...order, place } as SimLineOrder);
  }

  #placeOf(line: string): string | null {
    return this.#simulated().find(({ name }) => name === line)?.place ?? null;
  }

  #simulated() {
    return mediaLines(this.#parts.lines(), this.#parts.board).filter(({ driver }) => driver === 'sim');
  }
}
