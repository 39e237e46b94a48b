import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { foundAt, spoken } from '../../support/line-audio.ts';
import { phoneSite, phoneSiteEnds } from '../../support/phone-site.ts';

test('telephone-to-sip: what is dialled is called at the port\'s peer, and joined', async () => {
  const site = await phoneSite();
  site.office.policy = { answerMs: 3000 };
  site.ada.lift();
  await site.clock.advance(500);
  site.ada.keys('4711#');
  await site.clock.until(() => site.office.taken.length > 0, 10_000);
  assert.is(site.office.taken[0]?.dialled, '4711');
  assert.is(site.office.taken[0]?.caller.number, '201');
  await site.clock.until(() => site.office.established, 10_000);
  await site.clock.advance(100);
  site.ada.listen();
  const [toOffice, toAda] = [spoken(2000, 440), spoken(2000, 523)];
  site.ada.speak(toOffice);
  site.office.speak(toAda);
  await site.clock.advance(3000);
  assert.ok(foundAt(site.office.heard, toOffice) >= 0, 'the SIP side hears the telephone');
  assert.ok(foundAt(site.ada.heardCodes, toAda) >= 0, 'the telephone hears the SIP side');
  site.ada.putDown();
  await site.clock.advance(500);
  assert.is(site.office.end?.by, 'remote');
  await phoneSiteEnds(site);
});

test('telephone-to-sip, pulse dialled: the same call', async () => {
  const site = await phoneSite();
  site.ada.lift();
  await site.clock.advance(500);
  site.ada.keys('47', 'pulse');
  await site.clock.until(() => site.office.established, 20_000);
  assert.is(site.office.taken[0]?.dialled, '47', 'dialling ends with a pause');
  site.office.hangUp();
  await site.clock.advance(500);
  assert.ok(site.ada.cutOff);
  await phoneSiteEnds(site);
});

test('telephone-to-telephone: two lines are joined within the unit, on two ports, until one is put down', async () => {
  const site = await phoneSite();
  site.ada.lift();
  await site.clock.advance(500);
  site.ada.keys('305');
  await site.clock.until(() => site.hall.ringing, 5000);
  assert.is(site.hall.ringing, true);
  assert.is(site.unit.calls.ports.inUse, 2);
  await site.clock.advance(3000);
  assert.is(site.hall.callerId?.number, '201');
  site.hall.lift();
  await site.clock.advance(500);
  for (const telephone of [site.ada, site.hall]) telephone.listen();
  const [toHall, toAda] = [spoken(2000, 440), spoken(2000, 523)];
  site.ada.speak(toHall);
  site.hall.speak(toAda);
  await site.clock.advance(3000);
  assert.ok(foundAt(site.hall.heardCodes, toHall) >= 0, 'one hears the other');
  assert.ok(foundAt(site.ada.heardCodes, toAda) >= 0, 'and the other the one');
  site.hall.putDown();
  await site.clock.advance(500);
  assert.ok(site.ada.cutOff);
  assert.is(site.unit.calls.ports.inUse, 0);
  await phoneSiteEnds(site);
});

test('too-few-ports for two telephones: the caller hears that there is no way, nothing grows', async () => {
  const site = await phoneSite({ ports: 2 });
  const taken = site.unit.calls.ports.take('leave');
  assert.ok(taken !== null);
  site.ada.lift();
  await site.clock.advance(500);
  site.ada.keys('305');
  await site.clock.advance(3000);
  assert.not(site.hall.ringing);
  assert.equal([site.unit.calls.ports.inUse, site.unit.calls.counters.refused], [1, 1]);
  site.unit.calls.ports.give(taken);
  await phoneSiteEnds(site);
});

test('telephone-to-mailbox: a mailbox whose extension is busy takes the message', async () => {
  const site = await phoneSite();
  site.office.policy = { status: 486 };
  site.ada.lift();
  await site.clock.advance(500);
  site.ada.keys('202');
  const records = (): boolean => site.unit.calls.summaries().some(({ doing }) => doing === 'recording');
  assert.ok(await site.clock.until(records, 20_000));
  site.ada.speak(spoken(3000));
  await site.clock.advance(3500);
  site.ada.putDown();
  await site.clock.advance(2000);
  const [message] = site.unit.store.list('202');
  assert.equal([message?.reason, message?.callerNumber], ['busy', '201']);
  await phoneSiteEnds(site);
});

