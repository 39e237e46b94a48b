import { HalError, type HalErrorId } from '../errors.ts';
import type { Clock } from '../clock.ts';
import type { BundleFacts, BundleFiles, FirmwareSlots, SlotStatus } from '../firmware-slots.ts';

/** What a test puts somewhere as a bundle. */
export interface SimBundle extends Omit<BundleFacts, 'bytes' | 'format'> {
  readonly bytes?: number;
  /** What `check` finds. */
  readonly fault?: HalErrorId;
  /** What `install` meets half-way. */
  readonly breaks?: HalErrorId;
}

interface Slot {
  version: string | null;
  /** The boot loader may take it. */
  ok: boolean;
  /** So often it was taken since it was marked good, or written. */
  tries: number;
  /** It has been marked good since it was written: it is taken three times before the other one is. */
  proven: boolean;
  /** Its first blocks can be read. */
  readable: boolean;
}

const names = ['A', 'B'] as const;
const stepMs = 200;

/**
 * Two slots with the boot loader's rule: the first of the order that may be taken is taken, once, or three times where it has proved itself before. It outlives units: a test
 * keeps it, and `boot` is the next start, after a power cut at any moment too.
 */
export class SimFirmwareSlots implements FirmwareSlots, BundleFiles {
  readonly board: string;
  readonly bundles = new Map<string, SimBundle>();
  /** Bundles on sticks. */
  sticks: readonly string[] = [];
  /** Each call fails with this. */
  fails: HalErrorId | null = null;
  /** Marking good or bad fails with this. */
  markFails: HalErrorId | null = null;
  /** A bundle by what a file holds; null = it holds none. */
  content: (place: string) => Promise<Uint8Array | null> = async () => null;
  readonly calls: string[] = [];
  readonly #clock: Clock;
  readonly #slots: Record<string, Slot>;
  #order: string[] = ['A', 'B'];
  #booted = 'A';
  #boots = 1;
  #busy = false;

  constructor(clock: Clock, { board = 'understudy-sim', version = null as string | null } = {}) {
    this.#clock = clock;
    this.board = board;
    this.#slots = { A: { version, ok: true, tries: 1, proven: false, readable: true }, B: { version: null, ok: false, tries: 0, proven: false, readable: false } };
  }

  get booted(): string {
    return this.#booted;
  }

  /** The version that runs. */
  get running(): string | null {
    return this.#of(this.#booted).version;
  }

  slot(name: string): Slot {
    return this.#of(name);
  }

