// Calls placed and taken by sipp, one process for each scenario.
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePorts } from './free-ports.ts';
import { Program, sleep } from './program.ts';
import type { TracedMessage } from './sipp-messages.ts';
import { tracedMessages } from './sipp-messages.ts';
import type { ScenarioValues } from './sipp-scenario.ts';
import { scenario } from './sipp-scenario.ts';

export interface SippCall {
  /** Name of a file in test/peers/scenarios, without ending. */
  readonly scenario: string;
  readonly values?: ScenarioValues;
  /** Port of the unit; absent = sipp waits for calls. */
  readonly to?: number;
  /** Own port; a free one if absent. */
  readonly port?: number;
  readonly transport?: 'udp' | 'tcp';
  readonly address?: string;
  /** Where the unit is; 127.0.0.1. */
  readonly host?: string;
  /** The network namespace that sipp runs in. */
  readonly namespace?: string;
  /** Calls in all, and started per second. */
  readonly calls?: number;
  readonly perSecond?: number;
  readonly more?: readonly string[];
  readonly limitMs?: number;
}

export interface SippEnd {
  /** 0 = every call went as the scenario says. */
  readonly code: number | null;
  readonly tookTooLong: boolean;
  readonly successful: number;
  readonly failed: number;
  /** Messages that sipp sent again. */
  readonly retransmissions: number;
  readonly messages: readonly TracedMessage[];
  /** What sipp found unexpected, for people. */
  readonly errors: string;
}

/** sipp listens for audio on the first and for video on the third, each with its RTCP. */
const mediaPorts = 4;

export class Sipp {
  readonly port: number;
  readonly ended: Promise<SippEnd>;
  readonly #program: Program;
  readonly #folder: string;

  private constructor(port: number, program: Program, folder: string) {
    this.port = port;
    this.#program = program;
    this.#folder = folder;
    this.ended = this.#end();
  }

  static async start(call: SippCall): Promise<Sipp> {
    const port = call.port ?? (await freePorts(2));
    const media = await freePorts(mediaPorts);
    const folder = mkdtempSync(path.join(tmpdir(), `sipp-${call.scenario}-`));
    writeFileSync(path.join(folder, 'scenario.xml'), scenario(call.scenario, { transport: call.transport ?? 'udp', ...call.values }));
    const [file = '', ...rest] = [...(call.namespace === undefined ? [] : ['ip', 'netns', 'exec', call.namespace]), 'sipp', ...words(call, port, media)];
    const program = new Program(file, rest, { cwd: folder, limitMs: call.limitMs ?? 60_000 });
    return new Sipp(port, program, folder);
  }

  get pid(): number {
    return this.#program.pid;
  }

  /** Waits until it is there to be called: on a busy machine its start takes a while. */
  async listens(limitMs = 10_000): Promise<void> {
    const bound = new RegExp(`^ *\\d+: [0-9A-F]+:${this.port.toString(16).toUpperCase().padStart(4, '0')} `, 'm');
    const until = Date.now() + limitMs;
    while (!['udp', 'tcp'].some((transport) => bound.test(readFileSync(`/proc/${this.pid}/net/${transport}`, 'latin1')))) {
      if (Date.now() > until) throw new Error(`sipp does not listen on ${this.port} after ${limitMs} ms`);
      await sleep(20);
    }
  }

  /** What sipp has sent and received so far. */
  get messages(): TracedMessage[] {
    return tracedMessages(this.#read('messages.log'));
  }

  stop(): Promise<unknown> {
    return this.#program.stop();
  }

  async #end(): Promise<SippEnd> {
    const { code, tookTooLong } = await this.#program.ended;
    const count = statistics(this.#read('statistics.csv'));
    return {
      code,
      tookTooLong,
      successful: count('SuccessfulCall(C)'),
      failed: count('FailedCall(C)'),
      retransmissions: count('Retransmissions(C)'),
      messages: this.messages,
      errors: `${this.#read('errors.log')}\n${this.#program.stderr}`.trim(),
    };
  }

  #read(name: string): string {
    const file = path.join(this.#folder, name);
    return existsSync(file) ? readFileSync(file, 'latin1') : '';
  }
}

/** Places calls and waits for their end. */
export async function sipp(call: SippCall): Promise<SippEnd> {
  return (await Sipp.start(call)).ended;
}

function words({ to, host = '127.0.0.1', transport = 'udp', address = '127.0.0.1', calls = 1, perSecond = 10, more = [] }: SippCall, port: number, media: number): string[] {
  return [
    ...(to === undefined ? [] : [`${host}:${to}`]),
    '-sf', 'scenario.xml', '-nostdin', '-skip_rlimit',
    '-i', address, '-p', String(port), '-t', transport === 'tcp' ? 't1' : 'u1',
    '-mi', address, '-mp', String(media),
    '-m', String(calls), '-l', String(calls), '-r', String(perSecond),
    '-trace_msg', '-message_file', 'messages.log', '-trace_err', '-error_file', 'errors.log', '-trace_stat', '-stf', 'statistics.csv', '-fd', '1',
    ...more,
  ];
}

/** The last line of sipp's statistics, by the names of its first. */
function statistics(csv: string): (column: string) => number {
  const lines = csv.trim().split('\n').map((line) => line.split(';'));
  const [names = []] = lines;
  const last = lines.at(-1) ?? [];
  return (column) => Number(last[names.indexOf(column)] ?? Number.NaN);
}
