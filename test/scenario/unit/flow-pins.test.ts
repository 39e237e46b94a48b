// PINs of actions: whose they are, and what they open.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PhoneBank } from '../../support/phone-bank.ts';
import { SimSite } from '../../support/sim-site.ts';
import { testConfiguration, testSettings } from '../../support/sim-unit.ts';

/** A caller of 201 at the configuration menu of 202, which `pin` keeps; they key `keyed` and try to give 202 the PIN 951738. */
async function changed(pin: string, keyed: string): Promise<{ readonly taken: boolean; readonly alerts: number }> {
  const site = await SimSite.start({ settings: testSettings(testConfiguration.replace('lamps: notify }', 'lamps: notify }\n  - { name: office, addresses: [10.0.0.5], host: 10.0.0.5, lamps: none }')) });
  const bank = await PhoneBank.start(site);
  const { owners, flows } = site.unit;
  const flow = {
    form: 1, name: 'P', first: 'go', starts: [{ scope: 'mailbox', mailbox: '201', point: 'Leave' }],
    actions: { go: { action: 'Play Configuration Menu', pin, with: { mailbox: '202', askPin: false }, results: { Next: 'bye', Failure: 'bye' } }, bye: { action: 'Disconnect' } },
  };
  assert.ok((await site.during(flows.library.put(JSON.stringify(flow)))).put);
  await site.during(owners.setPin('201', '719352'));
  await site.during(owners.setPin('202', '482617'));
  const caller = bank.phone('501');
  caller.call('201');
  await site.clock.advance(2500);
  for (const [keys, waitMs] of [[keyed, 4000], ['3', 1500], ['951738#', 3000], ['951738#', 4000]] as const) {
    caller.keys(keys);
    await site.clock.advance(waitMs);
  }
  caller.hangUp();
  await site.clock.advance(2000);
  const taken = (await site.during(owners.login('202', '951738', ''))) === 'ok';
  const alerts = site.log.last(200).filter(({ event }) => event === 'pin-change-refused').length;
  await site.stop();
  return { taken, alerts };
}

test('the PIN of one mailbox does not open another that the action is about', async () => {
  assert.equal(await changed('mailbox', '719352#'), { taken: false, alerts: 0 });
});

test('the PIN of the mailbox that the action is about does', async () => {
  assert.equal(await changed('mailbox', '482617#'), { taken: true, alerts: 0 });
});

test('by the PIN of an action alone nobody has entered a mailbox: its PIN stays, and the log tells', async () => {
  assert.equal(await changed('4711', '4711#'), { taken: false, alerts: 1 });
});

test.run();
