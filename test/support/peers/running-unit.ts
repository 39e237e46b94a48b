// The built product as a process of its own, on free ports, with its data in a temporary folder.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { MessageJson } from '../../../firmware/cli/messages-table.ts';
import type { SampleChoices } from '../../../firmware/config/sample.ts';
import { readWav } from '../../../board/voices/wav-reader.ts';
import { builtUnit } from './built-unit.ts';
import { freePorts } from './free-ports.ts';
import type { ProgramEnd } from './program.ts';
import { Program, sleep } from './program.ts';

const runFile = promisify(execFile);

/** No unit of a test lives longer than the test file may, unless it is told to. */
const testLifeMs = 900_000;
/** What SIGTERM promises. */
const stopMs = 2000;
/** A console on a pipe writes no prompt; it repeats each line behind one. An empty line after a command tells where its answer ends. */
const emptyLine = /understudy[>#] \n$/;
const emptyLineLength = 'understudy> \n'.length;

export interface UnitChoices {
  readonly ports?: number;
  readonly mailboxes?: readonly string[];
  /** Further settings, in the shape of the configuration file; they win. */
  readonly settings?: SampleChoices;
  /** Where its configuration and its data lie; a fresh folder if absent. */
  readonly folder?: string;
  /** The network namespace that it runs in, where all ports are its own: SIP on 5060 and audio from 16384 on. */
  readonly namespace?: string;
  /** Beside those of the test. */
  readonly environment?: Readonly<Record<string, string>>;
  /** It must answer within so long; 20 s. */
  readonly startLimitMs?: number;
  /** Words that go before those of the unit: a program that becomes the unit, so that the process id is the unit's. */
  readonly within?: readonly string[];
  /** What the console prints is kept so far back, in characters; 1 Mi unless told. */
  readonly keptOutput?: number;
  /** It is killed after so long; 15 minutes unless told. */
  readonly lifeMs?: number;
}

export class RunningUnit {
  readonly folder: string;
  readonly sipPort: number;
  readonly rtpPort: number;
  readonly #config: string;
  #program: Program;
  #pins = new Map<string, string>();

  readonly #environment: Readonly<Record<string, string>>;

  readonly #within: readonly string[];
  readonly #keptOutput: number | undefined;
  readonly #lifeMs: number;

  private constructor(folder: string, sipPort: number, rtpPort: number, { namespace, environment = {}, within = [], keptOutput, lifeMs = testLifeMs }: Pick<UnitChoices, 'namespace' | 'environment' | 'within' | 'keptOutput' | 'lifeMs'>) {
    this.folder = folder;
    // `ip netns exec` becomes the program it runs.
    this.#within = [...(namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace]), ...within];
    this.#environment = environment;
    this.#keptOutput = keptOutput;
    this.#lifeMs = lifeMs;
    this.sipPort = sipPort;
    this.rtpPort = rtpPort;
    this.#config = path.join(folder, 'understudy.yaml');
    this.#program = this.#run();
  }

  /** Starts a unit with one peer, 127.0.0.1, and waits until it answers. */
  static async start({ ports = 8, mailboxes = ['201', '202', '203'], settings = {}, folder = mkdtempSync(path.join(tmpdir(), 'unit-')), startLimitMs = 20_000, ...how }: UnitChoices = {}): Promise<RunningUnit> {
    const { namespace } = how;
    const sipPort = namespace === undefined ? await freePorts(2) : 5060;
    const rtpPort = namespace === undefined ? await freePorts(2 * ports) : 16_384;
    const choices: SampleChoices = {
      ports,
      peers: [{ name: 'local', addresses: ['127.0.0.1'] }],
      mailboxes: mailboxes.map((number) => ({ number })),
      console: { idleMin: 0 },
      rtp: { firstPort: rtpPort },
      ...settings,
      sip: { address: '127.0.0.1', port: sipPort, ...settings.sip },
    };
    // JSON is YAML.
    writeFileSync(path.join(folder, 'understudy.yaml'), JSON.stringify(choices));
    const unit = new RunningUnit(folder, sipPort, rtpPort, how);
    await unit.#started(startLimitMs);
    return unit;
  }

  get pid(): number {
    return this.#program.pid;
  }

  /** Log lines so far. */
  get log(): readonly string[] {
    return this.#program.stderr.split('\n').filter((line) => line !== '');
  }

  /** Lines of one event so far: `2026-01-01T00:00:00.000Z severity event: text`. */
  logged(event: string): readonly string[] {
    return this.log.filter((line) => line.split(' ').includes(`${event}:`));
  }

  async waitForLog(event: string, count: number, limitMs: number): Promise<void> {
    await this.#program.until(`${count} times "${event}" in the log`, () => this.logged(event).length >= count, limitMs);
  }

  /** The PIN that the unit gave a mailbox when it first started. */
  pin(mailbox: string): string {
    const pin = this.#pins.get(mailbox);
    if (pin === undefined) throw new Error(`no PIN was printed for ${mailbox}`);
    return pin;
  }

  /** What `messages` prints: all there are, oldest first. */
  async messages(mailbox?: string): Promise<MessageJson[]> {
    const { stdout } = await this.#command('messages', ...(mailbox === undefined ? [] : [mailbox]), '--data', this.#data, '--json');
    return (JSON.parse(stdout) as { messages: MessageJson[] }).messages;
  }

  /** What `messages` prints for people. */
  async messagesTable(): Promise<string> {
    return (await this.#command('messages', '--data', this.#data)).stdout;
  }

  /** Waits until a mailbox holds so many messages: storing ends a little after the call. */
  async messagesOnce(mailbox: string, count: number, limitMs = 5000): Promise<MessageJson[]> {
    const until = Date.now() + limitMs;
    for (;;) {
      const messages = await this.messages(mailbox);
      if (messages.length >= count || Date.now() > until) return messages;
      await sleep(100);
    }
  }

  /** The samples of a stored message, from its exported WAV file. */
  async audio(id: string): Promise<Float64Array> {
    const wav = path.join(this.folder, `${id}-${Date.now()}.wav`);
    await this.#command('export', id, '--wav', wav, '--data', this.#data);
    return readWav(readFileSync(wav), wav).samples;
  }

  /** The same by the console of the running unit, which is quicker where there are many. */
  async exported({ mailbox, id }: Pick<MessageJson, 'mailbox' | 'id'>): Promise<Float64Array> {
    const wav = path.join(this.folder, `${id}-console.wav`);
    await this.console(`export ${mailbox} ${id} ${wav}`);
    return readWav(readFileSync(wav), wav).samples;
  }

  /** Types a command at the unit's console; resolves to what it prints. */
  async console(command: string, limitMs = 5000): Promise<string> {
    const before = this.#program.stdout.length;
    const answer = (): string => this.#program.stdout.slice(before);
    this.#program.write(`${command}\n\n`);
    await this.#program.until(`an answer to "${command}"`, () => emptyLine.test(answer().slice(-emptyLineLength)), limitMs);
    return answer().slice(answer().indexOf('\n') + 1, -emptyLineLength);
  }

  /** A figure that `show sip` prints, for example 'from strangers, dropped'. */
  async counter(name: string): Promise<number> {
    const line = (await this.console('show sip')).split('\n').find((text) => text.includes(name));
    return Number(line?.trim().split(/\s+/).at(-1));
  }

  /** SIGTERM; resolves to how it ended and how long that took. */
  async stop(): Promise<ProgramEnd & { readonly tookMs: number }> {
    const began = performance.now();
    const end = await this.#program.stop(2 * stopMs);
    return { ...end, tookMs: performance.now() - began };
  }

  /** SIGTERM, which must end it with code 0 within 2 s. To be called after the tests. */
  async mustStop(): Promise<void> {
    const { code, tookMs } = await this.stop();
    if (code !== 0 || tookMs > stopMs) throw new Error(`SIGTERM ended the unit with code ${code} after ${Math.round(tookMs)} ms\n${this.#program.tail()}`);
  }

  /** Waits until it ends by itself. */
  async ended(limitMs: number): Promise<ProgramEnd> {
    await this.#program.until('its end', (program) => program.over, limitMs);
    return this.#program.ended;
  }

  signal(signal: NodeJS.Signals): void {
    this.#program.signal(signal);
  }

  /** The power of the process is cut: kill -9. */
  async kill(): Promise<void> {
    this.#program.signal('SIGKILL');
    await this.#program.ended;
  }

  /** Starts it again, on the same data. */
  async restart(): Promise<void> {
    this.begin();
    await this.#started();
  }

  /** The same, without waiting until it is up. */
  begin(): void {
    this.#program = this.#run();
  }

  get #data(): string {
    return path.join(this.folder, 'data');
  }

  #run(): Program {
    const words = [process.execPath, builtUnit(), 'run', '--config', this.#config, '--data', this.#data, '--console'];
    const [file = '', ...rest] = [...this.#within, ...words];
    return new Program(file, rest, { limitMs: this.#lifeMs, environment: this.#environment, ...(this.#keptOutput === undefined ? {} : { keptOutput: this.#keptOutput }) });
  }

  /** The console greets when all is up and the PINs are printed. */
  async #started(limitMs = 20_000): Promise<void> {
    await this.#program.until('the start', (program) => program.stdout.includes('? lists the commands'), limitMs);
    for (const [, mailbox = '', pin = ''] of this.#program.stdout.matchAll(/^ {2}mailbox (\S+) {2}PIN (\d+)/gm)) this.#pins.set(mailbox, pin);
  }

  #command(...args: string[]): Promise<{ stdout: string }> {
    return runFile(process.execPath, [builtUnit(), ...args], { timeout: 20_000, maxBuffer: 16 * 1024 * 1024 });
  }
}
