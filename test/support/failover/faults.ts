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
  'pbx-down': (world, random) => {
    const pbx = random.below(2);
    return { name: `PBX ${pbx} down`, begin: () => void (world.pbxes[pbx] = false), end: () => void (world.pbxes[pbx] = true) };
  },
  'pbxes-down': (world) => ({ name: 'all PBXs down', begin: () => void world.pbxes.fill(false), end: () => void world.pbxes.fill(true) }),
  'pbx-lost': (world, random) => {
    const [unit, pbx] = [unitOf(world, random), random.below(2)];
    return { name: `PBX ${pbx} out of reach of ${unit.name}`, begin: () => void unit.lostPbxes.add(pbx), end: () => void unit.lostPbxes.delete(pbx) };
  },
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

/** Where there is one. A unit that is cut off from its partner makes it matter. */
const witnessKinds: Record<string, Make> = {
  'cut-witness': (world, random) => {
    const { name } = unitOf(world, random);
    return { name: `cut ${name} from the witness`, begin: () => world.witnessPath(name, { cut: true }), end: () => world.witnessPath(name, { cut: false }) };
  },
  'witness-loss': (world) => {
    const set = (loss: number) => (): void => (world.witnessPath('A', { loss }), world.witnessPath('B', { loss }));
    return { name: 'loss to the witness', begin: set(0.2), end: set(0) };
  },
  'witness-restarts': (world) => ({ name: 'witness restarts', begin: () => (world.witness?.kill(), world.witness?.start()), end: none }),
  'witness-away': (world) => ({ name: 'witness away', begin: () => world.witness?.kill(), end: () => world.witness?.start() }),
  split: (world) => ({ ...(kinds['cut-all-paths'] as Make)(world, world.random), name: 'split' }),
};

/** Where there is a line. */
const serialKinds: Record<string, Make> = {
  'line-unplugged': (world, random) => {
    const end = random.chance(0.5) ? 'a' : 'b';
    return { name: `line unplugged at ${end}`, begin: () => world.serial?.unplug(end), end: () => world.serial?.plug(end) };
  },
  'line-half-open': (world, random) => {
    const end = random.chance(0.5) ? 'a' : 'b';
    return { name: `line cut from ${end}`, begin: () => world.serial?.fault(end, { cut: true }), end: () => world.serial?.fault(end, { cut: false }) };
  },
  'line-noise': (world) => {
    const set = (noise: number) => (): void => (['a', 'b'] as const).forEach((end) => world.serial?.fault(end, { noise, loss: noise }));
    return { name: 'noise on the line', begin: set(0.01), end: set(0) };
  },
};

/** Where a PBX is watched. */
const mainKinds: Record<string, Make> = {
  'main-lost': (world, random) => {
    const unit = unitOf(world, random);
    return { name: `main PBX lost to ${unit.name}`, begin: () => void (unit.main = 'lost'), end: () => void (unit.main = 'heard') };
  },
};

/** With a witness, so many of the faults are a cut between the two that leaves it in sight: what it is for. */
const splitPart = 0.2;

/** Faults of one kind that overlap would undo each other's end; the second of the same name is left out. */
export function schedule(world: PairWorld, random: SimRandom, options: { readonly lengthMs: number; readonly most: number }): Fault[] {
  const all = { ...kinds, ...(world.witness === null ? {} : witnessKinds), ...(world.serial === null ? {} : serialKinds), ...(world.a.main === 'unknown' ? {} : mainKinds) };
  const names = Object.keys(all);
  const chosen = new Map<string, Fault>();
  for (let count = 1 + random.below(options.most); count > 0; count--) {
    const split = world.witness !== null && random.chance(splitPart);
    const make = all[split ? 'split' : (names[random.below(names.length)] as string)] as Make;
    const atMs = random.below(options.lengthMs);
    const forMs = 20 + random.below(Math.min(2500, options.lengthMs - atMs));
    const fault = { ...make(world, random), atMs, forMs };
    const same = fault.name.replace(/0\.\d+|, carrier lost| on both paths/, '');
    if (!chosen.has(same)) chosen.set(same, fault);
  }
  return [...chosen.values()].sort((one, other) => one.atMs - other.atMs);
}
