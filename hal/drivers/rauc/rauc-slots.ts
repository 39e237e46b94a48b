import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HalError } from '../../errors.ts';
import type { BundleFacts, FirmwareSlots, SlotStatus } from '../../firmware-slots.ts';
import { halError } from '../linux/errno.ts';
import { raucError } from './rauc-error.ts';
import { runRauc, type RaucEnd, type RaucOptions } from './rauc-program.ts';
import { parsed, record, slotStatus, text } from './rauc-status.ts';
import { checkVerity } from './verity-bundle.ts';

export interface RaucSlotsOptions extends Partial<RaucOptions> {
  /** Relative places are in this folder. */
  readonly dataFolder: string;
  /** GRUB's environment, where its script has `X_PROVEN`: a slot that has proved itself is started three times before the other one is taken. null = it has not. */
  readonly grubEnvironment?: string | null;
  /** 'plain' where the kernel has no dm-verity: for tests on such a machine. */
  readonly format?: 'verity' | 'plain';
}

/** A signature, or a word with the service, which has the lowest priority: beside a unit with much to do it is slow, and asking anew does not make it faster. */
const shortMs = 120_000;
/** A slot of 128 MiB on the slowest card, at lowest priority beside calls. */
const installMs = 30 * 60_000;

/** The slots as RAUC keeps them; what a bundle says is also looked at here, before RAUC writes. */
export class RaucSlots implements FirmwareSlots {
  readonly #rauc: RaucOptions;
  readonly #dataFolder: string;
  readonly #format: 'verity' | 'plain';
  readonly #grubEnvironment: string | null;
  #bootId: string | null = null;

  constructor({ dataFolder, format = 'verity', grubEnvironment = null, command = ['rauc'], environment = process.env }: RaucSlotsOptions) {
    this.#rauc = { command, environment };
    this.#dataFolder = dataFolder;
    this.#format = format;
    this.#grubEnvironment = grubEnvironment;
  }

  async status(): Promise<SlotStatus> {
    const end = await this.#run('slots', ['status', '--detailed', '--output-format=json']);
    this.#bootId ??= (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch((cause: unknown) => Promise.reject(halError('boot id', cause)))).trim();
    return slotStatus(end.stdout, this.#bootId);
  }

  async check(place: string): Promise<BundleFacts> {
    const path = this.#path(place);
    const { size } = await this.#stat(path);
    const end = await this.#run(path, ['info', '--output-format=json', path]);
    if (this.#format === 'verity') await checkVerity(path);
    const facts = record(parsed(end.stdout));
    return {
      board: text(facts['compatible']) ?? '', version: text(facts['version']) ?? '', description: text(facts['description']) ?? '',
      format: this.#format, bytes: size,
    };
  }

  async install(place: string, progress: (percent: number) => void): Promise<void> {
    const path = this.#path(place);
    // What comes is tried once, whatever was there before.
    await this.#proven('other', false);
    let highest = 0;
    const end = await runRauc(this.#rauc, ['install', path], installMs, (line) => {
      const percent = Number(/^\s*(\d{1,3})% /.exec(line)?.[1] ?? -1);
      if (percent <= highest || percent > 100) return;
      highest = percent;
      progress(percent);
    });
    if (end.code !== 0) throw raucError(path, end);
  }

  async markGood(): Promise<void> {
    await this.#run('booted slot', ['status', 'mark-good', 'booted']);
    await this.#proven('booted', true);
  }

  async markBad(): Promise<void> {
    await this.#proven('booted', false);
    await this.#run('booted slot', ['status', 'mark-bad', 'booted']);
  }

  async startOther(): Promise<void> {
    const { other } = await this.status();
    if (!other.good) throw new HalError('unsupported', `slot ${other.name}`, 'the other slot holds nothing that has proved itself');
    await this.#run(`slot ${other.name}`, ['status', 'mark-active', 'other']);
  }

  async stay(): Promise<void> {
    await this.#run('booted slot', ['status', 'mark-active', 'booted']);
  }

  async #run(place: string, words: readonly string[]): Promise<RaucEnd> {
    const end = await runRauc(this.#rauc, words, shortMs);
    if (end.code !== 0) throw raucError(place, end);
    return end;
  }

  async #proven(which: 'booted' | 'other', proven: boolean): Promise<void> {
    const file = this.#grubEnvironment;
    if (file === null) return;
    const { [which]: { name } } = await this.status();
    const { code, stderr } = await runRauc({ command: ['grub-editenv'], environment: this.#rauc.environment }, [file, 'set', `${name}_PROVEN=${proven ? 1 : 0}`], shortMs);
    if (code !== 0) throw new HalError('io', file, stderr.trim().slice(0, 200) || 'it could not be written');
  }

  #path(place: string): string {
    return resolve(this.#dataFolder, place);
  }

  async #stat(path: string): Promise<{ readonly size: number }> {
    const found = await stat(path).catch((cause: unknown) => Promise.reject(halError(path, cause)));
    if (!found.isFile()) throw new HalError('not-found', path, 'that is no file');
    return found;
  }
}
