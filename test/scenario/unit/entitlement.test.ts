import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EntitlementFile } from '../../../firmware/entitlement/entitlements.ts';
import { FollowWorld } from '../../support/follow-world.ts';
import { SimSite, voice } from '../../support/sim-site.ts';
import { shortPrompts, testConfiguration, testSettings } from '../../support/sim-unit.ts';

const issuer = generateKeyPairSync('ed25519');
const issuerKey = issuer.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
const settings = testSettings(`${testConfiguration}entitlement: { issuerKey: "${issuerKey}", file: /etc/unit.entitlement }\n`);
const speaking = { speak: voice(20_000), script: 's' };
const hourMs = 60 * 60_000;

function signed(unit: string, primary: object): EntitlementFile {
  const payload = JSON.stringify({ version: 1, serial: 'A-1', unit, from: '1970-01-01', until: null, primary, backup: null });
  return { text: `${payload}\ned25519 ${sign(null, Buffer.from(payload), issuer.privateKey).toString('base64')}\n` };
}

test('without-entitlement: two hours of service, then 503; a call in progress is stored whole', async () => {
  const site = await SimSite.start({ settings });
  assert.is(site.unit.entitlements.allowance().leftMs !== null, true);
  await site.clock.advance(2 * hourMs - 10_000);
  const early = site.phone({ target: '201', ...speaking });
  await site.clock.advance(15_000);
  const late = await site.during(site.phone({ target: '202', ...speaking }).end);
  assert.match(late.text, '503');
  early.hangUp();
  assert.ok((await site.during(early.end)).answered);
  await site.clock.advance(500);
  assert.is(site.unit.store.list('201').length, 1);
  assert.ok(site.log.last(50).some(({ event, text }) => event === 'entitlement' && text.includes('no calls until it is started again')));
  await site.stop();
});

test('less than the unit has: ports are given out by class, and the entitlement that comes later counts at once', async () => {
  const site = await SimSite.start({ settings });
  site.unit.entitlements.replace(signed(site.unit.unitId, { ports: 2, classes: { collect: 0 } }));
  const first = site.phone({ target: '201', ...speaking });
  await site.clock.advance(3000);
  assert.match((await site.during(site.phone({ target: '*17', ...speaking }).end)).text, '503');
  const second = site.phone({ target: '202', ...speaking });
  await site.clock.advance(3000);
  assert.match((await site.during(site.phone({ target: '201', ...speaking }).end)).text, '503');
  site.unit.entitlements.replace(signed(site.unit.unitId, { ports: 4 }));
  const third = site.phone({ target: '*17', ...speaking });
  await site.clock.advance(3000);
  for (const call of [first, second, third]) call.hangUp();
  const ends = await site.during(Promise.all([first.end, second.end, third.end]));
  assert.equal(ends.map(({ answered }) => answered), [true, true, true]);
  await site.clock.advance(2000);
  const again = site.phone({ target: '201', ...speaking });
  await site.clock.advance(3000);
  again.hangUp();
  assert.ok((await site.during(again.end)).answered, 'ports are counted back');
  await site.stop();
});

test('entitlement-of-another-unit: named as such, and the two hours count', async () => {
  const site = await SimSite.start({ settings });
  site.unit.entitlements.replace(signed('another', { ports: 4 }));
  assert.match(site.unit.entitlements.allowance().says, /is for unit another, and this is [0-9a-f]{64}/);
  await site.clock.advance(2 * hourMs);
  assert.match((await site.during(site.phone({ target: '201', ...speaking }).end)).text, '503');
  await site.stop();
});

test('languages-withheld: a mailbox that speaks another language is answered in the unit\'s, until it is granted', async () => {
  const heard = new Set<string>();
  const prompts = { ...shortPrompts, get: (id: string) => (heard.add(id.split('/')[0] ?? ''), shortPrompts.get(id)) };
  const site = await SimSite.start({ settings, prompts });
  const languagesOf = async (primary: object): Promise<string[]> => {
    site.unit.entitlements.replace(signed(site.unit.unitId, primary));
    heard.clear();
    const phone = site.phone({ target: '202', ...speaking });
    await site.clock.advance(3000);
    phone.hangUp();
    await site.during(phone.end);
    return [...heard];
  };
  assert.equal(await languagesOf({ ports: 4, features: ['mirror'] }), ['en']);
  assert.ok(site.log.last(50).some(({ event, text }) => event === 'entitlement' && text.includes('without languages, live-calls, estate')));
  assert.equal(await languagesOf({ ports: 4 }), ['de']);
  await site.stop();
});

test('live-calls-withheld: a call in progress ends with its unit, and one that begins after the grant is followed', async () => {
  const world = await FollowWorld.start({ sections: `entitlement: { issuerKey: "${issuerKey}", file: /etc/unit.entitlement }` });
  const { entitlements, unitId, calls } = world.unit('primary');
  const followed = async (primary: object): Promise<string | null | undefined> => {
    entitlements.replace(signed(unitId, primary));
    const caller = await world.speaks('201', 4000);
    await world.clock.advance(2000);
    const partner = calls.summaries()[0]?.partner;
    caller.call.request('BYE');
    await world.clock.advance(1000);
    return partner;
  };
  assert.is(await followed({ ports: 4, features: ['mirror'] }), null);
  assert.is(await followed({ ports: 4 }), 'followed');
  await world.stop();
});

test.run();
