// Random schedules from a seed: messages at a distributed unit, cut lines, a central unit that changes, lost power and failing disks on all three.
// In the end no message is lost and none is doubled. DELIVERY_SEED=n runs one seed.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HalError } from '../../hal/errors.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import type { SimStorage } from '../../hal/sim/sim-storage.ts';
import type { DeliveryName } from '../support/delivery-world.ts';
import { deliveryNames, DeliveryWorld } from '../support/delivery-world.ts';
import { figure } from '../support/figure.ts';
import { audio, factsFor, wholeOf } from '../support/store-fixture.ts';
import { randomFates } from './fates.ts';

const seeds = 400;
const steps = 16;
const only = process.env['DELIVERY_SEED'];
const limitMs = 4 * 3_600_000;

interface Known {
  readonly mailbox: string;
  readonly audio: Buffer;
  stored: boolean;
  purge: 'none' | 'asked' | 'done';
}

const isDead = (storage: SimStorage): Promise<boolean> => Promise.race([storage.powerLost.then(() => true), Promise.resolve().then(() => null).then(() => false)]);

class Schedule {
  readonly known = new Map<string, Known>();
  readonly counts: Record<string, number> = {};
  readonly #seed: number;
  readonly #random: SimRandom;
  readonly #world: DeliveryWorld;
  #fates: number;

  constructor(seed: number, world: DeliveryWorld) {
    this.#seed = seed;
    this.#fates = seed * 1000;
    this.#random = new SimRandom(seed);
    this.#world = world;
  }

  async run(): Promise<string[]> {
    for (let step = 0; step < steps; step++) {
      await this.#step();
      await this.#pass(this.#random.below(4) === 0 ? this.#random.below(40_000) : this.#random.below(1500));
    }
    await this.#end();
    return this.#broken();
  }

