import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SimExchange } from '../../../hal/sim/sim-exchange.ts';
import { ada, lineSite, spoken, untilRecording } from '../../support/line-site.ts';
import type { LineSite } from '../../support/line-site.ts';
import { voice } from '../../support/sim-site.ts';
import { TwoUnits } from '../../support/two-units.ts';

const answered = (site: LineSite, exchange: SimExchange, limitMs: number): Promise<boolean> => site.clock.until(() => exchange.offHook, limitMs);

async function stopped(site: LineSite): Promise<void> {
  await site.stop();
  await site.clock.advance(70_000);
  assert.equal(site.clock.pending().map(({ name }) => name), [], 'no timer is left');
}

test('all-ports-busy: the line is not answered and rings on, and is answered when a port is free', async () => {
  const site = await lineSite({ ports: 1 });
  const other = site.phone({ target: '201', speak: voice(30_000), script: 's' });
  await site.clock.advance(3000);
  site.exchange.ring(ada);
  await site.clock.advance(20_000);
  assert.is(site.exchange.offHook, false);
  assert.is(site.log.last(500).filter(({ event }) => event === 'line-rings-on').length, 1, 'the log says so once');
  assert.is(site.unit.calls.counters.total, 1, 'it is no call yet');
  other.hangUp();
  await site.during(other.end);
  assert.ok(await answered(site, site.exchange, 8000), 'at the next ring');
  site.exchange.hangUp('loop');
  await site.clock.advance(5000);
  await stopped(site);
});

test('an owner collects over a trunk line by keys', async () => {
  const site = await lineSite();
  site.exchange.ring(ada);
  await untilRecording(site);
  site.exchange.speak(spoken(3000));
  await site.clock.advance(3500);
  site.exchange.hangUp('loop');
  await site.clock.advance(5000);
  const pin = await site.during(site.unit.owners.resetPin('201'));
  site.second.ring(ada);
  assert.ok(await answered(site, site.second, 20_000));
  await site.clock.advance(2000);
  site.second.keys('201#');
  await site.clock.advance(3000);
  site.second.keys(`${pin}#`);
  await site.during(site.clock.advance(16_000));
  assert.is(site.unit.store.list('201')[0]?.state, 'old', 'it was heard');
  site.second.keys('0');
  await site.clock.advance(6000);
  assert.is(site.second.offHook, false, 'the unit hung up');
  await stopped(site);
});

test('the first route that matches takes the call: by the number of the caller', async () => {
  const site = await lineSite({ incoming: '{ name: a, caller: "030", mailbox: "202" }, { name: b, mailbox: "201" }' });
  site.exchange.ring(ada);
  site.second.ring({ number: '0401234', name: '', absent: null });
  assert.ok(await answered(site, site.second, 20_000));
  await site.clock.advance(100);
  assert.equal(site.unit.calls.summaries().map(({ peer, mailbox }) => `${peer} ${mailbox}`).sort(), ['trunk-1 202', 'trunk-2 201']);
  site.exchange.hangUp('loop');
  site.second.hangUp('loop');
  await site.clock.advance(5000);
  await stopped(site);
});

test('unit-stops-while-recording: the message is stored, the line is put on-hook, and one that rings is left alone', async () => {
  const site = await lineSite();
  site.exchange.ring(ada);
  await untilRecording(site);
  site.exchange.speak(spoken(20_000));
  await site.clock.advance(5000);
  site.second.ring(ada);
  await site.clock.advance(1000);
  await site.stop();
  assert.is(site.exchange.offHook, false);
  assert.is(site.second.offHook, false);
  assert.ok((site.unit.store.list('201')[0]?.durationMs ?? 0) > 4000);
  await site.clock.advance(70_000);
  assert.equal(site.clock.pending().map(({ name }) => name), []);
});

