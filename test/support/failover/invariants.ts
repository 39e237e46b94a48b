import type { PairUnit } from './pair-unit.ts';
import type { PairWorld } from './pair-world.ts';
import { WitnessInvariant } from './witness-invariant.ts';

/** Limits of what is promised, in virtual milliseconds. */
export const promised = {
  /** From the last fault to service, where silence, a goodbye or a refusal tells of it. */
  serviceMs: 1000,
  /** The same where a unit beats on but cannot be reached or has hung: it must find out itself first (`blindMs`, `controlSilentMs`). */
  slowServiceMs: 3200,
  /** Two at the address while they hear each other. */
  bothHoldMs: 250,
  /** The same when the control thread that should take it off hangs: found out (`controlSilentMs`), then taken off by the link. */
  bothHoldWhileHungMs: 1250,
} as const;

/** Looks at the world every 10 ms; throws with the first promise that is broken. */
export class Invariants {
  readonly #world: PairWorld;
  #calmSinceMs = 0;
  #slow = false;
  #servedMs = 0;
  #singleMs = 0;
  #linkedSinceMs: number | null = null;
  readonly #epochs = new Map<number, string>();
  readonly #seenChanges = new Map<unknown, number>();
  readonly #witness: WitnessInvariant;
  readonly #last = { A: 0, B: 0 };
  readonly #forgot = { A: false, B: false };
  /** Spans without service that a live unit ended. */
  longestUnservedMs = 0;
  longestBothMs = 0;

  /** Both served while a witness heard both. */
  get longestBothServeMs(): number {
    return this.#witness.longestMs;
  }

  constructor(world: PairWorld) {
    this.#world = world;
    this.#witness = new WitnessInvariant(world);
  }

  /** Something happened: promises count from here. */
  disturbed(): void {
    this.#calmSinceMs = this.#world.clock.monotonic();
    for (const unit of this.#world.units) if (unit.diskFails) this.#forgot[unit.name] = true;
  }

  look(): void {
    const nowMs = this.#world.clock.monotonic();
    this.#service(nowMs);
    this.#oneHolder(nowMs);
    this.#witness.look(nowMs);
    for (const unit of this.#world.units) this.#epochsRise(unit);
  }

  #service(nowMs: number): void {
    const { units, served } = this.#world;
    const could = units.some((unit) => unit.well && unit.able && unit.reachesPbx && !unit.holderFails && unit.key !== null);
    const hindered = units.some((unit) => unit.running && unit.holderFails);
    if (!could || hindered || this.#world.misled) this.#calmSinceMs = nowMs;
    if (served) this.#servedMs = nowMs;
    this.#slow = units.some((unit) => unit.running && unit.media.running && (!unit.control.running || !unit.reachesPbx));
    const unservedMs = nowMs - Math.max(this.#servedMs, this.#calmSinceMs);
    this.longestUnservedMs = Math.max(this.longestUnservedMs, unservedMs);
    const limitMs = this.#slow ? promised.slowServiceMs : promised.serviceMs;
    if (unservedMs > limitMs) throw new Error(`nobody has served for ${unservedMs} ms though a unit could`);
  }

  #oneHolder(nowMs: number): void {
    const { units: [a, b], network } = this.#world;
    const passes = (path: number): boolean => network.passes(a.hosts[path] as never, b.hosts[path] as never) && network.passes(b.hosts[path] as never, a.hosts[path] as never);
    const linked = a.running && b.running && a.media.running && b.media.running && (passes(0) || passes(1));
    if (!linked) this.#linkedSinceMs = null;
    else this.#linkedSinceMs ??= nowMs;
    const both = a.hasAddress && b.hasAddress && !a.holderFails && !b.holderFails;
    if (!both || this.#linkedSinceMs === null) this.#singleMs = nowMs;
    const bothMs = nowMs - this.#singleMs;
    // A dead time after the link came, both must know better.
    if (this.#linkedSinceMs === null || nowMs - this.#linkedSinceMs < 500) return void (this.#singleMs = nowMs);
    const hung = !a.control.running || !b.control.running;
    if (!hung) this.longestBothMs = Math.max(this.longestBothMs, bothMs);
    if (bothMs > (hung ? promised.bothHoldWhileHungMs : promised.bothHoldMs)) throw new Error(`both have held the address for ${bothMs} ms while they hear each other`);
  }

  #epochsRise(unit: PairUnit): void {
    if (!unit.running) return;
    const { changes } = unit.pair.status();
    const seen = this.#seenChanges.get(unit.pair) ?? 0;
    if (changes.length === seen) return;
    this.#seenChanges.set(unit.pair, changes.length);
    for (const { to, epoch } of changes.slice(seen)) {
      if (to !== 'primary-active' && to !== 'backup-active') continue;
      const holder = this.#epochs.get(epoch);
      if (holder !== undefined && holder !== unit.name) throw new Error(`epoch ${epoch} belongs to ${holder} and is taken by ${unit.name}`);
      this.#epochs.set(epoch, unit.name);
      if (epoch <= this.#last[unit.name] && !this.#forgot[unit.name]) throw new Error(`${unit.name} takes epoch ${epoch} after ${this.#last[unit.name]}`);
      this.#last[unit.name] = epoch;
    }
  }
}
