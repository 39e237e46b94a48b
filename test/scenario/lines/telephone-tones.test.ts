import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SimTelephone } from '../../../hal/sim/sim-telephone.ts';
import { bursts, spoken, tonesHeard } from '../../support/line-audio.ts';
import type { PhoneSite } from '../../support/phone-site.ts';
import { phoneSite, phoneSiteEnds } from '../../support/phone-site.ts';

async function heardFor(site: PhoneSite, telephone: SimTelephone, ms: number): Promise<Uint8Array> {
  telephone.listen();
  await site.clock.advance(ms);
  return telephone.heardCodes;
}

test('dial tone, silence while dialling, ringback while it rings, busy tone when the far end has gone, howler, silence', async () => {
  const site = await phoneSite();
  site.office.policy = { answerMs: 8000 };
  site.ada.lift();
  const lifted = await heardFor(site, site.ada, 2000);
  assert.equal(tonesHeard(lifted, true), ['dial']);
  assert.is(bursts(lifted), 1, 'steady: nothing waits');
  site.ada.keys('4');
  await site.clock.advance(300);
  assert.is(bursts(await heardFor(site, site.ada, 1000)), 0, 'silent after the first digit');
  site.ada.keys('7#');
  assert.equal(tonesHeard(await heardFor(site, site.ada, 7500)), ['ringback']);
  await site.clock.until(() => site.office.established, 5000);
  await site.clock.advance(500);
  assert.is(bursts(await heardFor(site, site.ada, 1000)), 0, 'joined, and nobody speaks');
  site.office.hangUp();
  assert.ok(tonesHeard(await heardFor(site, site.ada, 6000)).includes('busy'));
  await site.clock.advance(25_000);
  assert.ok(bursts(await heardFor(site, site.ada, 2000)) >= 9, 'the howler');
  await site.clock.advance(60_000);
  assert.is(bursts(await heardFor(site, site.ada, 2000)), 0, 'left alone');
  site.ada.putDown();
  await site.clock.advance(500);
  site.ada.lift();
  assert.equal(tonesHeard(await heardFor(site, site.ada, 2000), true), ['dial'], 'and usable again');
  await phoneSiteEnds(site);
});

test('nothing-dialled: the howler after 15 s', async () => {
  const site = await phoneSite();
  site.ada.lift();
  await site.clock.advance(16_000);
  assert.ok(bursts(await heardFor(site, site.ada, 2000)) >= 9);
  await phoneSiteEnds(site);
});

test('a busy number gives busy tone, a wrong one congestion', async () => {
  const site = await phoneSite();
  for (const [status, tone] of [[486, 'busy'], [404, 'congestion'], [503, 'congestion']] as const) {
    site.office.policy = { status };
    site.ada.lift();
    await site.clock.advance(500);
    site.ada.keys('4711#');
    await site.clock.until(() => site.office.end !== null, 5000);
    assert.equal(tonesHeard(await heardFor(site, site.ada, 6000)), [tone], String(status));
    site.ada.putDown();
    await site.clock.advance(3000);
    site.office.end = null;
  }
  site.hall.lift();
  await site.clock.advance(500);
  site.hall.keys('4711#');
  await site.clock.advance(1500);
  assert.equal(tonesHeard(await heardFor(site, site.hall, 6000)), ['congestion'], 'a number of nobody');
  await phoneSiteEnds(site);
});

test('voicemail-hangs-up: the telephone gets busy tone too', async () => {
  const site = await phoneSite();
  site.hall.lift();
  await site.clock.advance(500);
  site.hall.keys('202');
  await site.clock.until(() => site.unit.calls.summaries().some(({ doing }) => doing === 'recording'), 20_000);
  site.hall.speak(spoken(2000));
  await site.clock.until(() => site.unit.calls.counters.active === 0, 60_000);
  assert.is(site.unit.store.counts('202').new, 1);
  assert.ok(tonesHeard(await heardFor(site, site.hall, 6000)).includes('busy'));
  await phoneSiteEnds(site);
});

for (const lamp of ['neon', 'fsk', 'none'] as const) {
  test(`messages wait, lamp ${lamp}: the dial tone stutters until they are heard`, async () => {
    const site = await phoneSite({ phone: { lamp, onHookAudio: true } });
    const caller = site.phone({ target: '202', from: '100', speak: new Int16Array(16_000).fill(3000), script: 's' });
    await site.during(caller.end);
    site.hall.lift();
    await site.clock.advance(500);
    assert.is(site.unit.store.counts('202').new, 1);
    site.hall.putDown();
    await site.clock.advance(500);
    site.office.call('201');
    await site.clock.until(() => site.unit.calls.summaries().some(({ doing }) => doing === 'recording'), 60_000);
    site.ada.listen();
    site.office.speak(spoken(3000));
    await site.clock.advance(3500);
    site.office.hangUp();
    await site.clock.advance(4000);
    assert.is(site.ada.lampLit, lamp === 'neon');
    assert.is(bursts(site.ada.heardCodes) > 0, lamp === 'fsk', 'data on the on-hook line');
    site.ada.lift();
    const stuttering = await heardFor(site, site.ada, 2500);
    assert.ok(bursts(stuttering) >= 6, `${bursts(stuttering)} bursts`);
    site.ada.putDown();
    await site.clock.advance(500);
    const [message] = site.unit.store.list('201');
    await site.during(site.unit.store.mark('201', message?.id ?? '', 'old'));
    await site.clock.advance(3000);
    assert.is(site.ada.lampLit, false);
    site.ada.lift();
    assert.is(bursts(await heardFor(site, site.ada, 2500)), 1);
    await phoneSiteEnds(site);
  });
}

test('unplugged-while-messages-wait: the lamp is lit again when the port is back', async () => {
  const site = await phoneSite();
  site.office.call('201');
  await site.clock.until(() => site.unit.calls.summaries().some(({ doing }) => doing === 'recording'), 60_000);
  site.ada.unplug();
  site.office.speak(spoken(3000));
  await site.clock.advance(3500);
  site.office.hangUp();
  await site.clock.advance(2000);
  assert.not(site.ada.lampLit);
  site.ada.plug();
  assert.ok(await site.clock.until(() => site.ada.lampLit, 180_000));
  await phoneSiteEnds(site);
});

test.run();
