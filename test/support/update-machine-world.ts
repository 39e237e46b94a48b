// A machine with two firmware slots on virtual time: what is in the booted slot decides which unit runs, and how it behaves.
import type { ReleaseFacts } from '../../firmware/update/release-facts.ts';
import { describeRelease, ownRelease } from '../../firmware/update/release-facts.ts';
import type { Settings } from '../../firmware/config/settings.ts';
import type { PromptBank } from '../../firmware/media/prompt-bank.ts';
import type { UpdateDesk } from '../../firmware/update/update-desk.ts';
import { bundleBytes, SimFirmwareSlots, type SimBundle } from '../../hal/sim/sim-firmware-slots.ts';
import { SimClock } from '../../hal/sim/sim-clock.ts';
import { SimDownloads } from '../../hal/sim/sim-downloads.ts';
import type { SimHost } from '../../hal/sim/sim-host.ts';
import { SimNetwork } from '../../hal/sim/sim-network.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import { during } from './during.ts';
import { MortalClock } from './mortal-clock.ts';
import { shortPrompts, simUnit, testSettings, type SimUnit } from './sim-unit.ts';

export interface VersionBehaviour {
  readonly release?: ReleaseFacts;
  /** 'mute': its calls have no sound. 'dead': it never runs; the hardware's watchdog restarts the machine. 'ends': the program ends again and again. */
  readonly fault?: 'mute' | 'dead' | 'ends';
}

export interface MachineOptions {
  readonly clock?: SimClock;
  readonly network?: SimNetwork;
  readonly address?: string;
  readonly settings?: Settings;
  readonly storage?: SimStorage;
  readonly seed?: number;
}

export const firstVersion = '0.1.0';
const silence: PromptBank = { get: () => ({ ulaw: new Uint8Array(2400).fill(0xff) }), ids: () => [] };
const hardwareWatchdogMs = 30_000;
/** Before its first own call. */
const programAgainMs = 900;

/** Starts again by itself when the unit asks for it, as power, boot loader and parent would. */
export class UpdateMachine {
  readonly clock: SimClock;
  readonly network: SimNetwork;
  readonly host: SimHost;
  readonly slots: SimFirmwareSlots;
  readonly downloads: SimDownloads;
  readonly versions = new Map<string, VersionBehaviour>();
  /** Every line of every run. */
  readonly log: { readonly event: string; readonly severity: string; readonly text: string }[] = [];
  /** Versions in the order in which the machine ran them. */
  readonly ran: string[] = [];
  storage: SimStorage;
  run: SimUnit | null = null;
  readonly #settings: Settings;
  readonly #seed: number;
  #mortal: MortalClock | null = null;
  #life = 0;

  constructor({ clock = new SimClock(), network, address = '10.0.0.2', settings = testSettings(), storage = new SimStorage(), seed = 1 }: MachineOptions = {}) {
    this.clock = clock;
    this.network = network ?? new SimNetwork(clock, new SimRandom(seed));
    this.host = this.network.host(address);
    this.storage = storage;
    this.#settings = settings;
    this.#seed = seed;
    this.slots = new SimFirmwareSlots(clock, { version: firstVersion });
    // As an image comes: never tried.
    this.slots.slot('A').tries = 0;
    this.slots.content = (place) => read(this.storage, place);
    this.downloads = new SimDownloads(clock);
  }

  get update(): UpdateDesk {
    const update = this.run?.unit.update?.desk ?? null;
    if (update === null) throw new Error('no unit runs');
    return update;
  }

  get version(): string {
    return this.ran.at(-1) ?? '';
  }

  /** Power on. Resolves when the unit answers, or is known not to. */
  async powerOn(): Promise<void> {
    this.slots.boot();
    await this.#begin();
  }

  /** Everything stops at once. What was not synced is lost; `keeps`: or not. */
  cutPower(keeps: 'drop' | 'keep' = 'drop'): void {
    this.#end();
    this.storage = this.storage.afterPowerCut(() => keeps);
  }

  bundle(version: string, more: Partial<SimBundle> = {}, behaviour: VersionBehaviour = {}): SimBundle {
    this.versions.set(version, behaviour);
    return { board: this.slots.board, version, description: describeRelease(behaviour.release ?? ownRelease), bytes: 200_000, ...more };
  }

  /** A bundle as a file of this machine, at `place`. */
  file(place: string, version: string, more: Partial<SimBundle> = {}, behaviour: VersionBehaviour = {}): string {
    this.slots.bundles.set(place, this.bundle(version, more, behaviour));
    return place;
  }

  web(url: string, version: string, behaviour: VersionBehaviour = {}): string {
    this.downloads.files.set(url, { content: bundleBytes(this.bundle(version, {}, behaviour)) });
    return url;
  }

  events(): string[] {
    return this.log.map(({ event }) => event);
  }

  during<T>(work: Promise<T>, limitMs?: number): Promise<T> {
    return during(this.clock, work, limitMs);
  }

  /** Lets time pass until it is so. */
  async until(what: string, done: () => boolean, limitMs = 600_000): Promise<void> {
    if (!(await this.clock.until(done, limitMs, 50))) throw new Error(`not within ${limitMs / 1000} s: ${what}; ${JSON.stringify(this.log.slice(-6))}`);
  }

  async off(): Promise<void> {
    const { run } = this;
    if (run !== null) await this.during(run.unit.stop(2000));
    this.#end();
  }

  async #begin(): Promise<void> {
    const life = ++this.#life;
    const version = this.slots.running ?? '';
    this.ran.push(version);
    const { fault, release } = this.versions.get(version) ?? {};
    if (fault === 'dead') return void this.clock.after('hardware watchdog', hardwareWatchdogMs, () => this.#restart(life));
    const mortal = new MortalClock(this.clock);
    this.#mortal = mortal;
    const run = simUnit({
      clock: mortal, host: this.host, storage: this.storage, settings: this.#settings, seed: this.#seed + life, prompts: fault === 'mute' ? silence : shortPrompts,
      firmware: { slots: this.slots, files: this.slots, downloads: this.downloads, version, ...(release === undefined ? {} : { release }) },
    });
    this.run = run;
    run.log.attach((line) => void this.log.push(line));
    if (run.power !== null) run.power.reboot = async () => void this.clock.after('machine restarts', 500, () => this.#restart(life));
    if (fault === 'ends') this.clock.after('program ends', programAgainMs, () => this.#programAgain(life));
    await run.unit.start();
  }

  #restart(life: number): void {
    if (life !== this.#life) return;
    this.#end();
    this.storage = this.storage.afterPowerCut(() => 'drop');
    this.slots.boot();
    void this.#begin();
  }

  /** The parent starts the program again; the machine runs on. */
  #programAgain(life: number): void {
    if (life !== this.#life) return;
    this.#end();
    this.storage = this.storage.afterPowerCut(() => 'keep');
    void this.#begin();
  }

  #end(): void {
    this.#life += 1;
    this.#mortal?.die();
    this.#mortal = null;
    this.storage.fault = () => 'power-cut';
    this.host.crash();
    this.run = null;
  }
}

async function read(storage: SimStorage, place: string): Promise<Uint8Array | null> {
  if (place.startsWith('/') || (await storage.stat(place)) === null) return null;
  const file = await storage.open(place, 'read');
  const bytes = new Uint8Array(await file.size());
  await file.read(bytes, 0);
  await file.close();
  return bytes;
}
