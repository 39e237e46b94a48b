// Kamailio as a process of a test, whatever its configuration makes of it.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { childrenOf, Program, sendSignal } from './program.ts';

export interface KamailioChoices {
  /** The text of its configuration, or the file that holds it. */
  readonly configuration: string | { readonly file: string };
  /** The network namespace that it runs in. */
  readonly namespace?: string | undefined;
  readonly sharedMiB?: number;
}

const lifeMs = 600_000;
const startMs = 20_000;
const graceMs = 5000;
/** Said by the last of its processes once its sockets are open, and once it serves. */
const started = 'processes (at least)';

/** It has no end by itself, and its processes do not end with the first one when that is killed. */
const alive = new Set<KamailioProcess>();

/** For `test.after`: what a failed test left running would keep the test file waiting. */
export function endKamailios(): void {
  alive.forEach((one) => one.signal('SIGKILL'));
}

process.on('exit', endKamailios);

export class KamailioProcess {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'kamailio-'));
  readonly #choices: KamailioChoices;
  readonly #file: string;
  #program: Program | null = null;

  constructor(choices: KamailioChoices) {
    this.#choices = choices;
    this.#file = typeof choices.configuration === 'string' ? path.join(this.folder, 'kamailio.cfg') : choices.configuration.file;
    if (typeof choices.configuration === 'string') writeFileSync(this.#file, choices.configuration);
  }

  /** Resolves when it serves. It knows nothing of an earlier run. */
  async start(): Promise<void> {
    const { namespace, sharedMiB = 32 } = this.#choices;
    const words = ['/usr/sbin/kamailio', '-f', this.#file, '-DD', '-E', '-m', String(sharedMiB), '-M', '4', '-Y', this.folder, '-w', this.folder];
    const [file = '', ...rest] = namespace === undefined ? words : ['ip', 'netns', 'exec', namespace, ...words];
    const program = new Program(file, rest, { cwd: this.folder, limitMs: lifeMs });
    this.#program = program;
    alive.add(this);
    void program.ended.then(() => alive.delete(this), () => alive.delete(this));
    try {
      await program.until('its processes', ({ stderr }) => stderr.includes(started), startMs);
    } catch (failure) {
      this.signal('SIGKILL');
      throw failure;
    }
  }

  /** What it has said since its start. */
  get output(): string {
    return this.#program?.stderr ?? '';
  }

  async until(what: string, condition: (output: string) => boolean, limitMs: number): Promise<void> {
    if (this.#program === null) throw new Error('kamailio was not started');
    await this.#program.until(what, () => condition(this.output), limitMs);
  }

  /** To all of its processes, the first one first: it would end the others in good order. */
  signal(signal: NodeJS.Signals): void {
    const program = this.#program;
    if (program === null || program.over) return;
    for (const one of [program.pid, ...childrenOf(program.pid)]) sendSignal(one, signal);
  }

  /** kill -9; resolves when its socket is closed. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#program?.ended;
  }

  /** SIGTERM; what has not ended in good order after a while is killed, all of it: its children would go on and keep the pipes open. */
  async stop(): Promise<void> {
    const program = this.#program;
    if (program === null || program.over) return;
    const all = [program.pid, ...childrenOf(program.pid)];
    program.signal('SIGTERM');
    const timer = setTimeout(() => all.forEach((one) => sendSignal(one, 'SIGKILL')), graceMs);
    await program.ended;
    clearTimeout(timer);
  }
}
