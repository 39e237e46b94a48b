import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultTiming } from '../../../firmware/failover/pair-timing.ts';
import { References } from '../../../firmware/failover/references.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';

function asked(addresses: string[], pbx: (() => Promise<boolean>) | null = null) {
  const clock = new SimClock();
  const world = { up: true, asked: 0, changes: 0 };
  const references = new References({
    clock, addresses, pbxAlive: pbx, timing: defaultTiming,
    reachability: {
      answers: async (_address, timeoutMs) => {
        world.asked++;
        const { up } = world;
        await new Promise<void>((resolve) => void clock.after('ping', up ? 1 : timeoutMs, resolve));
        return up;
      },
      interfaceTowards: async () => null,
      watchCarrier: async () => ({ close: () => undefined }),
    },
    changed: () => void world.changes++,
  });
  return { clock, world, references };
}

test('fresh for a few rounds, seen for two seconds', async () => {
  const { clock, world, references } = asked(['10.0.0.254']);
  assert.equal([references.fresh, references.sees], [false, false]);
  references.start();
  await clock.advance(10);
  assert.equal([references.fresh, references.steady, references.sees], [true, false, true]);
  await clock.advance(1000);
  assert.ok(references.steady);
  world.up = false;
  await clock.advance(900);
  assert.equal([references.fresh, references.steady, references.sees], [false, false, true]);
  await clock.advance(1400);
  assert.not.ok(references.sees);
  references.stop();
  await clock.advance(1000);
  assert.equal(clock.pending(), []);
});

test('when the partner falls silent an older answer does not count, and all are asked at once', async () => {
  const { clock, world, references } = asked(['10.0.0.254', '10.0.0.253']);
  references.start();
  await clock.advance(100);
  const before = world.asked;
  references.silence(clock.monotonic() + 50);
  assert.is(world.asked, before + 2);
  assert.not.ok(references.fresh);
  await clock.advance(400);
  assert.ok(references.fresh);
  references.silence(null);
  assert.ok(references.fresh);
  references.stop();
});

test('carrier lost: nothing is seen at once', async () => {
  const { clock, references } = asked(['10.0.0.254']);
  references.start();
  await clock.advance(100);
  references.carrier(false);
  assert.equal([references.fresh, references.sees], [false, false]);
  references.carrier(true);
  await clock.advance(10);
  assert.ok(references.fresh);
  references.stop();
});

test('a PBX is a reference too, one that rejects is one that does not answer, and none that never answers piles up', async () => {
  const pbx = asked([], async () => true);
  pbx.references.start();
  await pbx.clock.advance(10);
  assert.ok(pbx.references.fresh);
  pbx.references.stop();
  const rejects = asked([], async () => Promise.reject(new Error('no privilege')));
  rejects.references.start();
  await rejects.clock.advance(1000);
  assert.not.ok(rejects.references.sees);
  rejects.references.stop();
  let calls = 0;
  const hangs = asked([], () => (calls++, new Promise<boolean>(() => undefined)));
  hangs.references.start();
  await hangs.clock.advance(10_000);
  assert.is(calls, 3);
  hangs.references.stop();
});

test('nothing to ask: there is no way to tell, so the carrier alone decides', () => {
  const { references } = asked([]);
  assert.equal([references.fresh, references.steady, references.sees], [true, true, true]);
  references.carrier(false);
  assert.equal([references.fresh, references.sees], [false, false]);
});

test.run();
