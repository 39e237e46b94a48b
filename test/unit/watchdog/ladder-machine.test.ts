import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CheckName } from '../../../firmware/watchdog/health-check.ts';
import { atTheFoot, keptRemedies, ladderStep, resumedAbove, type LadderEffect, type LadderState } from '../../../firmware/watchdog/ladder-machine.ts';
import { ladders, relapseMs } from '../../../firmware/watchdog/ladders.ts';
import { remedies, type Remedy } from '../../../firmware/watchdog/remedy.ts';

const everything: readonly Remedy[] = Object.keys(remedies) as Remedy[];
const names = Object.keys(ladders) as CheckName[];

/** One check on its ladder, looked at every 5 s. */
class Climber {
  state: LadderState;
  nowMs = 0;
  offered: readonly Remedy[] = everything;
  calls = false;
  readonly lastTaken = new Map<Remedy, number>();
  readonly effects: LadderEffect[] = [];

  constructor(check: CheckName) {
    this.state = atTheFoot(check, 0);
  }

  look(fault: string | null, afterMs = 5000): LadderEffect[] {
    this.nowMs += afterMs;
    const step = ladderStep(this.state, { type: 'looked', nowMs: this.nowMs, fault, offered: new Set(this.offered), callsInProgress: this.calls, lastTaken: this.lastTaken });
    this.state = step.state;
    for (const effect of step.effects) if (effect.type === 'take') this.lastTaken.set(effect.remedy, this.nowMs);
    this.effects.push(...step.effects);
    return [...step.effects];
  }

  /** Looks until nothing is left to do; the remedies that were taken, in order. */
  exhaust(fault: string): Remedy[] {
    for (let looks = 0; looks < 2000 && this.state.condition !== 'past-help' && this.state.condition !== 'alarm'; looks++) this.look(fault);
    return this.effects.flatMap((effect) => (effect.type === 'take' ? [effect.remedy] : []));
  }
}

for (const check of names) {
  const { tries, rungs, end } = ladders[check];

  test(`${check}: nothing is done before ${tries} looks in a row have found the fault`, () => {
    const one = new Climber(check);
    for (let look = 1; look < tries; look++) assert.not(one.look('bad').some(({ type }) => type === 'take' || type === 'sick'), `look ${look}`);
    one.look(null);
    assert.is(one.state.condition, 'well', 'one that went by itself is forgotten');
    assert.is(one.state.fails, 0);
    for (let look = 1; look < tries; look++) one.look('bad');
    assert.ok(one.look('bad').some(({ type }) => type === 'sick'));
  });

  test(`${check}: each remedy once, in its order, then ${end}`, () => {
    const one = new Climber(check);
    assert.equal(one.exhaust('bad'), rungs.map(({ remedy }) => remedy));
    assert.is(one.state.condition, end === 'bite' ? 'past-help' : 'alarm');
    assert.is(one.look('bad').length, 0, 'told once');
  });

  test(`${check}: what is not offered here is told and passed over`, () => {
    const one = new Climber(check);
    one.offered = [];
    assert.equal(one.exhaust('bad'), []);
    assert.equal(one.effects.flatMap((effect) => (effect.type === 'not-offered' ? [effect.remedy] : [])), rungs.map(({ remedy }) => remedy));
  });

  test(`${check}: well again from wherever it was`, () => {
    const one = new Climber(check);
    one.exhaust('bad');
    assert.equal(one.look(null), [{ type: 'recovered', cause: 'bad' }]);
    assert.is(one.state.condition, 'well');
    assert.is(one.state.yields, false);
    assert.is(one.state.cause, 'bad', 'for show health');
  });

  test(`${check}: a state in which it may not run leaves nothing undone`, () => {
    const one = new Climber(check);
    one.exhaust('bad');
    const { state } = ladderStep(one.state, { type: 'not-run', nowMs: one.nowMs });
    assert.is(state.condition, 'not-run');
  });
}