test('telephone-to-mailbox from a port without a peer: the message is taken at once', async () => {
  const site = await phoneSite();
  site.hall.lift();
  await site.clock.advance(500);
  site.hall.keys('202');
  assert.ok(await site.clock.until(() => site.unit.calls.summaries().some(({ doing }) => doing === 'recording'), 20_000));
  assert.is(site.office.taken.length, 0);
  site.hall.putDown();
  await phoneSiteEnds(site);
});

test('collect-from-a-telephone: its owner gives the PIN only, hears the message, and the lamp goes off', async () => {
  const site = await phoneSite();
  site.hall.lift();
  await site.clock.advance(500);
  site.hall.keys('201');
  await site.clock.advance(1000);
  assert.ok(site.ada.ringing, '201 is a telephone first');
  assert.ok(await site.clock.until(() => site.unit.calls.summaries().some(({ doing }) => doing === 'recording'), 60_000));
  site.hall.speak(spoken(4000));
  await site.clock.advance(5000);
  site.hall.putDown();
  await site.clock.advance(2000);
  assert.is(site.unit.store.counts('201').new, 1);
  assert.ok(site.ada.lampLit, 'the lamp is lit');
  const pin = await site.during(site.unit.owners.resetPin('201'));
  site.ada.lift();
  await site.clock.advance(500);
  site.ada.keys('*17');
  await site.clock.advance(6000);
  site.ada.keys('#');
  await site.clock.advance(2000);
  site.ada.keys(`${pin}#`);
  await site.clock.advance(20_000);
  site.ada.putDown();
  await site.clock.advance(2000);
  assert.is(site.unit.store.list('201')[0]?.state, 'old');
  assert.not(site.ada.lampLit, 'and off when it was heard');
  await phoneSiteEnds(site);
});

test('telephone-to-trunk: the prefix leads out, without it', async () => {
  const site = await phoneSite();
  const [trunk] = site.trunks;
  site.hall.lift();
  await site.clock.advance(500);
  site.hall.keys('05551234#');
  await site.clock.until(() => trunk.dialled === '5551234', 20_000);
  assert.is(trunk.dialled, '5551234');
  trunk.connect();
  await site.clock.advance(500);
  trunk.listen();
  const hello = spoken(2000);
  site.hall.speak(hello);
  await site.clock.advance(3000);
  assert.ok(foundAt(trunk.heardCodes, hello) >= 0);
  site.hall.putDown();
  await site.clock.advance(1000);
  assert.not(trunk.offHook);
  await phoneSiteEnds(site);
});

test('telephone-lost-while-it-leaves-a-message: the message is kept, and the port is free at once', async () => {
  const site = await phoneSite();
  site.hall.lift();
  await site.clock.advance(500);
  site.hall.keys('202');
  await site.clock.until(() => site.unit.calls.summaries().some(({ doing }) => doing === 'recording'), 20_000);
  site.hall.speak(spoken(5000));
  await site.clock.advance(4000);
  site.hall.unplug();
  await site.clock.advance(2000);
  assert.is(site.unit.store.counts('202').new, 1);
  assert.equal(site.unit.calls.summaries(), []);
  site.hall.plug();
  assert.ok(await site.clock.until(() => site.unit.lines.alarms().length === 0, 120_000));
  await phoneSiteEnds(site);
});

test('a hook flash changes nothing', async () => {
  const site = await phoneSite();
  site.ada.lift();
  await site.clock.advance(500);
  site.ada.flash();
  site.ada.keys('4711#');
  await site.clock.until(() => site.office.established, 10_000);
  site.ada.flash();
  await site.clock.advance(1000);
  assert.is(site.office.end, null);
  await phoneSiteEnds(site);
});

test.run();
