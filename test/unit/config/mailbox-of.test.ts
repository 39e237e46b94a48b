import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mailboxOf } from '../../../firmware/config/mailbox-of.ts';
import { settle } from '../../../hal/sim/sim-clock.ts';
import { NotifyWorld } from '../../support/notify-world.ts';
import { testSettings } from '../../support/sim-unit.ts';

const settings = testSettings('peers: []\nmailboxes: [{ number: "201", name: Ada }, { number: "0201", name: Ben }]\n');

test('a mailbox is found by its number, sign by sign, and in the settings that are asked', () => {
  assert.equal(['201', '0201', '20', '2010', '', 'constructor'].map((number) => mailboxOf(settings, number)?.name), ['Ada', 'Ben', undefined, undefined, undefined, undefined]);
  const other = { ...settings, mailboxes: settings.mailboxes.filter(({ number }) => number !== '201') };
  assert.equal([mailboxOf(other, '201'), mailboxOf(settings, '201')?.name], [null, 'Ada']);
});

test('notices that look at every mailbox do not walk all of them for each', async () => {
  const many = Array.from({ length: 100 }, (_, at) => ({ ...(settings.mailboxes[0] as (typeof settings.mailboxes)[number]), number: String(3000 + at) }));
  let looks = 0;
  const mailboxes = many.map((mailbox) => Object.defineProperty({ ...mailbox }, 'number', { enumerable: true, get: () => (looks++, mailbox.number) }));
  const world = await NotifyWorld.start({ settings: { ...settings, mailboxes } });
  looks = 0;
  world.desk.applied();
  await settle();
  assert.ok(looks >= 100 && looks <= 1000, `${looks} numbers were read for 100 mailboxes`);
  await world.stop();
});

test.run();
