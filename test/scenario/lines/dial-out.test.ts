import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { foundAt, spoken } from '../../support/line-audio.ts';
import { phoneSite, phoneSiteEnds } from '../../support/phone-site.ts';

test('sip-dials-out: an allowed peer reaches the number on an idle trunk, and hears it from the first second', async () => {
  const site = await phoneSite();
  const [one, two] = site.trunks;
  site.office.call('05551234');
  await site.clock.until(() => site.office.established, 20_000);
  assert.is(one.dialled, '5551234');
  assert.not(two.offHook);
  one.connect();
  const hello = spoken(2000);
  one.speak(hello);
  await site.clock.advance(3000);
  assert.ok(foundAt(site.office.heard, hello) >= 0);
  one.hangUp();
  await site.clock.advance(1000);
  assert.is(site.office.end?.by, 'remote');
  await phoneSiteEnds(site);
});

test('all-trunks-busy: 503, and glare moves the call to the next trunk', async () => {
  const site = await phoneSite({ incoming: '{ name: all, mailbox: "202" }' });
  const [one, two] = site.trunks;
  one.glare = true;
  site.office.call('05551234');
  await site.clock.until(() => site.office.established, 30_000);
  assert.is(two.dialled, '5551234', 'the second trunk has it');
  assert.is(one.dialled, '', 'the first has an incoming call');
  const { office } = site;
  const first = office.leg;
  office.call('05551234');
  await site.clock.advance(1000);
  assert.is(office.end?.status, 503);
  first?.hangUp('the test is over');
  one.hangUp();
  await site.clock.advance(5000);
  await phoneSiteEnds(site);
});

test.run();
