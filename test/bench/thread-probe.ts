import { mkdtempSync, rmSync, readdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export type ThreadName = 'control' | 'media';

/** How late a thread's loop came to its work, milliseconds, as libuv's own timer saw it every 10 ms. */
export interface LoopDelay {
  readonly looks: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** What a thread allocated on its heap, by V8's samples, whether it was collected or not: where, and within which functions (that one is the last). */
export interface Allocation {
  readonly places: readonly { readonly site: string; readonly within: readonly string[]; readonly bytes: number }[];
}

/** Where a thread's time went, as a share of all; it waits in `(program)` and `(idle)`. */
export type ProfileSites = readonly { readonly site: string; readonly share: number }[];

const answerMs = 20_000;
/** Of allocated bytes, a sample each, on average. */
export const sampledBytes = 512;

/** Looks into the threads of a unit that was started with its `environment`. */
export class ThreadProbe {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'probe-'));

  /** For the unit's process. */
  get environment(): Readonly<Record<string, string>> {
    return { NODE_OPTIONS: `--require ${path.resolve('test/bench/thread-probe.cjs')}`, BENCH_PROBE: this.#base };
  }

  async heapBytes(thread: ThreadName): Promise<number> {
    return (await this.#ask<{ usedBytes: number }>(thread, 'heap')).usedBytes;
  }

  /** Both threads at the same time, while `work` goes on. */
  async delaysDuring(work: () => Promise<unknown>): Promise<Readonly<Record<ThreadName, LoopDelay>>> {
    await this.#both('delayStart');
    await work();
    const [control, media] = await this.#both<LoopDelay>('delayStop');
    return { control, media };
  }

  async allocationDuring(thread: ThreadName, work: () => Promise<unknown>): Promise<Allocation> {
    await this.#ask(thread, 'allocationStart', { intervalBytes: sampledBytes });
    await work();
    return this.#ask<Allocation>(thread, 'allocationStop');
  }

  /** Writes a .cpuprofile of each thread, which Chrome's and VS Code's viewers open; `fileOf` names it. */
  async profileDuring(fileOf: (thread: ThreadName) => string, work: () => Promise<unknown>): Promise<Readonly<Record<ThreadName, ProfileSites>>> {
    await this.#both('cpuStart');
    await work();
    const stop = async (thread: ThreadName): Promise<ProfileSites> => (await this.#ask<{ sites: ProfileSites }>(thread, 'cpuStop', { file: path.resolve(fileOf(thread)) })).sites;
    return { control: await stop('control'), media: await stop('media') };
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #base(): string {
    return path.join(this.#folder, 'thread');
  }

  #both<Answer>(ask: string): Promise<[Answer, Answer]> {
    return Promise.all([this.#ask<Answer>('control', ask), this.#ask<Answer>('media', ask)]);
  }

  #ask<Answer>(thread: ThreadName, ask: string, given: object = {}): Promise<Answer> {
    const name = readdirSync(this.#folder).find((one) => one.startsWith(`thread.${thread}.`));
    if (name === undefined) throw new Error(`the ${thread} thread has no probe`);
    return new Promise((resolve, reject) => {
      const socket = createConnection(path.join(this.#folder, name));
      let text = '';
      const fail = (why: string): void => {
        socket.destroy();
        reject(new Error(`the ${thread} thread, asked for ${ask}: ${why}`));
      };
      socket.setEncoding('utf8').setTimeout(answerMs, () => fail('no answer'));
      socket.on('error', (error) => fail(error.message));
      socket.on('data', (piece: string) => {
        text += piece;
        if (!text.endsWith('\n')) return;
        socket.end();
        const answer = JSON.parse(text) as Answer & { problem?: string };
        if (answer.problem === undefined) resolve(answer);
        else fail(answer.problem);
      });
      socket.write(`${JSON.stringify({ ask, ...given })}\n`);
    });
  }
}
