import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SpotSet } from '../../../firmware/media/spot-set.ts';

const capacity = 128;

/** The same by a plain list, one spot at a time. */
function plain(): { readonly taken: boolean[]; set(place: number, count: number, to: boolean): void } {
  const taken = new Array<boolean>(capacity).fill(false);
  return {
    taken,
    set: (place, count, to) => {
      for (let at = 0; at < count; at++) taken[(place + at) & (capacity - 1)] = to;
    },
  };
}

test('spot-set: what is added is there, and nothing beside it, from each spot on and for each count', () => {
  for (let place = 0; place < capacity; place++) {
    for (let count = 0; count <= 70; count++) {
      const [set, expected] = [new SpotSet(capacity), plain()];
      set.add(place, count);
      expected.set(place, count, true);
      assert.equal(expected.taken.map((_, spot) => set.has(spot)), expected.taken, `${count} from ${place} on`);
      assert.ok(set.hasAll(place, count));
      assert.not(set.hasAll(place, count + 1), `${count} from ${place} on, one more`);
      assert.not(set.hasAll(place - 1, count + 1), `${count} from ${place} on, one before`);
    }
  }
});

test('spot-set: many additions and removals at places that go round, also past the ends of 32 bits, leave what they leave in a plain list', () => {
  const [set, expected] = [new SpotSet(capacity), plain()];
  let state = 7;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
  for (const base of [0, -500, 0x7fffffff - 300, -0x80000000]) {
    for (let step = 0; step < 500; step++) {
      const [place, count] = [(base + next(600)) | 0, next(100)];
      const to = next(2) === 1;
      if (to) set.add(place, count);
      else set.remove(place, count);
      expected.set(place, count, to);
      assert.equal(expected.taken.map((_, spot) => set.has(spot)), expected.taken);
      const [from, many] = [next(capacity), next(64)];
      assert.is(set.hasAll(from, many), Array.from({ length: many }, (_, at) => expected.taken[(from + at) & (capacity - 1)]).every(Boolean));
    }
  }
  set.clear();
  assert.not(expected.taken.some((_, spot) => set.has(spot)));
});

test.run();
