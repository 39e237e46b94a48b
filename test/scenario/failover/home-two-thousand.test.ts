// two-thousand-messages: a long failure of the primary in a busy house.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../../support/figure.ts';
import { maxEntries } from '../../../firmware/failover/homecoming/home-ledger.ts';
import { allOf, HomeWorld } from '../../support/home-world.ts';
import { chunksOf, leave } from '../../support/store-fixture.ts';

test('two thousand messages come home, each once; the memory of it stays within its bound', async () => {
  const { world, home, away } = await HomeWorld.withUnits(1, (knobs) => (knobs.serves = false));
  const mailboxes = Array.from({ length: 10 }, (_, nth) => String(301 + nth));
  world.knobs.mailboxes.push(...mailboxes);
  const ids: string[] = [];
  for (let nth = 0; nth < 2000; nth++) ids.push((await leave(away.store, mailboxes[nth % 10] ?? '', chunksOf(nth, 1, 400))).id);
  world.knobs.serves = true;
  const beganMs = world.clock.monotonic();
  assert.ok(await world.allHome(away, 600_000));
  const tookMs = world.clock.monotonic() - beganMs;
  await world.clock.advance(1000);
  assert.equal(allOf(home).map(({ id }) => id).sort(), ids.sort());
  assert.equal(allOf(away), []);
  assert.equal(home.homecoming.status().moved, 2000);
  const ledger = await Promise.all(['a', 'b'].map((slot) => home.storage.stat(`home/ledger.${slot}`)));
  assert.ok(ledger.every((slot) => (slot?.bytes ?? 0) < maxEntries * 70), JSON.stringify(ledger));
  figure(`2,000 messages in ${(tookMs / 1000).toFixed(1)} s of virtual time`);
  assert.equal(await world.leaks(home, away), []);
});

test.run();
