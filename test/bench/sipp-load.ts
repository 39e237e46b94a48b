import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePorts } from '../support/peers/free-ports.ts';
import { Program } from '../support/peers/program.ts';
import type { ScenarioValues } from '../support/peers/sipp-scenario.ts';
import { scenario } from '../support/peers/sipp-scenario.ts';

export interface Load {
  readonly scenario: string;
  readonly values: ScenarioValues;
  readonly to: number;
  readonly calls: number;
  readonly perSecond: number;
  /** A line for each call. */
  readonly injected: readonly string[];
  readonly limitMs: number;
  /** Calls at one time, at most; all unless told. */
  readonly atOnce?: number;
}

export interface LoadEnd {
  readonly successful: number;
  readonly failed: number;
  readonly retransmissions: number;
  readonly errors: string;
}

/** sipp without a trace of its messages, which would be most of its work. */
export async function startLoad({ scenario: name, values, to, calls, perSecond, injected, limitMs, atOnce = calls }: Load): Promise<{ readonly ended: Promise<LoadEnd> }> {
  const folder = mkdtempSync(path.join(tmpdir(), `load-${name}-`));
  writeFileSync(path.join(folder, 'scenario.xml'), scenario(name, { transport: 'udp', ...values }));
  writeFileSync(path.join(folder, 'calls.csv'), ['SEQUENTIAL', ...injected, ''].join('\n'));
  const [port, media] = [await freePorts(2), await freePorts(4 * Math.min(atOnce, 260))];
  const program = new Program('sipp', [
    `127.0.0.1:${to}`, '-sf', 'scenario.xml', '-nostdin', '-skip_rlimit', '-i', '127.0.0.1', '-p', String(port), '-t', 'u1', '-mi', '127.0.0.1', '-mp', String(media),
    '-m', String(calls), '-l', String(atOnce), '-r', String(perSecond), '-inf', 'calls.csv', '-rtp_threadtasks', '40',
    '-trace_err', '-error_file', 'errors.log', '-trace_stat', '-stf', 'statistics.csv', '-fd', '1', '-buff_size', '4194304',
  ], { cwd: folder, limitMs });
  return { ended: program.ended.then(() => end(folder, program.stderr)) };
}

function end(folder: string, stderr: string): LoadEnd {
  const text = (name: string): string => {
    try {
      return readFileSync(path.join(folder, name), 'latin1');
    } catch {
      return '';
    }
  };
  const lines = text('statistics.csv').trim().split('\n').map((line) => line.split(';'));
  const [names = []] = lines;
  const last = lines.at(-1) ?? [];
  const of = (name: string): number => Number(last[names.indexOf(name)] ?? Number.NaN);
  return { successful: of('SuccessfulCall(C)'), failed: of('FailedCall(C)'), retransmissions: of('Retransmissions(C)'), errors: `${text('errors.log')}\n${stderr}`.trim().slice(-1500) };
}
