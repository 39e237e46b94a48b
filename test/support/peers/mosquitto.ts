// Mosquitto from Debian, as a broker with a configuration of its own on a free port.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { command } from '../skip.ts';
import { freePorts } from './free-ports.ts';
import { Program } from './program.ts';

export const mosquitto = command('mosquitto', 'mosquitto');
export const mosquittoClients = command('mosquitto_sub', 'mosquitto-clients');

const lifeMs = 300_000;
const startMs = 10_000;
/** Debian starts it as root, and it would become a user who may not read the test's files. */
const always = ['user root', 'log_dest stderr', 'log_type error', 'log_type warning', 'log_type notice', 'log_type information', 'persistence false', 'sys_interval 0'];

export class Mosquitto {
  readonly port: number;
  readonly address: string;
  readonly #file: string;
  readonly #namespace: string | null;
  #program: Program | null = null;

  private constructor(port: number, address: string, file: string, namespace: string | null) {
    this.port = port;
    this.address = address;
    this.#file = file;
    this.#namespace = namespace;
  }

  /** `lines` come behind the listener and belong to it. */
  static async start(lines: readonly string[] = ['allow_anonymous true'], place: { readonly address: string; readonly namespace: string } | null = null): Promise<Mosquitto> {
    const port = place === null ? await freePorts(2) : 1883;
    const address = place?.address ?? '127.0.0.1';
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'mosquitto-')), 'mosquitto.conf');
    writeFileSync(file, [...always, `listener ${port} ${address}`, ...lines, ''].join('\n'));
    const broker = new Mosquitto(port, address, file, place?.namespace ?? null);
    await broker.begin();
    return broker;
  }

  /** Resolves when it listens. It remembers nothing of an earlier run. */
  async begin(): Promise<void> {
    const [file = '', ...words] = [...(this.#namespace === null ? [] : ['ip', 'netns', 'exec', this.#namespace]), '/usr/sbin/mosquitto', '-c', this.#file];
    this.#program = new Program(file, words, { limitMs: lifeMs });
    await this.#program.until('its start', ({ stderr }) => stderr.includes('running'), startMs);
  }

  get output(): string {
    return this.#program?.stderr ?? '';
  }

  /** kill -9, as in a power cut. */
  async kill(): Promise<void> {
    this.#program?.signal('SIGKILL');
    await this.#program?.ended;
  }

  async stop(): Promise<void> {
    await this.#program?.stop();
  }

  signal(signal: NodeJS.Signals): void {
    this.#program?.signal(signal);
  }
}
