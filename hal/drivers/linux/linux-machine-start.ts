import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineStart, ProgramEnd, StartFacts } from '../../machine-start.ts';
import { textIn } from './text-in.ts';

/** linux/watchdog.h, WDIOF_*: why the machine was restarted, as the device says. */
const cardReset = 0x20;
const otherResets: readonly (readonly [number, string])[] = [[0x01, 'overheating'], [0x02, 'a fan that stands still'], [0x04, 'an external relay'], [0x08, 'another external relay'], [0x10, 'low voltage'], [0x40, 'high voltage']];

/** Where Linux tells of the start; a supervisor's folder of facts (`UNDERSTUDY_FACTS`) comes first. */
export interface StartPlaces {
  /** Files `ended`, `wiped`, `panic` and `alarms`; null = no supervisor leaves any. */
  readonly facts: string | null;
  readonly bootId: string;
  readonly bootStatus: string;
  readonly pstore: string;
}

export const linuxStartPlaces = (environment: Readonly<Record<string, string | undefined>>): StartPlaces => ({
  facts: environment['UNDERSTUDY_FACTS'] ?? null,
  bootId: '/proc/sys/kernel/random/boot_id',
  bootStatus: '/sys/class/watchdog/watchdog0/bootstatus',
  pstore: '/sys/fs/pstore',
});

/** What is beyond this of a file, a dump of the kernel for one, is not looked at, in characters. */
const mostCharacters = 256 * 1024;

/** The start as /proc, /sys and the supervisor tell it. */
export class LinuxMachineStart implements MachineStart {
  readonly #places: StartPlaces;

  constructor(places: StartPlaces) {
    this.#places = places;
  }

  async facts(): Promise<StartFacts> {
    const { bootId, bootStatus } = this.#places;
    const status = Number((await textOf(bootStatus)) ?? '0');
    const alarms = ((await this.#fact('alarms')) ?? '').split('\n').filter((line) => line !== '');
    return {
      bootId: (await textOf(bootId)) ?? '',
      watchdogFired: (status & cardReset) !== 0,
      otherReset: otherResets.find(([bit]) => (status & bit) !== 0)?.[1] ?? null,
      panic: panicLine((await this.#fact('panic')) ?? (await this.#dump())),
      ended: programEnd(await this.#fact('ended')),
      wiped: (await this.#fact('wiped')) !== null,
      alarms,
    };
  }

  #fact(name: string): Promise<string | null> {
    const { facts } = this.#places;
    return facts === null ? Promise.resolve(null) : textOf(join(facts, name));
  }

  /** The kernel's own record of its last crash, where memory or firmware keeps one over a restart. */
  async #dump(): Promise<string | null> {
    const names = await readdir(this.#places.pstore).catch(() => []);
    const newest = names.filter((name) => name.startsWith('dmesg-')).sort().at(-1);
    return newest === undefined ? null : textOf(join(this.#places.pstore, newest));
  }
}

/** 'exit 80', 'signal 9', 'stuck', 'gave-up', 'memory'; null = nothing that is known. */
export function programEnd(text: string | null): ProgramEnd | null {
  const [, word = '', number = ''] = /^(exit|signal|stuck|gave-up|memory)(?: (\d{1,3}))?$/.exec(text ?? '') ?? [];
  if (word === 'exit' && number !== '') return { kind: 'exit', code: Number(number) };
  if (word === 'signal' && number !== '') return { kind: 'signal', signal: Number(number) };
  return word === 'stuck' || word === 'gave-up' || word === 'memory' ? { kind: word } : null;
}

/** The line that says why, without the kernel's time stamp. */
export function panicLine(dump: string | null): string | null {
  const [line] = /(?:Kernel panic - not syncing|Oops|BUG):[^\n]*/.exec(dump ?? '') ?? [];
  return line === undefined ? null : line.slice(0, 200).trim();
}

const textOf = async (path: string): Promise<string | null> => (await textIn(path))?.slice(0, mostCharacters) ?? null;
