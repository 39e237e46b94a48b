import type { SimRandom } from '../../../hal/sim/sim-random.ts';
import type { PairUnit } from './pair-unit.ts';
import type { PairWorld } from './pair-world.ts';

/** One fault of a schedule: `begin` now, `end` later. */
export interface Fault {
  readonly name: string;
  readonly atMs: number;
  readonly forMs: number;
  begin(): void;
  end(): void;
}

type Make = (world: PairWorld, random: SimRandom) => Omit<Fault, 'atMs' | 'forMs'>;

const unitOf = (world: PairWorld, random: SimRandom): PairUnit => world.units[random.below(2)] as PairUnit;
const none = (): void => undefined;

/** Started again by whatever ended it, unless another fault has done so. */
const restart = (unit: PairUnit) => (): void => {
  if (!unit.running) unit.start();
};

const resume = (unit: PairUnit) => {
  let control: unknown = null;
  return {
    began: () => void (control = unit.control),
    end: () => void (unit.control === control && unit.resume()),
  };
};

const kinds: Record<string, Make> = {
  power: (world, random) => {
    const unit = unitOf(world, random);
    return { name: `power ${unit.name}`, begin: () => unit.power(), end: restart(unit) };
  },
  kill: (world, random) => {
    const unit = unitOf(world, random);
    return { name: `kill ${unit.name}`, begin: () => unit.kill(), end: restart(unit) };
  },
  'stop-and-start': (world, random) => {
    const unit = unitOf(world, random);
    return { name: `stop ${unit.name}`, begin: () => void (unit.well && unit.stop()), end: restart(unit) };
  },
  hang: (world, random) => {
    const unit = unitOf(world, random);
    const { began, end } = resume(unit);
    return { name: `hang ${unit.name}`, begin: () => (began(), unit.hang()), end };
  },
  freeze: (world, random) => {
    const unit = unitOf(world, random);
    const { began, end } = resume(unit);
    return { name: `freeze ${unit.name}`, begin: () => (began(), unit.freeze()), end };
  },
  'cut-path': (world, random) => {
    const path = random.below(2);
    return { name: `cut path ${path}`, begin: () => world.cutPath(path, true), end: () => world.cutPath(path, false) };
  },
  'cut-all-paths': (world) => ({
    name: 'cut all paths',
    begin: () => (world.cutPath(0, true), world.cutPath(1, true)),
    end: () => (world.cutPath(0, false), world.cutPath(1, false)),
  }),
  'cut-lan': (world, random) => {
    const [unit, carrier] = [unitOf(world, random), random.chance(0.5)];
    return { name: `cut LAN ${unit.name}${carrier ? ', carrier lost' : ''}`, begin: () => unit.cutLan(carrier), end: () => unit.mendLan() };
  },
  'one-way': (world, random) => {
    const [from, both] = [random.chance(0.5) ? 'A' : 'B', random.chance(0.5)] as const;
    const set = (cut: boolean): void => {
      if (both) world.oneWay(1, from, cut);
      world.oneWay(0, from, cut);
    };
    return { name: `one way from ${from}${both ? ' on both paths' : ''}`, begin: () => set(true), end: () => set(false) };
  },
  loss: (world, random) => {
    const loss = random.chance(0.5) ? 0.05 : 0.2;
    const set = (now: number): void => (world.lossy(0, now), world.lossy(1, now));
    return { name: `loss ${loss}`, begin: () => set(loss), end: () => set(0) };
  },
  'pbx-down': (world) => ({ name: 'PBX down', begin: () => void (world.pbxUp = false), end: () => void (world.pbxUp = true) }),
  'disk-fails': (world, random) => {
    const unit = unitOf(world, random);
    return { name: `disk of ${unit.name} fails`, begin: () => void (unit.diskFails = true), end: () => void (unit.diskFails = false) };
  },
  'address-fails': (world, random) => {
    const unit = unitOf(world, random);
    return { name: `address of ${unit.name} fails`, begin: () => void (unit.holderFails = true), end: () => void (unit.holderFails = false) };
  },
  'clock-steps': (world, random) => {
    const [unit, byMs] = [unitOf(world, random), (random.below(2_000_000) - 1_000_000) * 1000];
    return {
      name: `clock of ${unit.name} steps`,
      begin: () => {
        unit.wallOffsetMs += byMs;
        unit.control.wallOffsetMs = unit.wallOffsetMs;
      },
      end: none,
    };
  },
  call: (world, random) => {
    const unit = unitOf(world, random);
    return { name: `call at ${unit.name}`, begin: () => void unit.calls++, end: () => void unit.calls-- };
  },
  sick: (world, random) => {
    const unit = unitOf(world, random);
    return { name: `${unit.name} unable`, begin: () => void (unit.able = false), end: () => void (unit.able = true) };
  },
  command: (world, random) => {
    const [unit, failover] = [unitOf(world, random), random.chance(0.6)];
    const give = (): void => {
      if (!unit.well) return;
      world.clock.promises = true;
      if (failover) unit.pair.failover();
      else unit.pair.failback();
    };
    return { name: `${failover ? 'failover' : 'failback'} at ${unit.name}`, begin: give, end: none };
  },
};

/** Faults of one kind that overlap would undo each other's end; the second of the same name is left out. */
export function schedule(world: PairWorld, random: SimRandom, options: { readonly lengthMs: number; readonly most: number }): Fault[] {
  const names = Object.keys(kinds);
  const chosen = new Map<string, Fault>();
  for (let count = 1 + random.below(options.most); count > 0; count--) {
    const make = kinds[names[random.below(names.length)] as string] as Make;
    const atMs = random.below(options.lengthMs);
    const forMs = 20 + random.below(Math.min(2500, options.lengthMs - atMs));
    const fault = { ...make(world, random), atMs, forMs };
    const same = fault.name.replace(/0\.\d+|, carrier lost| on both paths/, '');
    if (!chosen.has(same)) chosen.set(same, fault);
  }
  return [...chosen.values()].sort((one, other) => one.atMs - other.atMs);
}
