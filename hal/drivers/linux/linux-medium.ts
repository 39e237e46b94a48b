import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Medium, MediumFacts } from '../../medium.ts';
import { textIn } from './text-in.ts';

/** JEDEC JESD84-B51, 7.4.31 and 7.4.30: life in tens of percent by memory type (1 = up to 10 %, 11 = beyond), spare blocks 1 to 3. */
const beyondLife = 11;
const spares: Readonly<Record<number, MediumFacts['spare']>> = { 1: 'normal', 2: 'low', 3: 'nearly-gone' };

const untold: MediumFacts = { device: '', kind: 'other', wornPercent: null, spare: null, readOnly: false };

/** The block device under a folder, by /sys; `roots` for tests. */
export class LinuxMedium implements Medium {
  readonly #folder: string;
  readonly #sys: string;
  readonly #mounts: string;

  constructor(folder: string, roots: { readonly sys?: string; readonly mounts?: string } = {}) {
    this.#folder = folder;
    this.#sys = roots.sys ?? '/sys';
    this.#mounts = roots.mounts ?? '/proc/self/mountinfo';
  }

  async facts(): Promise<MediumFacts> {
    const number = await stat(this.#folder, { bigint: true }).then(({ dev }) => deviceNumber(dev), () => null);
    if (number === null) return untold;
    const readOnly = isReadOnly((await textIn(this.#mounts)) ?? '', number);
    const disk = await this.#disk(number);
    if (disk === null) return { ...untold, readOnly };
    const [type, life, spare] = await Promise.all(['type', 'life_time', 'pre_eol_info'].map((name) => textIn(join(disk, 'device', name))));
    return { device: basename(disk), kind: type === 'MMC' ? 'emmc' : type === 'SD' ? 'sd' : 'other', wornPercent: wornPercent(life ?? null), spare: spares[Number(spare ?? 0)] ?? null, readOnly };
  }

  /** A partition's folder lies in that of its disk. */
  async #disk(number: string): Promise<string | null> {
    const place = await realpath(join(this.#sys, 'dev/block', number)).catch(() => null);
    if (place === null) return null;
    return (await textIn(join(place, 'partition'))) === null ? place : dirname(place);
  }
}

/** makedev(3) the other way round, in glibc's layout. */
export function deviceNumber(dev: bigint): string {
  const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn & 0xffffffffn);
  const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn & 0xffffffffn);
  return `${major}:${minor}`;
}

/** The worse of the two types of memory that a device may have; 0 = it does not tell. */
export function wornPercent(text: string | null): number | null {
  const told = (text ?? '').split(/\s+/).map(Number).filter((value) => value >= 1 && value <= beyondLife);
  return told.length === 0 ? null : Math.max(...told) * 10;
}

/** proc(5), mountinfo: the sixth field is how the mount is, the last how the file system is; an error changes only the latter. */
export function isReadOnly(mountinfo: string, number: string): boolean {
  return mountinfo.split('\n').map((line) => line.split(' ')).some((fields) => fields[2] === number && [fields[5], fields.at(-1)].some((options) => options?.split(',').includes('ro') === true));
}
