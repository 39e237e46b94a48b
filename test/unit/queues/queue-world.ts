import type { MonotonicMs } from '../../../hal/clock.ts';
import type { QueueSettings } from '../../../firmware/config/queue-settings.ts';
import type { QueueEffect, QueueInput } from '../../../firmware/queues/queue-machine.ts';
import { nextDueMs, queueStep } from '../../../firmware/queues/queue-machine.ts';
import type { QueueState } from '../../../firmware/queues/queue-state.ts';
import { emptyQueues } from '../../../firmware/queues/queue-state.ts';

export const queueOf = (change: Partial<QueueSettings> = {}): QueueSettings => ({
  number: '800', name: '', agents: ['201', '202'], peer: null, ring: 'longest-idle', ringSec: 15, firstSec: 10, secondSec: 20, everySec: 20, mostWaiting: 20,
  mostWaitSec: 600, overflow: null, breakoutKey: null, priority: 'medium', music: 'ringing', watch: true, together: false, ...change,
});

/** The machine on a clock that is moved by hand; announcements are over at once unless `holds`. */
export class QueueWorld {
  state: QueueState = emptyQueues;
  nowMs = 0 as MonotonicMs;
  queues: QueueSettings[];
  readonly log: QueueEffect[] = [];
  /** One is left for an agent. */
  port = true;
  /** Announcements last so long. */
  announceMs = 0;
  readonly #heard: { readonly id: string; readonly atMs: number }[] = [];

  constructor(...queues: QueueSettings[]) {
    this.queues = queues.length === 0 ? [queueOf()] : queues;
  }

  input(input: QueueInput): readonly QueueEffect[] {
    const { state, effects } = queueStep(this.state, input, this.nowMs, this.queues);
    this.state = state;
    this.log.push(...effects);
    for (const effect of effects) if (effect.type === 'announce') this.#heard.push({ id: effect.id, atMs: this.nowMs + this.announceMs });
    return effects;
  }

  arrive(id: string, queue = this.queues[0]?.number ?? '', priority: 'low' | 'medium' | 'high' = 'medium'): readonly QueueEffect[] {
    return this.input({ type: 'arrived', id, queue, priority, port: this.port });
  }

  /** Everything that is due by then happens at its time. */
  until(ms: number): void {
    for (;;) {
      const due = Math.min(nextDueMs(this.state, this.nowMs, this.queues) ?? Infinity, ...this.#heard.map(({ atMs }) => atMs));
      if (due > ms) break;
      this.nowMs = Math.max(due, this.nowMs) as MonotonicMs;
      const at = this.#heard.findIndex(({ atMs }) => atMs <= this.nowMs);
      if (at >= 0) this.input({ type: 'announced', id: (this.#heard.splice(at, 1)[0] as { id: string }).id });
      else this.input({ type: 'tick' });
    }
    this.nowMs = ms as MonotonicMs;
  }

  of<Type extends QueueEffect['type']>(type: Type): Extract<QueueEffect, { type: Type }>[] {
    return this.log.filter((effect): effect is Extract<QueueEffect, { type: Type }> => effect.type === type);
  }
}
