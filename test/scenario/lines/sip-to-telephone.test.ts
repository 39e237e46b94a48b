import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { foundAt, keysIn, spoken } from '../../support/line-audio.ts';
import { phoneSite, phoneSiteEnds } from '../../support/phone-site.ts';

test('sip-to-telephone: it rings with the caller on its display, and is joined when lifted', async () => {
  const site = await phoneSite();
  site.office.call('201', '500', 'Eve');
  await site.clock.advance(4000);
  assert.ok(site.ada.ringing && site.office.rang && !site.office.established);
  assert.equal(site.ada.callerId, { number: '500', name: 'Eve', absent: null });
  site.ada.lift();
  await site.clock.advance(500);
  assert.ok(site.office.established);
  site.ada.listen();
  const [toOffice, toAda] = [spoken(2000, 440), spoken(2000, 523)];
  site.ada.speak(toOffice);
  site.office.speak(toAda);
  await site.clock.advance(3000);
  assert.ok(foundAt(site.office.heard, toOffice) >= 0, 'the SIP side hears the telephone');
  assert.ok(foundAt(site.ada.heardCodes, toAda) >= 0, 'the telephone hears the SIP side');
  site.office.hangUp();
  await site.clock.advance(1000);
  assert.ok(site.ada.cutOff, 'the telephone is told that the far end has gone');
  assert.is(site.unit.calls.ports.inUse, 0);
  await phoneSiteEnds(site);
});

test('sip-to-telephone-unanswered: the mailbox of its number takes the call as unanswered', async () => {
  const site = await phoneSite();
  site.office.call('201');
  await site.clock.advance(24_000);
  assert.ok(site.ada.ringing);
  await site.clock.until(() => site.office.established, 5000);
  assert.not(site.ada.ringing);
  await site.clock.until(() => site.unit.calls.summaries().some(({ doing }) => doing === 'recording'), 20_000);
  site.office.speak(spoken(3000));
  await site.clock.advance(3500);
  site.office.hangUp();
  await site.clock.advance(2000);
  assert.is(site.unit.store.list('201')[0]?.reason, 'no-answer');
  await site.clock.advance(1000);
  assert.ok(site.ada.lampLit, 'and its lamp is lit');
  await phoneSiteEnds(site);
});

test('sip-to-telephone-in-use: the mailbox takes it as busy, a telephone without one is busy', async () => {
  const site = await phoneSite();
  for (const telephone of [site.ada, site.hall]) telephone.lift();
  await site.clock.advance(200);
  site.office.call('201');
  await site.clock.advance(1000);
  assert.ok(site.office.established, 'voicemail answers at once');
  site.office.hangUp();
  await site.clock.advance(2000);
  site.office.call('305');
  await site.clock.advance(1000);
  assert.is(site.office.end?.status, 486);
  await phoneSiteEnds(site);
});

test('sip-caller-gives-up: the telephone stops ringing', async () => {
  const site = await phoneSite();
  site.office.call('305');
  await site.clock.advance(3000);
  assert.ok(site.hall.ringing);
  site.office.hangUp();
  await site.clock.advance(500);
  assert.not(site.hall.ringing);
  await phoneSiteEnds(site);
});

test('telephone-puts-down: the SIP side is told', async () => {
  const site = await phoneSite();
  site.office.call('305');
  await site.clock.advance(1000);
  site.hall.lift();
  await site.clock.advance(1000);
  site.hall.putDown();
  await site.clock.advance(500);
  assert.is(site.office.end?.by, 'remote');
  await phoneSiteEnds(site);
});

test('telephone-lost-in-a-call: the SIP side is told, and the line is an alarm', async () => {
  const site = await phoneSite();
  site.office.call('305');
  await site.clock.advance(1000);
  site.hall.lift();
  await site.clock.advance(1000);
  site.hall.unplug();
  await site.clock.advance(500);
  assert.is(site.office.end?.by, 'remote');
  assert.is(site.unit.lines.alarms()[0]?.name, 'hall');
  site.office.call('305');
  await site.clock.advance(500);
  assert.is(site.office.end?.status, 480, 'a telephone that is not there does not answer');
  site.hall.plug();
  assert.ok(await site.clock.until(() => site.unit.lines.alarms().length === 0, 120_000));
  await phoneSiteEnds(site);
});

test('digits cross: keys of the telephone go as RFC 4733, keys of the SIP side are heard as tones', async () => {
  const site = await phoneSite();
  site.office.call('305');
  await site.clock.advance(1000);
  site.hall.lift();
  await site.clock.advance(1000);
  site.hall.keys('159#');
  await site.clock.advance(3000);
  assert.is(site.office.digits, '159#');
  site.hall.listen();
  site.office.keys('80*');
  await site.clock.advance(3000);
  assert.is(keysIn(site.hall.heardCodes), '80*');
  await phoneSiteEnds(site);
});

test.run();
