import type { Clock, Timer } from '../../hal/clock.ts';
import type { PairSettings } from '../config/settings.ts';
import type { LinkCommand, LinkFacts, LinkKeys } from './link-protocol.ts';
import type { PairStatus } from './pair-status.ts';
import type { PairTiming } from './pair-timing.ts';
import { serves, type RoleState } from './role.ts';

export interface LinkControlParts {
  readonly clock: Clock;
  readonly timing: PairTiming;
  readonly link: (command: LinkCommand) => void;
  /** What the beats shall say of this unit now. */
  readonly facts: () => LinkFacts;
  /** From now on silence means something. */
  readonly listening: () => void;
}

/** How long `stop` waits for the link to have said goodbye. */
const stopMs = 300;

/** The control thread's end of the link: starts it, tells it what changed, ends it. It runs from the first keys on. */
export class LinkControl {
  readonly #parts: LinkControlParts;
  readonly #pulse = new Int32Array(new SharedArrayBuffer(4));
  #state: PairStatus['link'] = null;
  #facts: LinkFacts | null = null;
  #timer: Timer | null = null;
  #stopped: () => void = () => undefined;

  constructor(parts: LinkControlParts) {
    this.#parts = parts;
  }

  /** null: the two were never paired. */
  get state(): PairStatus['link'] {
    return this.#state;
  }

  /** Its sockets are being opened. */
  get starting(): boolean {
    return this.#timer !== null;
  }

  start(keys: LinkKeys, { rank, partner, port, serial, beatMs, misses }: PairSettings): void {
    const { link, clock, timing, facts } = this.#parts;
    this.#state = 'starting';
    link({ type: 'link-facts', facts: (this.#facts = facts()) });
    link({ type: 'link-start', keys, settings: { rank, partner, port, serial, beatMs, misses, pulse: this.#pulse, controlSilentMs: timing.controlSilentMs } });
    this.#timer = clock.after('pair link', timing.linkStartMs, () => this.listening());
  }

  /** Who is heard stays heard. */
  use(keys: LinkKeys): void {
    this.#parts.link({ type: 'link-keys', keys });
  }

  listening(): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#state === 'starting') this.#state = 'listening';
    this.#parts.listening();
  }

  /** The control thread lives. */
  beat(): void {
    Atomics.add(this.#pulse, 0, 1);
  }

  carrier(path: number, up: boolean): void {
    if (this.#state !== null) this.#parts.link({ type: 'link-carrier', path, up });
  }

  /** Says what changed since it was told last, if anything did. */
  tell(): void {
    const old = this.#facts;
    if (old === null) return;
    const facts = this.#parts.facts();
    if ((Object.keys(facts) as (keyof LinkFacts)[]).every((key) => facts[key] === old[key])) return;
    this.#facts = facts;
    this.#parts.link({ type: 'link-facts', facts });
  }

  /** Waits no more for the sockets. */
  end(): void {
    this.#timer?.cancel();
  }

  async goodbye(): Promise<void> {
    if (this.#state === null) return;
    const stopped = new Promise<void>((resolve) => (this.#stopped = resolve));
    this.#parts.link({ type: 'link-stop' });
    await new Promise<void>((resolve) => {
      const timer = this.#parts.clock.after('pair goodbye', stopMs, resolve);
      void stopped.then(() => {
        timer.cancel();
        resolve();
      });
    });
    this.#state = null;
  }

  stopped(): void {
    this.#stopped();
  }
}

/** What the beats say of a unit. `here`: callers reach it, as far as the shared address goes. */
export function factsOf({ role, able, main, epoch, seen, offer, asking }: RoleState, { here, sees, calls }: { readonly here: boolean; readonly sees: boolean; readonly calls: number }): LinkFacts {
  const serving = serves(role) && here;
  return { serving, able, sees, main, waiting: role === 'failback', asks: asking, epoch: serving ? epoch : seen, grant: offer, calls };
}
