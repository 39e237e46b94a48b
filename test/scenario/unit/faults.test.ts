import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { SimSite, voice } from '../../support/sim-site.ts';
import { testConfiguration, testSettings } from '../../support/sim-unit.ts';

const speaking = { speak: voice(20_000), script: 's' };

test('caller-hangs-up-while-recording: what was said is delivered', async () => {
  const site = await SimSite.start();
  const call = site.phone({ target: '201', ...speaking });
  await site.clock.advance(8000);
  call.hangUp();
  await site.during(call.end);
  await site.clock.advance(500);
  const [message] = site.unit.store.list('201');
  assert.ok(message !== undefined && message.durationMs > 4000, `${message?.durationMs} ms`);
  assert.is(message.interrupted, false);
  await site.stop();
});

/** The caller hangs up now: there is no message, and the port is free. */
async function hangsUpAndLeavesNothing(site: SimSite, call: ReturnType<SimSite['phone']>): Promise<void> {
  call.hangUp();
  await site.during(call.end);
  await site.clock.advance(500);
  assert.equal(site.unit.store.list('201'), []);
  assert.is(site.unit.calls.ports.inUse, 0);
  await site.stop();
}

test('caller-hangs-up-during-greeting: nothing is left', async () => {
  const site = await SimSite.start();
  const call = site.phone({ target: '201', ...speaking });
  await site.clock.advance(900);
  await hangsUpAndLeavesNothing(site, call);
});

test('caller-hangs-up-during-the-tone: nothing is left, and the port is free', async () => {
  const site = await SimSite.start();
  const call = site.phone({ target: '201', ...speaking });
  assert.ok(await site.clock.until(() => site.unit.calls.summaries()[0]?.doing === 'beep', 20_000));
  await site.clock.advance(100);
  await hangsUpAndLeavesNothing(site, call);
});

test('all-ports-busy: the next call is refused with 503, and served when one is free', async () => {
  const site = await SimSite.start();
  const calls = Array.from({ length: 4 }, () => site.phone({ target: '201', ...speaking }));
  await site.clock.advance(3000);
  const fifth = await site.during(site.phone({ target: '202', ...speaking }).end);
  assert.is(fifth.answered, false);
  assert.match(fifth.text, '503');
  for (const call of calls) call.hangUp();
  await site.during(Promise.all(calls.map((call) => call.end)));
  await site.clock.advance(500);
  assert.ok((await site.during(site.phone({ target: '202', speak: voice(2000), script: 's' }).end)).answered);
  await site.stop();
});

test('full-disk: callers hear that the mailbox is full before any beep', async () => {
  const storage = new SimStorage({ totalBytes: 40 * 1024 * 1024 });
  const site = await SimSite.start({ storage, settings: testSettings(`${testConfiguration.replace('maxSec: 60', 'maxSec: 60, reserveMiB: 64')}`) });
  const call = site.phone({ target: '201', ...speaking });
  const end = await site.during(call.end);
  assert.match(end.text, 'hung up');
  assert.not(call.told.some((line) => line.includes('beep')), call.told.join(';'));
  assert.equal(site.unit.store.list('201'), []);
  await site.stop();
});

test('unit-stops-while-recording: the message is stored before it ends', async () => {
  const site = await SimSite.start();
  const call = site.phone({ target: '201', ...speaking });
  await site.clock.advance(9000);
  const before = site.clock.monotonic();
  await site.stop();
  assert.ok(site.clock.monotonic() - before <= 2000, 'within two seconds');
  await site.during(call.end);
  const again = await SimSite.start({ storage: site.storage });
  const [message] = again.unit.store.list('201');
  assert.ok(message !== undefined && message.durationMs > 5000 && !message.interrupted);
  await again.stop();
});

test('power-cut-while-recording: the message is delivered as interrupted and lacks at most the last second', async () => {
  const site = await SimSite.start();
  const call = site.phone({ target: '201', ...speaking });
  const beep = (): boolean => call.told.some((line) => line.includes('beep'));
  assert.ok(await site.clock.until(beep, 20_000));
  const spokeFrom = site.clock.monotonic();
  await site.clock.advance(7300);
  const survivor = site.storage.afterPowerCut(() => 'drop');
  const spokenMs = site.clock.monotonic() - spokeFrom;
  const again = await SimSite.start({ storage: survivor });
  assert.is(again.unit.openReport?.salvaged.length, 1);
  const [message] = again.unit.store.list('201');
  assert.ok(message !== undefined && message.interrupted);
  assert.ok(message.durationMs >= spokenMs - 1000, `${message.durationMs} of ${spokenMs} ms`);
  await again.clock.advance(1500);
  assert.equal(again.lamps.filter(({ mailbox }) => mailbox === '201').at(-1)?.counts, '1/0', 'its lamp lights');
  await again.stop();
  call.hangUp();
  await site.during(call.end);
});

test('unknown-number: 404, and no port is used', async () => {
  const site = await SimSite.start();
  const end = await site.during(site.phone({ target: '999' }).end);
  assert.match(end.text, '404');
  assert.is(site.unit.calls.ports.served(0), 0);
  await site.stop();
});

test('pbx-away-while-lamps-change: it is told the last state when it is back', async () => {
  const site = await SimSite.start();
  await site.clock.advance(1500);
  const call = site.phone({ target: '201', speak: voice(2500), script: 's' });
  await site.during(call.end);
  site.network.partition('10.0.0.1', '10.0.0.2');
  const [message] = site.unit.store.list('201');
  await site.during(site.unit.store.mark('201', message?.id ?? '', 'deleted'));
  await site.clock.advance(40_000);
  site.network.heal('10.0.0.1', '10.0.0.2');
  await site.clock.advance(60_000);
  assert.equal(site.lamps.filter(({ mailbox }) => mailbox === '201').at(-1), { mailbox: '201', waiting: false, counts: '0/0' });
  await site.stop();
});

test('20-percent-loss: calls still leave their messages', async () => {
  const site = await SimSite.start({ seed: 3 });
  site.network.faultBoth('10.0.0.1', '10.0.0.2', { loss: 0.2 });
  for (const target of ['201', '202', '201']) await site.during(site.phone({ target, speak: voice(4000), script: 's' }).end, 120_000);
  await site.clock.advance(40_000);
  assert.is(site.unit.store.list('201').length + site.unit.store.list('202').length, 3);
  for (const message of site.unit.store.list('201')) assert.ok(message.lostPackets > 0 && message.durationMs > 3000, JSON.stringify(message));
  await site.stop();
});

test('second-unit-on-the-same-data: refused, the first goes on', async () => {
  const site = await SimSite.start();
  try {
    await SimSite.start({ storage: site.storage });
    assert.unreachable('it started');
  } catch (error) {
    assert.is((error as { id?: string }).id, 'busy');
  }
  assert.ok((await site.during(site.phone({ target: '201', speak: voice(2000), script: 's' }).end)).answered);
  await site.stop();
});

test.run();
