import type { AddressHolder, InterfaceAddress } from '../../hal/address-holder.ts';
import type { Clock, Timer } from '../../hal/clock.ts';
import type { Log } from '../log.ts';
import type { PairTiming } from './pair-timing.ts';

export interface AddressKeeperParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly holder: AddressHolder;
  readonly address: InterfaceAddress;
  readonly timing: PairTiming;
  /** `state` or `failing` has changed. */
  readonly changed: () => void;
}

/** Three times over a second, since a neighbour may miss one (RFC 5227 section 2.3 has two, VRRP daemons five). */
const announceAtMs = [0, 500, 1000];

/**
 * Brings the shared address to where it is wanted and keeps it so. One request to the machine at a time; what fails is tried
 * again until it works, or is no longer wanted, and an alarm says so once.
 *
 *   unknown ── want(false) ──> gone        unknown, gone ── want(true) ──> held (announced) ── look: not there ──> gone
 */
export class AddressKeeper {
  readonly #parts: AddressKeeperParts;
  /** 'unknown': a unit that ended without order may have left it on the interface. */
  #state: 'unknown' | 'held' | 'gone' = 'unknown';
  #wanted = false;
  #failing = false;
  #working = false;
  #ended = false;
  #retry: Timer | null = null;
  #look: Timer | null = null;
  #announcements: Timer[] = [];
  #settled: (() => void)[] = [];

  constructor(parts: AddressKeeperParts) {
    this.#parts = parts;
  }

  get state(): 'unknown' | 'held' | 'gone' {
    return this.#state;
  }

  /** The last attempt failed. */
  get failing(): boolean {
    return this.#failing;
  }

  want(wanted: boolean): void {
    this.#wanted = wanted;
    if (!wanted) this.#quiet();
    this.#retry?.cancel();
    void this.#work();
  }

  /** It may have been taken away behind our back, or another may have announced it. */
  doubt(): void {
    this.#state = 'unknown';
    void this.#work();
  }

  /** Tells the neighbours anew. */
  announce(): void {
    if (this.#state !== 'held') return;
    this.#quiet();
    this.#announcements = announceAtMs.map((atMs) => this.#parts.clock.after('pair announce', atMs, () => void this.#announceOnce()));
    this.#lookLater();
  }

  /** Resolves when the address is where it is wanted, or after `limitMs`. */
  settled(limitMs: number): Promise<void> {
    if (this.#done) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#parts.clock.after('pair address', limitMs, resolve);
      this.#settled.push(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  end(): void {
    this.#ended = true;
    this.#quiet();
    this.#retry?.cancel();
    for (const told of this.#settled.splice(0)) told();
  }

  get #done(): boolean {
    return this.#state === (this.#wanted ? 'held' : 'gone');
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    let failed = false;
    while (!this.#ended && !this.#done && !failed) failed = !(await this.#attempt(this.#wanted));
    this.#working = false;
    if (this.#ended) return;
    if (failed) this.#retry = this.#parts.clock.after('pair address', this.#parts.timing.addressRetryMs, () => void this.#work());
    else for (const told of this.#settled.splice(0)) told();
  }

  async #attempt(add: boolean): Promise<boolean> {
    const { holder, address, changed } = this.#parts;
    try {
      await (add ? holder.add(address) : holder.remove(address));
      this.#state = add ? 'held' : 'gone';
      this.#failing = false;
      if (add && this.#wanted && !this.#ended) this.announce();
      changed();
      return true;
    } catch (error) {
      this.#fail(add, error);
      return false;
    }
  }

  #fail(add: boolean, error: unknown): void {
    const { log, address, changed } = this.#parts;
    this.#state = 'unknown';
    if (!this.#failing) {
      log.write('alert', 'pair-address', `The shared address cannot be ${add ? 'put on' : 'taken off'} ${address.interface}, which is tried again until it works: ${String(error)}`, { address: address.address });
    }
    this.#failing = true;
    changed();
  }

  async #announceOnce(): Promise<void> {
    const { holder, address, log } = this.#parts;
    try {
      await holder.announce(address);
    } catch (error) {
      log.write('warning', 'pair-announce', `The neighbours could not be told where the shared address is: ${String(error)}`, { address: address.address });
    }
  }

  #lookLater(): void {
    this.#look?.cancel();
    this.#look = this.#parts.clock.after('pair address check', this.#parts.timing.addressCheckMs, () => void this.#lookNow());
  }

  async #lookNow(): Promise<void> {
    const { holder, address, log, changed } = this.#parts;
    const there = await holder.held(address).catch(() => true);
    if (this.#ended || this.#state !== 'held' || !this.#wanted) return;
    if (there) return this.#lookLater();
    log.write('warning', 'pair-address-lost', 'The shared address was taken off the interface by somebody else and is put back.', { address: address.address });
    this.#state = 'gone';
    changed();
    void this.#work();
  }

  #quiet(): void {
    for (const timer of this.#announcements.splice(0)) timer.cancel();
    this.#look?.cancel();
  }
}
