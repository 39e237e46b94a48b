import { companion } from '../../contract/companion.ts';
import { Program, sleep } from './program.ts';

interface Report {
  readonly heard: readonly (readonly [atMs: number, sequence: number, ssrc: number])[];
  /** Spoken, 5 ms each. */
  readonly frames: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly byesHeard: number;
  /** By how much the caller itself was late, at most. */
  readonly latestMs: number;
  readonly beganAtMs: number;
}

/** What a caller heard, in wall time. */
export class CallReport {
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  get spokenMs(): number {
    return this.#report.frames * spokenFrameMs;
  }

  get byeStatus(): number {
    return this.#report.statuses['BYE'] ?? 0;
  }

  get byesHeard(): number {
    return this.#report.byesHeard;
  }

  get latestMs(): number {
    return Math.round(this.#report.latestMs);
  }

  get streams(): number {
    return new Set(this.#report.heard.map(([, , ssrc]) => ssrc)).size;
  }

  /** The longest time without a packet between the two moments. */
  gapMs(fromMs: number, toMs: number): number {
    const times = this.#report.heard.map(([atMs]) => atMs + this.#report.beganAtMs).filter((atMs) => atMs >= fromMs - 100 && atMs <= toMs);
    return Math.round(times.slice(1).reduce((most, atMs, index) => Math.max(most, atMs - (times[index] ?? 0)), 0));
  }
}

export const spokenFrameMs = 5;

/** Somebody in a network namespace who calls, speaks numbered frames of 5 ms, and hears. */
export class LiveCaller {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  /** Resolves when it speaks into a recording. */
  static async speaking(namespace: string, target: string, number: string, own: string, limitMs: number): Promise<LiveCaller> {
    const child = companion('test/peers/live-caller.child.ts');
    const program = new Program('ip', ['netns', 'exec', namespace, process.execPath, child, target, number, own], { limitMs });
    await program.until('an answer', ({ stdout }) => stdout.includes('established'), 10_000);
    await sleep(700);
    program.write('press\n');
    await sleep(1000);
    program.write('speak\n');
    return new LiveCaller(program);
  }

  get answer(): string {
    return this.#program.stdout.split('\n', 1)[0] ?? '';
  }

  async hangUp(): Promise<CallReport> {
    let all = '';
    this.#program.write('bye\n');
    await this.#program.until('an answer to BYE', ({ stdout }) => (all = stdout).trimEnd().endsWith('}'), 10_000);
    return new CallReport(JSON.parse(all.slice(all.lastIndexOf('{"heard"'))) as Report);
  }
}

/** The numbers of the frames in stored audio, in order. */
export function spokenFrames(audio: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 0; at + 4 < audio.length; at++) {
    if (audio[at] === 0xd5 && audio[at + 4] === 0x5a) found.push((six(audio[at + 1]) << 12) | (six(audio[at + 2]) << 6) | six(audio[at + 3]));
  }
  return found;
}

const six = (byte = 0): number => byte & 0x3f;

/** Runs of frames that are missing between those found, each in milliseconds. */
export function missingRuns(frames: readonly number[]): number[] {
  return frames.slice(1).flatMap((nth, index) => (nth - (frames[index] ?? 0) > 1 ? [(nth - (frames[index] ?? 0) - 1) * spokenFrameMs] : []));
}
