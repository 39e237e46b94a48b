// A PBX is lost, and its backup stands in for it: whatever the unit calls by itself is called there, and at the PBX again when that is back.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SipExtension } from '../../support/sip-extension.ts';
import { SimSite, voice } from '../../support/sim-site.ts';
import { testSettings } from '../../support/sim-unit.ts';

const mainAddress = '10.0.0.5';
const backupAddress = '10.0.0.6';

/** Long enough for a PBX to be lost by, or to be counted on again. */
const seenMs = 15_000;

async function world(more: string) {
  const site = await SimSite.start({ settings: testSettings(`
unit: { timeZone: UTC }
ports: 4
peers:
  - { name: trunks, addresses: [10.0.0.1] }
  - { name: main, addresses: [${mainAddress}], host: ${mainAddress} }
  - { name: second, addresses: [${backupAddress}], host: ${backupAddress}, backupOf: main }
messages: { minSec: 1, silenceSec: 7, maxSec: 60 }
mailboxes:
  - { number: "201", name: Ada }
${more}`) });
  const [main, second] = [await SipExtension.start(site, mainAddress), await SipExtension.start(site, backupAddress)];
  await site.clock.advance(2000);
  const cut = async (): Promise<void> => {
    site.network.host(mainAddress).unplug();
    await site.clock.advance(seenMs);
  };
  const heal = async (): Promise<void> => {
    site.network.host(mainAddress).plug();
    await site.clock.advance(seenMs);
  };
  const inUse = (): string[] => site.unit.sip.peers().filter((one) => one.inUse).map(({ name }) => name);
  const stop = async (): Promise<void> => {
    await main.stop();
    await second.stop();
    await site.stop();
  };
  return { site, main, second, cut, heal, inUse, stop };
}

test('outcalls to a peer that is named', async () => {
  const { site, main, second, cut, heal, inUse, stop } = await world('outgoing: { peer: main }');
  await site.during(site.unit.notify.setOutcalling('201', { on: true, retries: 0 }));
  const message = async (): Promise<void> => {
    await site.during(site.phone({ target: '201', speak: voice(3000), script: 's' }).end);
    await site.clock.advance(70_000);
  };
  for (const one of [main, second]) one.policy = { status: 486 };
  await message();
  assert.equal([main.taken.length, second.taken.length], [1, 0]);
  await cut();
  assert.equal(inUse(), ['trunks', 'second']);
  await message();
  assert.equal([main.taken.length, second.taken.length], [1, 1], 'the backup has the call');
  await heal();
  assert.equal(inUse(), ['trunks', 'main']);
  await message();
  assert.equal([main.taken.length, second.taken.length], [2, 1], 'the PBX has calls again');
  await stop();
});

test('agents of a queue whose PBX is lost', async () => {
  const { site, main, second, cut, stop } = await world('queues:\n  - { number: "800", peer: main, agents: ["401"] }\n');
  for (const one of [main, second]) one.policy = { ring: true };
  await cut();
  const waits = site.phone({ target: '800', script: 'w6' });
  await site.during(waits.end);
  assert.equal([main.taken.length, second.taken.map(({ dialled }) => dialled)], [0, ['401']]);
  await site.clock.advance(5000);
  await stop();
});

test('a caller of the lost PBX is handed over at its backup', async () => {
  const { site, main, second, cut, stop } = await world('breakout: { key0: "300" }\n');
  main.call('201');
  await site.clock.advance(2000);
  assert.ok(main.established);
  const audio = main.leg;
  await cut();
  assert.ok(audio !== null && main.end === null, 'the call stands');
  const { leg, channel } = callOf(site);
  const answer = await site.during(site.unit.transfers.transfer(
    { to: '300', how: 'assisted', ringMs: 20_000, showNumber: null, showName: null, priority: null, mailbox: null, whisper: null },
    { id: leg.id, leg, channel, signal: new AbortController().signal, callerNumber: '500', callerName: '' } as never,
  ));
  assert.is(answer.outcome, 'answered');
  assert.equal([main.taken.length, second.taken.map(({ dialled }) => dialled)], [0, ['300']]);
  await stop();
});

test('telephones that are waited for are watched where they can be asked: agents, and owners with ringback though there is no queue', async () => {
  for (const [more, number] of [['queues:\n  - { number: "800", peer: main, agents: ["401"] }\n', '401'], ['outgoing: { peer: main }\n', '201']] as const) {
    const { site, main, second, cut, heal, stop } = await world(more);
    for (const one of [main, second]) one.policy = { status: 486 };
    if (number === '201') {
      await site.during(site.unit.notify.setCallback('201', { ringback: true }));
      await site.during(site.phone({ target: '201', speak: voice(3000), script: 's' }).end);
      await site.clock.advance(1000);
    }
    const asked: string[] = [];
    site.network.intercept = ({ to, bytes }) => {
      if (Buffer.from(bytes).toString().startsWith(`SUBSCRIBE sip:${number}@`)) asked.push(to.address);
      return 'pass';
    };
    await cut();
    assert.is(new Set(asked).size === 1 && asked[0], backupAddress, number);
    asked.length = 0;
    await heal();
    assert.is(asked.at(-1), mainAddress, number);
    await stop();
  }
});

/** The caller's own leg; its channel is not needed until the two talk. */
const callOf = (site: SimSite) => {
  const [leg] = site.unit.sip.legs();
  if (leg === undefined) throw new Error('there is no call');
  return { leg, channel: {} };
};

test.run();
