import { memoryCgroup } from '../support/peers/memory-cgroup.ts';
import { endPrograms } from '../support/peers/program.ts';
import type { Need } from '../support/skip.ts';
import { requires } from '../support/skip.ts';
import type { Figure } from './figures.ts';
import { merged } from './figures.ts';
import { seconds } from './seconds.ts';
import type { SectionName } from './section-names.ts';
import { Stopped } from './stopped.ts';

/** What a section cannot do without. */
const needs: Readonly<Record<string, readonly (string | Need)[]>> = {
  calls: ['sipp', 'dumpcap'], short: ['sipp'], flat: ['sipp'], busy: ['sipp', 'dumpcap'], upkeep: ['sipp', 'dumpcap'], budget: ['sipp', 'dumpcap', memoryCgroup], allocation: ['sipp', 'dumpcap'],
};

/** What was measured so far, section by section. */
export class Measurement {
  readonly #sections: Readonly<Record<SectionName, () => Promise<Figure[]>>>;
  readonly #tell: (text: string) => void;
  /** A list for each run of a section. */
  readonly #measured = new Map<string, Figure[][]>();
  readonly skipped: Record<string, string> = {};
  /** Why a section came to no end; what the others measured is told all the same. */
  readonly failed: Record<string, string> = {};

  constructor(sections: Readonly<Record<SectionName, () => Promise<Figure[]>>>, tell: (text: string) => void) {
    this.#sections = sections;
    this.#tell = tell;
  }

  /** Medians of all runs. */
  get figures(): Figure[] {
    return [...this.#measured.values()].flatMap(merged);
  }

  /** Sections that have one of these figures. */
  sectionsWith(figures: ReadonlySet<string>): string[] {
    return [...this.#measured].filter(([, runs]) => runs.some((run) => run.some(({ name }) => figures.has(name)))).map(([name]) => name);
  }

  /** Never rejects: a section that comes to no end makes the program fail in the end. */
  async measure(name: string): Promise<void> {
    const missing = requires(...(needs[name] ?? []));
    if (missing !== undefined) {
      if (this.skipped[name] === undefined) this.#tell(`skipped ${name}: ${missing}`);
      this.skipped[name] = missing;
      return;
    }
    const began = performance.now();
    try {
      this.#add(name, await this.#sections[name as SectionName]());
    } catch (error) {
      if (error instanceof Stopped) this.#add(name, [...error.figures]);
      this.failed[name] = error instanceof Error ? error.message : String(error);
      this.#tell(`${name} failed: ${this.failed[name]}`);
      process.exitCode = 1;
      endPrograms(); // callers of a section that came to no end
    }
    this.#tell(`${name} took ${seconds(performance.now() - began)}`);
  }

  #add(name: string, figures: Figure[]): void {
    this.#measured.set(name, [...(this.#measured.get(name) ?? []), figures]);
  }
}