test('glare: a call that comes in at the moment of our seizure is answered as an incoming one, and ours is refused', async () => {
  const site = await lineSite();
  const run = site.unit.lines.line('trunk-1');
  if (run === null) throw new Error('there is a line');
  site.exchange.glare = true;
  run.input({ type: 'call', digits: '0123', how: 'tone' });
  await untilRecording(site);
  assert.is(site.exchange.dialled, '', 'nothing was dialled into the call');
  assert.equal([site.unit.lines.rows()[0]?.counts.glare, site.unit.lines.rows()[0]?.counts.placed], [1, 0]);
  site.exchange.speak(spoken(3000));
  await site.clock.advance(3500);
  site.exchange.hangUp('loop');
  await site.clock.advance(5000);
  assert.is(site.unit.store.list('201').length, 1, 'and it could leave a message');
  await stopped(site);
});

test('line-reset-by-hand: the device is opened anew, and a call on it ends with its message stored', async () => {
  const site = await lineSite();
  site.exchange.ring(ada);
  await untilRecording(site);
  site.exchange.speak(spoken(20_000));
  await site.clock.advance(4000);
  assert.ok(site.unit.lines.reset('trunk-1'));
  await site.clock.advance(1000);
  assert.equal(site.unit.lines.rows().map(({ state, alarm }) => [state, alarm]), [['idle', null], ['idle', null]]);
  assert.is(site.unit.store.list('201').length, 1);
  assert.is(site.unit.lines.reset('trunk-9'), false);
  await stopped(site);
});

test('line tests: level and loop of an idle line; a line in a call is refused', async () => {
  const site = await lineSite({ trunk: { onHookAudio: true } });
  const level = await site.during(site.unit.lines.test('trunk-1', { kind: 'level', ms: 1000 }));
  assert.ok(level.kind === 'level' && level.averageDbm0 < -50, JSON.stringify(level));
  const loop = await site.during(site.unit.lines.test('trunk-1', { kind: 'loop', ms: 1000 }));
  assert.equal(loop, { kind: 'loop', delayMs: null, lossDb: null });
  site.exchange.ring(ada);
  await untilRecording(site);
  const refused = await site.unit.lines.test('trunk-1', { kind: 'tone', ms: 1000 }).then(() => '', (error: Error) => error.message);
  assert.match(refused, /trunk-1 is talking; only an idle line can be tested/);
  site.exchange.hangUp('loop');
  await site.clock.advance(5000);
  await stopped(site);
});

test('device-unplugged-for-good: the alarm stands, the health check tries once to open it anew, and is well when it is back', async () => {
  const site = await lineSite();
  site.second.unplug();
  await site.clock.advance(60_000);
  const check = () => site.unit.health.report().checks.find(({ check: name }) => name === 'lines');
  assert.is(check()?.condition, 'alarm');
  assert.match(check()?.cause ?? '', /trunk-2 is not there/);
  assert.equal(check()?.taken.map(({ remedy }) => remedy), ['reopen-lines']);
  site.second.plug();
  await site.clock.advance(70_000);
  assert.is(check()?.condition, 'well');
  await stopped(site);
});

test('both units of a pair on one line: only the one that serves answers', async () => {
  const two = new TwoUnits('lines: [{ name: t, device: "sim:1", kind: trunk, callerId: none }]\nincoming: [{ name: a, mailbox: "201" }]\n');
  const ends = { primary: two.lines.primary.exchange('1'), backup: two.lines.backup.exchange('1') };
  await two.start();
  ends.primary.ring(null);
  ends.backup.ring(null);
  await two.clock.advance(10_000);
  assert.equal([ends.primary.offHook, ends.backup.offHook], [true, false]);
  ends.primary.hangUp('loop');
  await two.during(two.primary.stop(2000));
  await two.clock.advance(10_000);
  assert.equal([ends.primary.offHook, ends.backup.offHook], [false, true], 'a line that still rings is answered by the one that has taken over');
  await two.during(two.backup.stop(2000));
});

test.run();
