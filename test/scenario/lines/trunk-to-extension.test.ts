import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { foundAt, spoken } from '../../support/line-audio.ts';
import { phoneSite, phoneSiteEnds } from '../../support/phone-site.ts';

test('trunk-to-extension: the trunk rings on until the extension answers, then both hear each other bit for bit', async () => {
  const site = await phoneSite();
  const [trunk] = site.trunks;
  site.office.policy = { answerMs: 5000 };
  trunk.ring({ number: '0301234', name: 'CALLER', absent: null });
  await site.clock.until(() => site.office.taken.length > 0, 20_000);
  assert.is(site.office.taken[0]?.dialled, '500');
  assert.is(site.office.taken[0]?.caller.number, '0301234');
  await site.clock.advance(4000);
  assert.ok(trunk.ringing && !trunk.offHook, 'it is not answered while the extension rings');
  assert.match(site.unit.calls.summaries()[0]?.doing ?? '', 'rings 500 at office');
  await site.clock.advance(2000);
  assert.ok(trunk.offHook && trunk.connected);
  assert.match(site.unit.calls.summaries()[0]?.doing ?? '', 'talks to 500 at office');
  trunk.listen();
  const [toOffice, toTrunk] = [spoken(2000, 440), spoken(2000, 523)];
  trunk.speak(toOffice);
  site.office.speak(toTrunk);
  await site.clock.advance(3000);
  assert.ok(foundAt(site.office.heard, toOffice) >= 0, 'the extension hears the trunk');
  assert.ok(foundAt(trunk.heardCodes, toTrunk) >= 0, 'the trunk hears the extension');
  trunk.hangUp();
  await site.clock.advance(1000);
  assert.is(site.office.end?.by, 'remote');
  await phoneSiteEnds(site);
});

for (const [name, policy, reason] of [['busy', { status: 486 }, 'busy'], ['silent', { ring: true }, 'no-answer'], ['unknown', { status: 404 }, 'default']] as const) {
  test(`trunk-to-extension-${name}: the mailbox of the route takes the call, with the reason ${reason}`, async () => {
    const site = await phoneSite();
    const [trunk] = site.trunks;
    site.office.policy = policy;
    trunk.ring({ number: '0301234', name: '', absent: null });
    const records = (): boolean => site.unit.calls.summaries().some(({ doing }) => doing === 'recording');
    assert.ok(await site.clock.until(records, 60_000), JSON.stringify(site.unit.calls.summaries()));
    assert.ok(trunk.connected);
    trunk.speak(spoken(3000));
    await site.clock.advance(3500);
    trunk.hangUp();
    await site.clock.advance(2000);
    const [message] = site.unit.store.list('202');
    assert.is(message?.reason, reason);
    assert.is(message?.callerNumber, '0301234');
    assert.ok((message?.durationMs ?? 0) >= 3000);
    assert.is(site.office.end === null || site.office.end.status !== 200, true);
    await phoneSiteEnds(site);
  });
}

test('trunk-caller-gives-up-while-the-extension-rings: the extension stops ringing', async () => {
  const site = await phoneSite();
  const [trunk] = site.trunks;
  site.office.policy = { ring: true };
  trunk.ring(null);
  await site.clock.until(() => site.office.taken.length > 0, 20_000);
  await site.clock.advance(3000);
  trunk.stopRinging();
  await site.clock.advance(10_000);
  assert.is(site.office.end?.by, 'remote');
  assert.equal(site.unit.store.list('202'), []);
  await phoneSiteEnds(site);
});

test('extension-hangs-up: the trunk is released', async () => {
  const site = await phoneSite();
  const [trunk] = site.trunks;
  trunk.ring(null);
  await site.clock.until(() => site.office.established, 20_000);
  await site.clock.advance(2000);
  assert.ok(trunk.offHook);
  site.office.hangUp();
  await site.clock.advance(1000);
  assert.not(trunk.offHook);
  await phoneSiteEnds(site);
});

test.run();
