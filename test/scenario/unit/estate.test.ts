import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readPresence } from '../../../firmware/estate/note-bodies.ts';
import { readNote } from '../../../firmware/estate/signed-note.ts';
import { topicOf } from '../../../firmware/estate/topics.ts';
import { SimBroker } from '../../../hal/sim/sim-broker.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { SimSite, voice } from '../../support/sim-site.ts';
import { testConfiguration, testSettings } from '../../support/sim-unit.ts';

const settings = testSettings(`${testConfiguration}estate: { site: harbour, broker: { host: broker, port: 1883, tls: false } }\n`);

async function site(before: (broker: SimBroker) => void = () => {}, storage = new SimStorage()): Promise<{ site: SimSite; broker: SimBroker }> {
  const brokers: SimBroker[] = [];
  const started = await SimSite.start({
    settings, storage,
    broker: (clock) => {
      const broker = new SimBroker(clock, new SimRandom(3));
      before(broker);
      brokers.push(broker);
      return broker.net();
    },
  });
  return { site: started, broker: brokers[0] as SimBroker };
}

async function leaves(all: SimSite, mailbox: string): Promise<void> {
  const call = all.phone({ target: mailbox, speak: voice(20_000), script: 's' });
  await all.clock.advance(6000);
  call.hangUp();
  assert.ok((await all.during(call.end)).answered);
  await all.clock.advance(1000);
  assert.is(all.unit.store.list(mailbox).length, 1);
}

const presence = (unit: SimSite['unit'], broker: SimBroker): ReturnType<typeof readPresence> => {
  const id = unit.estate?.status().unit ?? '';
  return readPresence(readNote(broker.retained(topicOf('harbour', id, 'presence'))?.payload ?? new Uint8Array())?.body);
};

test('a unit alone is present with its calls, and says goodbye', async () => {
  const { site: all, broker } = await site();
  await all.clock.advance(2000);
  assert.equal([presence(all.unit, broker)?.state, presence(all.unit, broker)?.role, presence(all.unit, broker)?.name], ['online', 'alone', 'understudy']);
  const call = all.phone({ target: '201', speak: voice(20_000), script: 's' });
  await all.clock.advance(12_000);
  assert.is(presence(all.unit, broker)?.calls, 1);
  call.hangUp();
  await all.during(call.end);
  const { unit } = all;
  const id = unit.estate?.status().unit ?? '';
  await all.stop();
  await all.clock.advance(100);
  assert.is(readPresence(readNote(broker.retained(topicOf('harbour', id, 'presence'))?.payload ?? new Uint8Array())?.body)?.state, 'offline');
});

for (const [fault, before] of [
  ['broker-away', (broker: SimBroker) => broker.goOffline()],
  ['broker-mute', (broker: SimBroker) => broker.goMute()],
  ['broker-refuses', (broker: SimBroker) => void (broker.faults.users = [])],
] as const) {
  test(`${fault} from the start: callers are served, and the unit stops in its time`, async () => {
    const { site: all } = await site(before);
    await leaves(all, '201');
    await all.clock.advance(5000);
    const began = all.clock.monotonic();
    await all.stop();
    assert.ok(all.clock.monotonic() - began <= 2000);
    assert.is(all.log.last(500).filter(({ event }) => event === 'estate-broker-lost').length, 1);
  });
}

test('disk-refuses-the-estate: the unit serves without it, with an alarm', async () => {
  const storage = new SimStorage();
  storage.fault = ({ path, kind }) => (path.startsWith('estate') && kind === 'make-directory' ? 'read-only' : null);
  const { site: all } = await site(() => {}, storage);
  assert.is(all.unit.estate, null);
  await leaves(all, '202');
  assert.is(all.log.last(500).filter(({ event, severity }) => event === 'estate-not-opened' && severity === 'alert').length, 1);
  await all.stop();
});

test('the mailbox that is locked is an alarm, and its end too', async () => {
  const { site: all, broker } = await site();
  await all.clock.advance(2000);
  const alarms: string[] = [];
  const watching = broker.net().connect({ host: 'broker', port: 1883, tls: null, login: null }, { clientId: 'w', keepAliveSec: 30, lastWill: null }, 1000).then(async (connection) => {
    connection.received = ({ payload }) => alarms.push(Buffer.from(payload).toString());
    await connection.subscribe(['understudy/+/+/alarm']);
  });
  await all.during(watching);
  await all.during(all.unit.owners.resetPin('201'));
  for (let tries = 0; tries < 5; tries++) await all.during(all.unit.owners.login('201', '000000'));
  await all.clock.advance(500);
  await all.during(all.unit.owners.unlock('201'));
  await all.clock.advance(500);
  assert.equal(alarms.map((text) => /"event":"(\S+?)","subject":"(\d+)","state":"(\w+)"/.exec(text)?.slice(1).join(' ')), ['mailbox-locked 201 raised', 'mailbox-locked 201 cleared']);
  await all.stop();
});

test.run();
