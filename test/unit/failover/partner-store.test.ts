import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeIdentity } from '../../../firmware/failover/identity.ts';
import { PartnerStore } from '../../../firmware/failover/pairing/partner-store.ts';
import { silentLog } from '../../../firmware/log.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';

const agreement = { partner: { ...makeIdentity(new SimRandom(1)), name: 'Blaise' }, pairId: 'p1', beatKey: new Uint8Array(32).fill(1) };
const next = { id: 2, key: Buffer.alloc(32, 2).toString('base64') };

async function opened() {
  const storage = new SimStorage();
  return { storage, store: await PartnerStore.open(storage, new SimClock(), silentLog) };
}

test('changes at the same time do not undo each other', async () => {
  const { store, storage } = await opened();
  await Promise.all([store.pair(agreement, false), store.turn('p1', { kind: 'offer', key: next }), store.confirm('p1'), store.turn('p1', { kind: 'use', id: 2 })]);
  const found = (await PartnerStore.open(storage, new SimClock(), silentLog)).partner;
  for (const partner of [store.partner, found]) assert.equal([partner?.confirmed, partner?.ring.current, partner?.ring.previous?.id, partner?.ring.next], [true, next, 1, null]);
});

test('what another pair confirms or turns is refused', async () => {
  const { store } = await opened();
  await store.pair(agreement, false);
  await store.confirm('p2');
  assert.is(store.partner?.confirmed, false);
  assert.is(await store.turn('p2', { kind: 'offer', key: next }), false);
  assert.is(store.partner?.ring.next, null);
});

test('a change that the disk refuses leaves everything as it was, and the next one works', async () => {
  const { store, storage } = await opened();
  await store.pair(agreement, true);
  storage.fault = ({ kind }) => (kind === 'write' ? 'no-space' : null);
  let told = 0;
  store.changed = () => (told += 1);
  const refused = await store.turn('p1', { kind: 'offer', key: next }).catch((error: { id: string }) => error.id);
  assert.equal([refused, store.partner?.ring.next, told], ['no-space', null, 0]);
  storage.fault = null;
  assert.is(await store.turn('p1', { kind: 'offer', key: next }), true);
  assert.equal([store.partner?.ring.next, told], [next, 1]);
  assert.equal((await PartnerStore.open(storage, new SimClock(), silentLog)).partner, store.partner);
});

test.run();
