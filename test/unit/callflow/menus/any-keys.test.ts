import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MenuMode } from '../../../../firmware/config/telephone-settings.ts';
import { SimRandom } from '../../../../hal/sim/sim-random.ts';
import { MenuProbe, message } from '../../../support/menu-probe.ts';

const keys = '0123456789*#';
const messages = [message('a'), message('b', { sender: '202', priority: true }), message('c', { state: 'old' }), message('d', { state: 'saved' })];
const calls = 400;
const moves = 60;

const starting = (mode: MenuMode, works: boolean): MenuProbe => {
  const probe = new MenuProbe({ mode, messages, works });
  probe.feed({ type: 'start' });
  return probe.keys('201#4711#');
};

/** One thing that a caller, the media thread or the clock may do. */
function move(probe: MenuProbe, random: SimRandom): string {
  const chosen = random.below(10);
  if (chosen < 6) {
    const key = keys[random.below(keys.length)] as string;
    probe.keys(key);
    return key;
  }
  if (chosen === 6) return probe.waits() && '(waits)';
  if (chosen === 7 && probe.recording !== null) return probe.speak(random.below(5000)) && '(speaks)';
  return probe.heard() && '(hears)';
}

for (const mode of ['ip-office', 'intuity'] as const) {
  for (const works of [true, false]) {
    test(`${mode}: whatever is pressed, the menu goes on and a hang-up ends it (${works ? 'all goes well' : 'every change of the store fails'})`, () => {
      const seen = new Set<string>();
      for (let seed = 1; seed <= calls; seed += 1) {
        const random = new SimRandom(seed);
        const probe = starting(mode, works);
        const done: string[] = [];
        const story = (): string => `seed ${seed}: ${done.join(' ')} -> ${JSON.stringify(probe.state).slice(0, 600)}`;
        for (let count = random.below(moves); count > 0 && !probe.over; count -= 1) {
          done.push(move(probe, random));
          seen.add(probe.state.name);
          assert.not(probe.stuck, `something follows; ${story()}`);
          assert.ok(!('frames' in probe.state) || probe.state.frames.length <= 9, story());
        }
        if (probe.over) {
          assert.is(probe.done, 1, story());
          continue;
        }
        probe.feed({ type: 'hung-up' });
        assert.is(probe.done, 1, `done once after the hang-up; ${story()}`);
      }
      assert.ok(seen.size > (works ? 15 : 8), `many places were visited: ${[...seen].join(', ')}`);
    });
  }

  test(`${mode}: a draft or a greeting that was begun and not kept never stays behind`, () => {
    for (let seed = 1; seed <= calls; seed += 1) {
      const random = new SimRandom(seed + 10_000);
      const probe = starting(mode, true);
      probe.keys(mode === 'intuity' ? ['1', '31', '55', '212'][random.below(4)] as string : ['32', '*05', '63'][random.below(3)] as string);
      for (let count = random.below(20); count > 0 && !probe.over; count -= 1) move(probe, random);
      if (!probe.over) probe.feed({ type: 'hung-up' });
      let [draft, greeting] = [false, false];
      for (const one of probe.trace) {
        if (one === 'open-draft') draft = true;
        if (one === 'abandon-draft') draft = false;
        if (one.startsWith('open-greeting')) greeting = true;
        if (one === 'commit-greeting' || one === 'abandon-greeting') greeting = false;
      }
      assert.equal([draft, greeting], [false, false], `seed ${seed}: ${probe.trace.join(' ')}`);
    }
  });

  test(`${mode}: an owner who does nothing is let go after a while`, () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = new SimRandom(seed + 20_000);
      const probe = starting(mode, true);
      for (let count = random.below(20); count > 0 && !probe.over; count -= 1) move(probe, random);
      for (let count = 0; count < 200 && !probe.over; count += 1) probe.heard().speak(3000).waits();
      assert.ok(probe.over, `seed ${seed}: ${JSON.stringify(probe.state).slice(0, 500)}`);
    }
  });
}

test.run();
