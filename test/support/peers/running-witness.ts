// The product as a witness, a process of its own in a network namespace.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { builtUnit } from './built-unit.ts';
import { Program } from './program.ts';

export const witnessName = { name: 'site-1', secret: 'known-to-three-machines' };
const lifeMs = 600_000;
const startMs = 10_000;

export class RunningWitness {
  readonly #args: readonly string[];
  #program: Program;

  private constructor(args: readonly string[]) {
    this.#args = args;
    this.#program = new Program('ip', args, { limitMs: lifeMs });
  }

  static async start(namespace: string, address: string): Promise<RunningWitness> {
    const pairs = path.join(mkdtempSync(path.join(tmpdir(), 'witness-')), 'pairs');
    writeFileSync(pairs, `# the pair of the test\n${witnessName.name} ${witnessName.secret}\n`);
    const witness = new RunningWitness(['netns', 'exec', namespace, process.execPath, builtUnit(), 'witness', '--pairs', pairs, '--listen', `${address}:5072`]);
    await witness.#started();
    return witness;
  }

  get log(): string {
    return this.#program.stderr;
  }

  async kill(): Promise<void> {
    this.#program.signal('SIGKILL');
    await this.#program.ended;
  }

  async restart(): Promise<void> {
    this.#program = new Program('ip', this.#args, { limitMs: lifeMs });
    await this.#started();
  }

  /** Resolves to its exit code. */
  async stop(): Promise<number | null> {
    return (await this.#program.stop()).code;
  }

  #started(): Promise<void> {
    return this.#program.until('the start', ({ stderr }) => stderr.includes('witness-started'), startMs);
  }
}
