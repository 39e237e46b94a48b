import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { inOrder } from '../../../firmware/queues/queue-order.ts';
import type { QueueEffect, QueueInput } from '../../../firmware/queues/queue-machine.ts';
import { queueOf, QueueWorld } from './queue-world.ts';

type Random = SimRandom;

const pick = <T>(random: Random, items: readonly T[]): T | null => (items.length === 0 ? null : (items[random.below(items.length)] as T));

/** A day of a call centre, in which everything happens that may, in any order. What must hold, holds after each step. */
class RandomDay extends QueueWorld {
  readonly #random: Random;
  readonly fates = new Map<string, 'waiting' | 'joined' | 'overflow' | 'left'>();
  readonly #ringing = new Map<string, string>();
  readonly #talking = new Map<string, string>();
  readonly #told = new Map<string, { position: number; etaSec: number | null }>();
  #next = 0;

  constructor(random: Random) {
    super(
      queueOf({ agents: ['201', '202', '203'], ring: pick(random, ['longest-idle', 'in-turn', 'all'] as const) ?? 'all', together: random.below(2) === 0, mostWaiting: 5, firstSec: 1, everySec: 5, mostWaitSec: 60 }),
      queueOf({ number: '900', agents: ['203', '204'], ring: 'longest-idle', overflow: '0', mostWaitSec: 90 }),
    );
    this.#random = random;
  }

  step(): void {
    const random = this.#random;
    this.until(this.nowMs + random.below(4000));
    const waiting = this.state.callers.map(({ id }) => id);
    const rung = pick(random, [...this.#ringing]);
    const talk = pick(random, [...this.#talking.keys()]);
    const someone = pick(random, waiting);
    const dice = random.below(10);
    if (dice < 3) this.#arrives();
    else if (dice < 4 && someone !== null) this.#leaves(someone);
    else if (dice < 6 && rung !== null) this.input({ type: 'agent-answered', id: rung[1], agent: rung[0] });
    else if (dice < 7 && rung !== null) this.input({ type: 'agent-failed', id: rung[1], agent: rung[0], why: pick(random, ['busy', 'no-answer', 'unreachable'] as const) ?? 'busy' });
    else if (dice < 9 && talk !== null) this.input({ type: 'talk-ended', agent: talk });
    else this.input({ type: 'agent-line', agent: pick(random, ['201@', '202@', '203@', '204@']) ?? '', line: pick(random, ['free', 'busy', 'unknown'] as const) ?? 'free' });
  }

  override input(input: QueueInput): readonly QueueEffect[] {
    if (input.type === 'agent-failed') this.#ringing.delete(input.agent);
    if (input.type === 'talk-ended') this.#talking.delete(input.agent);
    const effects = super.input(input);
    for (const effect of effects) this.#check(effect);
    this.#invariants();
    return effects;
  }

  #arrives(): void {
    const id = `c${this.#next++}`;
    this.fates.set(id, 'waiting');
    this.arrive(id, pick(this.#random, ['800', '900']) ?? '', pick(this.#random, ['low', 'medium', 'high'] as const) ?? 'low');
  }

  #leaves(id: string): void {
    this.fates.set(id, 'left');
    this.input({ type: 'left', id });
  }

  #check(effect: QueueEffect): void {
    switch (effect.type) {
      case 'ring':
        assert.not.ok(this.#ringing.has(effect.agent) || this.#talking.has(effect.agent), 'nobody is rung twice at once, or in a call');
        this.#ringing.set(effect.agent, effect.id);
        return;
      case 'cancel':
        if (this.#ringing.get(effect.agent) === effect.id) this.#ringing.delete(effect.agent);
        return;
      case 'join':
        assert.is(this.fates.get(effect.id), 'waiting');
        assert.is(this.#ringing.get(effect.agent), effect.id);
        this.#ringing.delete(effect.agent);
        this.#talking.set(effect.agent, effect.id);
        this.fates.set(effect.id, 'joined');
        return;
      case 'overflow':
        assert.is(this.fates.get(effect.id), 'waiting', 'overflows once');
        this.fates.set(effect.id, 'overflow');
        return;
      case 'announce':
        return this.#announced(effect);
    }
  }

  #announced({ id, position, etaSec }: Extract<QueueEffect, { type: 'announce' }>): void {
    const before = this.#told.get(id);
    assert.ok(position >= 1);
    if (before !== undefined) {
      assert.ok(position <= before.position, 'a position is not taken back');
      assert.ok(before.etaSec === null || (etaSec !== null && etaSec <= before.etaSec), 'neither is a time');
    }
    this.#told.set(id, { position, etaSec });
  }

  #invariants(): void {
    const here = new Set(this.state.callers.map(({ id }) => id));
    for (const [id, fate] of this.fates) assert.is(here.has(id), fate === 'waiting', `${id} is ${fate}`);
    assert.ok(this.state.callers.filter(({ queue }) => queue === '800').length <= 5);
    for (const caller of this.state.callers) assert.equal([...caller.ringing].sort(), [...this.#ringing].filter(([, id]) => id === caller.id).map(([agent]) => agent).sort());
    this.#nobodyOvertakes();
  }

  /** Where one at a time is rung: who is rung for nobody has nobody behind them of the same queue that is. */
  #nobodyOvertakes(): void {
    const calm = inOrder(this.state.callers.filter(({ queue }) => queue === '900'));
    const last = calm.findIndex(({ ringing }) => ringing.length === 0);
    const free = ['203@', '204@'].filter((agent) => !this.#ringing.has(agent) && !this.#talking.has(agent) && this.state.agents[agent]?.line !== 'busy' && (this.state.agents[agent]?.restUntilMs ?? 0) <= this.nowMs);
    if (last >= 0) assert.equal(free, [], 'nobody waits while an agent is free');
  }
}

test('over random days nobody is lost, rung twice, overtaken by nobody, and nothing announced is taken back', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const day = new RandomDay(new SimRandom(seed));
    try {
      for (let step = 0; step < 250; step += 1) day.step();
      day.until(day.nowMs + 100_000);
      assert.is(day.state.callers.length, 0, 'everybody got out');
      assert.not.ok([...day.fates.values()].includes('waiting'));
    } catch (error) {
      throw new Error(`seed ${seed}: ${String(error)}`);
    }
  }
});

test.run();