  async #step(): Promise<void> {
    const any = (): DeliveryName => deliveryNames[this.#random.below(3)] as DeliveryName;
    const actions: [number, string, () => Promise<void> | void][] = [
      [6, 'message', () => this.#leave()],
      [3, 'cut', () => this.#world.cut('far', this.#random.below(2) === 0 ? 'primary' : 'backup')],
      [1, 'cut the pair', () => this.#world.cut('primary', 'backup')],
      [4, 'heal', () => this.#world.heal()],
      [2, 'reset', () => this.#world.reset('far', this.#random.below(2) === 0 ? 'primary' : 'backup')],
      [4, 'power', () => this.#cutSoon(any())],
      [2, 'fault', () => this.#failSoon(any())],
      [4, 'change', () => this.#world.serve(([null, 'primary', 'backup', 'backup'] as const)[this.#random.below(4)] ?? null)],
      [2, 'mark', () => this.#mark(any())],
      [2, 'purge at home', () => this.#purge()],
    ];
    let at = this.#random.below(actions.reduce((sum, [weight]) => sum + weight, 0));
    const chosen = actions.find(([weight]) => (at -= weight) < 0) as (typeof actions)[number];
    this.#note(chosen[1]);
    await chosen[2]();
  }

  #note(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
    if (only !== undefined) figure(`${(this.#world.clock.monotonic() / 1000).toFixed(1)} s ${what}; ${deliveryNames.map((name) => `${name} ${this.#world.messages(name).length}`).join(', ')}`);
  }

  async #pass(ms: number): Promise<void> {
    await this.#world.clock.advance(ms);
    for (const name of deliveryNames) if (await isDead(this.#world.unit(name).storage)) await this.#reboot(name);
  }

  async #reboot(name: DeliveryName): Promise<void> {
    this.#note(`reboot ${name}`);
    const { storage } = this.#world.unit(name);
    this.#world.off(name);
    await this.#world.boot(name, storage.afterPowerCut(randomFates(this.#fates++).make(), {}));
  }

  /** What is asked of a store that loses its power is never answered. */
  async #asked(name: DeliveryName, work: () => Promise<void>): Promise<boolean> {
    const done = work().then(() => true, (error: unknown) => {
      if (error instanceof HalError) return false;
      throw error;
    });
    return Promise.race([done, this.#world.unit(name).storage.powerLost.then(() => false)]);
  }

  async #leave(): Promise<void> {
    const mailbox = ['201', '202', '203'][this.#random.below(3)] as string;
    const chunks = Array.from({ length: 1 + this.#random.below(3) }, (_, chunk) => audio(this.known.size, chunk, 8 * (50 + this.#random.below(5000))));
    await this.#asked('far', async () => {
      const writer = await this.#world.unit('far').store.begin(factsFor(mailbox));
      const known: Known = { mailbox, audio: Buffer.concat(chunks), stored: false, purge: 'none' };
      this.known.set(writer.id, known);
      for (const chunk of chunks) writer.append(chunk.slice(), 0);
      known.stored = !(await writer.finish('hung-up')).interrupted;
    });
  }

  #cutSoon(name: DeliveryName): void {
    let left = this.#random.below(30);
    this.#world.unit(name).storage.fault = ({ kind }) => (kind !== 'read' && kind !== 'stat' && left-- <= 0 ? 'power-cut' : null);
  }

  #failSoon(name: DeliveryName): void {
    const error = (['io', 'no-space', 'read-only'] as const)[this.#random.below(3)] ?? 'io';
    let left = this.#random.below(20);
    this.#world.unit(name).storage.fault = () => (left-- === 0 ? error : null);
  }

  async #mark(name: DeliveryName): Promise<void> {
    const all = this.#world.messages(name);
    const message = all[this.#random.below(all.length || 1)];
    if (message !== undefined) await this.#asked(name, () => this.#world.unit(name).store.mark(message.mailbox, message.id, this.#random.below(2) === 0 ? 'saved' : 'old'));
  }

  async #purge(): Promise<void> {
    const all = this.#world.messages('primary');
    const message = all[this.#random.below(all.length || 1)];
    const known = message === undefined ? undefined : this.known.get(message.id);
    if (message === undefined || known === undefined) return;
    if (known.purge === 'none') known.purge = 'asked';
    if (await this.#asked('primary', () => this.#world.unit('primary').store.purge(message.mailbox, message.id))) known.purge = 'done';
  }

  /** All is well again, and stays so. */
  async #end(): Promise<void> {
    for (const name of deliveryNames) this.#world.unit(name).storage.fault = null;
    await this.#pass(0);
    for (const name of deliveryNames) this.#world.unit(name).storage.fault = null;
    this.#world.heal();
    this.#world.serve('primary');
    await this.#world.allHome(limitMs);
    await this.#world.clock.advance(2000);
  }

  async #broken(): Promise<string[]> {
    const found: string[] = [];
    for (const name of ['backup', 'far'] as const) if (this.#world.messages(name).length > 0) found.push(`${name} still has ${this.#world.messages(name).length}`);
    for (const [id, { mailbox, audio: said, stored, purge }] of this.known) {
      const { length } = this.#world.messages('primary').filter((message) => message.id === id);
      const most = purge === 'done' ? 0 : 1;
      const least = stored && purge === 'none' ? 1 : 0;
      if (length > most || length < least) found.push(`${id} is at home ${length} times (purge ${purge})`);
      if (length !== 1 || !stored) continue;
      const heard = await wholeOf(await this.#world.unit('primary').store.reader(mailbox, id), 50_000);
      if (!heard.equals(said)) found.push(`${id} sounds otherwise`);
    }
    const leaks = await this.#world.leaks();
    return [...found, ...leaks.map((name) => `${name} was leaked`)].map((what) => `seed ${this.#seed}: ${what}`);
  }
}

test(`${only ?? `${seeds}`} random schedules of a distributed unit: no message lost, none doubled`, async () => {
  const broken: string[] = [];
  const total: Record<string, number> = {};
  const [first, last] = only === undefined ? [1, seeds] : [Number(only), Number(only)];
  for (let seed = first; seed <= last; seed++) {
    const schedule = new Schedule(seed, await DeliveryWorld.withUnits(seed));
    broken.push(...(await schedule.run()));
    for (const [what, count] of Object.entries(schedule.counts)) total[what] = (total[what] ?? 0) + count;
    total['messages'] = (total['messages'] ?? 0) + [...schedule.known.values()].filter(({ stored }) => stored).length;
  }
  figure(`seeds ${first} to ${last}: ${JSON.stringify(total)}, ${broken.length} broken promises`);
  assert.equal(broken.slice(0, 10), []);
});

test.run();
