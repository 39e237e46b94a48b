import type { Clock, MonotonicMs } from '../../hal/clock.ts';
import type { CallFacts, QueuedFacts } from '../sip/leg.ts';
import { better } from './queue-announcements.ts';

/** Queued calls that are remembered, and for how long after their last announcement. */
export const mostRemembered = 500;
export const rememberedMs = 2 * 60 * 60 * 1000;

interface Told {
  readonly position: number | null;
  readonly etaSec: number | null;
  readonly atMs: MonotonicMs;
}

/** What was announced to callers in queues of PBXs, each by a call of its own: nothing worse is announced to them later. */
export class AnnouncedValues {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** The one that was told longest ago first. */
  readonly #told = new Map<string, Told>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** What may be announced to the caller now; undefined = the call comes from no queue. */
  toTell(facts: CallFacts): QueuedFacts | undefined {
    const { queued } = facts;
    if (queued === undefined) return undefined;
    const nowMs = this.#clock.monotonic();
    const name = nameOf(facts, queued);
    const before = this.#before(name, queued, nowMs);
    const told = { position: better(before?.position ?? null, queued.position), etaSec: better(before?.etaSec ?? null, queued.etaSec) };
    this.#told.delete(name);
    this.#told.set(name, { ...told, atMs: nowMs });
    for (const oldest of this.#told.keys()) {
      if (this.#told.size <= mostRemembered) break;
      this.#told.delete(oldest);
    }
    return { ...queued, ...told };
  }

  /** Where the PBX gives calls no name, the first announcement begins anew. */
  #before(name: string, { point, call }: QueuedFacts, nowMs: MonotonicMs): Told | undefined {
    const before = this.#told.get(name);
    const anew = call === null && point === 'Queued';
    return before === undefined || anew || nowMs - before.atMs > rememberedMs ? undefined : before;
  }
}

/** Without a name of the PBX's own, caller and target stand for the call. */
const nameOf = ({ peer, caller, originalTarget }: CallFacts, { call }: QueuedFacts): string => (call === null ? `${peer}|${caller.number}|${originalTarget}` : `${peer}|${call}`);