  /** The power comes back, or the machine has restarted: as the boot loader's script decides. An unreadable slot costs another start. */
  boot(): string {
    this.#busy = false;
    for (;;) {
      this.#boots += 1;
      let chosen = this.#order.find((name) => this.#of(name).ok && this.#of(name).tries < (this.#of(name).proven ? 3 : 1));
      if (chosen === undefined) {
        for (const name of names) this.#of(name).tries = 0;
        chosen = 'A';
      } else this.#of(chosen).tries += 1;
      this.#booted = chosen;
      if (this.#of(chosen).readable) return chosen;
      if (this.#boots > 1000) throw new RangeError('no slot can be read');
    }
  }

  async status(): Promise<SlotStatus> {
    this.#may('status');
    const facts = (name: string): SlotStatus['booted'] => ({ name, version: this.#of(name).version, good: this.#of(name).ok && this.#of(name).tries === 0 });
    const other = this.#otherName();
    return { board: this.board, bootId: `boot-${this.#boots}`, booted: facts(this.#booted), other: facts(other), next: this.#order.find((name) => facts(name).good) ?? null };
  }

  async check(place: string): Promise<BundleFacts> {
    this.#may(`check ${place}`);
    const bundle = await this.#bundle(place);
    await this.#after(stepMs);
    if (bundle.fault !== undefined) throw new HalError(bundle.fault, place, 'as the test asked');
    return { board: bundle.board, version: bundle.version, description: bundle.description, format: 'verity', bytes: await this.bytes(place) };
  }

  async install(place: string, progress: (percent: number) => void): Promise<void> {
    this.#may(`install ${place}`);
    if (this.#busy) throw new HalError('busy', 'slots', 'an installation is going on');
    const bundle = await this.#bundle(place);
    const [boots, target] = [this.#boots, this.#of(this.#otherName())];
    if (bundle.fault !== undefined) throw new HalError(bundle.fault, place, 'as the test asked');
    this.#busy = true;
    // First the loader is told not to take it, then it is written, then the loader is told to.
    Object.assign(target, { ok: false, proven: false, readable: false, version: null });
    for (const percent of [20, 40, 60, 80, 100]) {
      await this.#after(stepMs);
      if (this.#boots !== boots) return new Promise(() => undefined);
      if (percent === 60 && bundle.breaks !== undefined) {
        this.#busy = false;
        throw new HalError(bundle.breaks, place, 'as the test asked');
      }
      progress(percent);
    }
    Object.assign(target, { ok: true, tries: 0, readable: true, version: bundle.version });
    this.#first(this.#otherName());
    this.#busy = false;
  }

  async markGood(): Promise<void> {
    this.#mark('good');
    Object.assign(this.#of(this.#booted), { ok: true, tries: 0, proven: true });
  }

  async markBad(): Promise<void> {
    this.#mark('bad');
    Object.assign(this.#of(this.#booted), { ok: false, proven: false, tries: 0 });
  }

  async startOther(): Promise<void> {
    this.#may('start other');
    const other = this.#otherName();
    if (!this.#of(other).ok || this.#of(other).tries > 0) throw new HalError('unsupported', `slot ${other}`, 'the other slot holds nothing that has proved itself');
    this.#first(other);
  }

  async stay(): Promise<void> {
    this.#may('stay');
    Object.assign(this.#of(this.#booted), { ok: true, tries: 0 });
    this.#first(this.#booted);
  }

  async bytes(place: string): Promise<number> {
    const content = await this.content(place);
    return content?.length ?? (await this.#bundle(place)).bytes ?? 70_000_000;
  }

  async piece(place: string, offset: number, length: number): Promise<Uint8Array> {
    const content = (await this.content(place)) ?? bundleBytes(await this.#bundle(place));
    return content.subarray(offset, offset + length);
  }

  async onSticks(): Promise<readonly string[]> {
    return this.sticks;
  }

  async #bundle(place: string): Promise<SimBundle> {
    const known = this.bundles.get(place) ?? readBundle(await this.content(place));
    if (known === null) throw new HalError('not-found', place, 'there is no bundle');
    return known;
  }

  #mark(how: string): void {
    this.#may(`mark ${how}`);
    if (this.markFails !== null) throw new HalError(this.markFails, 'slots', 'as the test asked');
  }

  #may(call: string): void {
    this.calls.push(call);
    if (this.fails !== null) throw new HalError(this.fails, 'slots', 'as the test asked');
  }

  #of(name: string): Slot {
    return this.#slots[name] as Slot;
  }

  #otherName(): string {
    return this.#booted === 'A' ? 'B' : 'A';
  }

  #first(name: string): void {
    this.#order = [name, ...names.filter((one) => one !== name)];
  }

  #after(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.after('sim slots', ms, resolve));
  }
}

const bundleMark = 'SIM BUNDLE ';

/** A bundle as a file: for downloads, and for what goes from unit to unit. */
export function bundleBytes(bundle: SimBundle): Uint8Array {
  const head = new TextEncoder().encode(bundleMark + JSON.stringify(bundle) + '\n');
  const whole = new Uint8Array(Math.max(head.length, bundle.bytes ?? 200_000));
  whole.set(head);
  return whole;
}

/** null = that is none. One that is cut off is damaged. */
function readBundle(bytes: Uint8Array | null): SimBundle | null {
  if (bytes === null) return null;
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 4096));
  if (!text.startsWith(bundleMark)) return { board: '', version: '', description: '', fault: 'damaged' };
  const bundle = JSON.parse(text.slice(bundleMark.length, text.indexOf('\n'))) as SimBundle;
  return bytes.length < (bundle.bytes ?? 200_000) ? { ...bundle, fault: 'damaged' } : bundle;
}
