// mosquitto_sub: what a broker says, heard by somebody else's client.
import { Program } from './program.ts';

/** What units say; what is said to them may be a flood. */
const told = ['presence', 'pointer', 'alarm', 'result'];

export interface Said {
  readonly topic: string;
  readonly retained: boolean;
  /** The first line of the payload, which is JSON; null = it is not. */
  readonly body: Readonly<Record<string, unknown>> | null;
}

export class BrokerWatcher {
  readonly #program: Program;

  constructor(host: string, port: number, namespace: string) {
    const words = ['-h', host, '-p', String(port), ...told.flatMap((kind) => ['-t', `understudy/+/+/${kind}`]), '-q', '1', '-F', '%j'];
    this.#program = new Program('ip', ['netns', 'exec', namespace, 'mosquitto_sub', ...words], { limitMs: 300_000 });
  }

  get said(): readonly Said[] {
    const lines = this.#program.stdout.split('\n').slice(0, -1);
    return lines.map((line) => {
      const { topic, retain, payload } = JSON.parse(line) as { topic: string; retain: number; payload?: string };
      return { topic, retained: retain === 1, body: bodyOf(payload ?? '') };
    });
  }

  of(kind: string, unit: string): Readonly<Record<string, unknown>>[] {
    return this.said.filter(({ topic }) => topic.endsWith(`/${unit}/${kind}`)).flatMap(({ body }) => (body === null ? [] : [body]));
  }

  /** Resolves to the milliseconds that it took. */
  async until(what: string, condition: (watcher: BrokerWatcher) => boolean, limitMs: number): Promise<number> {
    const began = performance.now();
    await this.#program.until(what, () => condition(this), limitMs);
    return performance.now() - began;
  }

  async stop(): Promise<void> {
    await this.#program.stop();
  }
}

function bodyOf(payload: string): Said['body'] {
  try {
    return JSON.parse(payload.split('\n')[0] ?? '') as Said['body'];
  } catch {
    return null;
  }
}
