import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inParallel } from '../../../firmware/mailbox/serial.ts';
import { encodeSigned } from '../../../firmware/site/signed-manifest.ts';
import { greet, heard, pinOf, setPin, settingsText, spoken } from '../../support/site/site-fixture.ts';
import { SiteWorld } from '../../support/site/site-world.ts';

const mailboxes = Array.from({ length: 2000 }, (_, at) => String(4000 + at));

test('2,000-mailboxes: with greeting, name and PIN all of them go over, and a changed PIN after that costs a few hundred bytes', async () => {
  const world = new SiteWorld({ kbps: 100_000 });
  world.network.faultAll({ delayMs: 1 });
  const a = await world.a.start({ own: settingsText(6, mailboxes) });
  await inParallel(mailboxes, 8, async (mailbox) => {
    const tag = Number(mailbox);
    await greet(a, mailbox, tag, 1, 400);
    await greet(a, mailbox, tag + 1, 1, 200, 'name');
    await setPin(a, mailbox, tag);
  });
  const seeding = performance.now();
  await a.state.seed();
  const seedMs = performance.now() - seeding;
  const signed = a.state.current;
  assert.is(Object.keys(signed?.manifest.entries ?? {}).length, 6001);
  const manifestBytes = signed === null ? 0 : encodeSigned(signed).length;
  const taking = performance.now();
  await world.b.start();
  assert.ok(await world.untilInStep(600_000, 1000));
  console.log(`manifest of ${manifestBytes} bytes; first version made in ${Math.round(seedMs)} ms, taken in ${Math.round(performance.now() - taking)} ms of this machine, ${Math.round(world.clock.monotonic() / 1000)} s of the line`);
  assert.ok(manifestBytes > 700_000 && manifestBytes < 1_500_000);
  for (const mailbox of ['4000', '4999', '5999']) {
    assert.equal([await heard(world.b.site, mailbox), await heard(world.b.site, mailbox, 'name'), pinOf(world.b.site, mailbox)], [spoken(Number(mailbox), 1, 400), spoken(Number(mailbox) + 1, 1, 200), pinOf(a, mailbox)]);
  }
  assert.is(world.b.site.settings.settings.mailboxes.length, 2000);
  await world.clock.advance(2000);
  world.kbps = 64;
  const changing = performance.now();
  await setPin(a, '4999', 1);
  assert.ok(await world.clock.until(() => pinOf(world.b.site, '4999') === pinOf(a, '4999'), 3000, 50), 'within 3 s at 64 kbit/s: 1 MB would take 2 minutes');
  console.log(`a changed PIN is on both after ${Math.round(performance.now() - changing)} ms of this machine`);
  await world.stop();
});

test.run();
