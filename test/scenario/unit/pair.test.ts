// Two whole units on virtual time, paired by code.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addresses, TwoUnits } from '../../support/two-units.ts';

test('paired by code: the primary serves, the backup stands by; stopped, it hands over at once', async () => {
  const two = new TwoUnits();
  await two.start();
  assert.equal(two.roles, ['primary-active', 'backup-standby']);
  assert.equal([two.primary.pair.servesAs(), two.backup.pair.servesAs()], ['primary', 'backup'], 'a standby that the PBX calls serves as the backup too');
  await two.during(two.primary.stop(2000));
  await two.clock.advance(100);
  assert.is(two.backup.pair.status().role, 'backup-active');
  await two.during(two.backup.stop(2000));
});

test('primary-unplugged: the backup serves within half a second', async () => {
  const two = new TwoUnits();
  await two.start();
  two.hosts.primary.unplug();
  await two.clock.advance(500);
  assert.is(two.backup.pair.status().role, 'backup-active');
  await two.during(Promise.all([two.primary.stop(2000), two.backup.stop(2000)]));
});

test('sip-port-taken: a unit of a pair that cannot start leaves nothing that listens', async () => {
  const two = new TwoUnits();
  const { datagram } = two.hosts.primary;
  const taken = await datagram.bind({ address: addresses.primary, port: 5060 });
  const refused = await two.during(two.primary.start().then(() => null, (error: Error & { id?: string }) => error.id));
  assert.is(refused, 'address-in-use');
  taken.close();
  await two.during(two.primary.start());
  assert.is(two.primary.pair.pairing?.status().partner, null, 'its ports are free for the next try');
  await two.during(two.primary.stop(2000));
});

test.run();