test('a remedy has its time before the fault is judged again', () => {
  const one = new Climber('sip');
  one.look('deaf');
  assert.ok(one.look('deaf').some((effect) => effect.type === 'take' && effect.remedy === 'reopen-sip'));
  assert.equal(one.look('deaf', 1000), []);
  assert.equal(one.look('deaf', 1000), []);
  assert.ok(one.look('deaf', 1500).some((effect) => effect.type === 'take' && effect.remedy === 'hand-over'));
});

test('a relapse goes on above the rung that helped for a while only', () => {
  const one = new Climber('sip');
  one.look('deaf');
  one.look('deaf');
  one.look(null);
  one.look('deaf', 60_000);
  assert.ok(one.look('deaf').some((effect) => effect.type === 'take' && effect.remedy === 'hand-over'));
});

test('after a long time in health it begins at the foot again', () => {
  const one = new Climber('sip');
  one.look('deaf');
  one.look('deaf');
  one.look(null);
  one.look(null, relapseMs);
  one.look('deaf');
  assert.ok(one.look('deaf').some((effect) => effect.type === 'take' && effect.remedy === 'reopen-sip'));
});

test('no remedy twice within its pause, whichever check it was for', () => {
  const one = new Climber('sip');
  one.lastTaken.set('reopen-sip', 0);
  one.look('deaf');
  assert.equal(one.look('deaf').map(({ type }) => type), ['sick']);
  while (one.nowMs + 5000 < remedies['reopen-sip'].pauseMs) assert.equal(one.look('deaf'), []);
  assert.ok(one.look('deaf').some((effect) => effect.type === 'take' && effect.remedy === 'reopen-sip'));
});

test('a remedy that costs calls waits for them to end, and not for ever', () => {
  const one = new Climber('memory');
  one.calls = true;
  for (let look = 0; look < ladders.memory.tries; look++) one.look('fat');
  assert.is(one.state.condition, 'sick');
  const graceMs = ladders.memory.rungs[0]?.graceMs ?? 0;
  assert.equal(one.look('fat', graceMs - 1000), []);
  assert.ok(one.look('fat', 1000).some(({ type }) => type === 'take'));
  const other = new Climber('memory');
  other.calls = true;
  for (let look = 0; look < ladders.memory.tries; look++) other.look('fat');
  other.calls = false;
  assert.ok(other.look('fat').some(({ type }) => type === 'take'), 'at once when the last call has ended');
});

test('the unit yields to its partner from the rung for that on, also when there was none at that time', () => {
  const one = new Climber('store');
  one.offered = [];
  one.look('full of errors');
  assert.is(one.state.yields, false);
  one.exhaust('full of errors');
  assert.is(one.state.yields, true);
});

test('a process that ended itself does not do so again for the same fault', () => {
  const one = new Climber('sip');
  one.state = resumedAbove(one.state, 'restart-process', 'deaf');
  assert.equal(one.exhaust('deaf'), []);
  assert.is(one.state.condition, 'past-help');
});

test('remedies remembered are bounded', () => {
  const one = new Climber('sip');
  for (let round = 0; round < 3 * keptRemedies; round++) {
    one.look('deaf');
    one.look('deaf');
    one.look(null);
    one.look(null, 2 * relapseMs);
  }
  assert.is(one.state.taken.length, keptRemedies);
});

test('whatever comes, no remedy is taken twice within its pause', () => {
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
  for (let run = 0; run < 200; run++) {
    const one = new Climber(names[random(names.length)] ?? 'sip');
    for (let look = 0; look < 200; look++) {
      one.offered = everything.filter(() => random(3) > 0);
      one.calls = random(2) === 0;
      const before = new Map(one.lastTaken);
      for (const effect of one.look(random(4) === 0 ? null : 'bad', 1000 + random(60_000))) {
        if (effect.type !== 'take') continue;
        assert.ok(one.offered.includes(effect.remedy));
        assert.ok(one.nowMs - (before.get(effect.remedy) ?? -Infinity) >= remedies[effect.remedy].pauseMs);
      }
    }
  }
});

test.run();
