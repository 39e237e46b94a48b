import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeIdentity } from '../../../firmware/failover/identity.ts';
import { memberIdentity } from '../../../firmware/site/members/member-identity.ts';
import { MemberSource } from '../../../firmware/site/members/member-source.ts';
import { MemberStore } from '../../../firmware/site/members/member-store.ts';
import type { Member } from '../../../firmware/site/members/member.ts';
import { maxDistributed, maxFormer, memberName } from '../../../firmware/site/members/member.ts';
import { SiteError } from '../../../firmware/site/site-error.ts';
import { gathered, oneChunk } from '../../../firmware/site/site-source.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { ListLog } from '../../support/store-fixture.ts';

const identities = Array.from({ length: maxDistributed + 2 }, (_, seed) => makeIdentity(new SimRandom(seed + 1)));
const member = (at: number, kind: Member['kind'] = 'distributed'): Member => {
  const { fingerprint, certificate } = identities[at] as (typeof identities)[number];
  return { fingerprint, certificate: Buffer.from(certificate).toString('base64'), name: `unit ${at}`, kind };
};
const opened = (storage = new SimStorage(), log = new ListLog()): Promise<MemberStore> => MemberStore.open(storage, log);

test('members are there after a power cut, and so is the certificate of one that was removed', async () => {
  const storage = new SimStorage();
  const store = await opened(storage);
  await store.put(member(0, 'primary'));
  await store.put(member(1));
  await store.remove(memberName(member(1).fingerprint));
  const again = await opened(storage.afterPowerCut(() => 'drop', {}));
  assert.equal(again.members, [member(0, 'primary')]);
  assert.is(again.find(member(1).fingerprint), null);
  assert.is(again.certificate(member(1).fingerprint), member(1).certificate);
});

test('a member is told once for each change, and not when nothing changes', async () => {
  const store = await opened();
  const told: string[] = [];
  let watched = 0;
  store.changed = (name) => void told.push(name);
  const unwatch = store.watch(() => void watched++);
  await store.put(member(0));
  await store.put(member(0));
  await store.remove('member/none');
  await store.put({ ...member(0), name: 'another name' });
  unwatch();
  await store.remove(memberName(member(0).fingerprint));
  await Promise.resolve();
  assert.equal([told.length, watched], [3, 2]);
});

test('32 distributed units have room, and the central pair beside them', async () => {
  const store = await opened();
  for (let at = 0; at < maxDistributed; at++) await store.put(member(at));
  assert.not.ok(store.takes(member(maxDistributed).fingerprint));
  assert.ok(store.takes(member(3).fingerprint), 'one that is here may join again');
  await store.put(member(maxDistributed, 'primary'));
  assert.is(store.members.length, maxDistributed + 1);
});

test('of units of former days the newest certificates are kept', async () => {
  const store = await opened();
  for (let at = 0; at < maxFormer + 1; at++) await store.remember({ fingerprint: at.toString(16).padStart(64, '0'), certificate: 'AAAA' });
  assert.equal([store.certificate('0'.repeat(64)), store.certificate('1'.padStart(64, '0'))], [null, 'AAAA']);
});

for (const error of ['io', 'no-space', 'read-only'] as const) {
  test(`disk-refuses-a-member (${error}): it is none, and the next one is stored without it`, async () => {
    const storage = new SimStorage();
    const store = await opened(storage);
    storage.fault = ({ kind }) => (kind === 'write' || kind === 'open' ? error : null);
    assert.ok(await store.put(member(0)).then(() => false, () => true));
    assert.equal(store.members, []);
    storage.fault = null;
    await store.put(member(1));
    assert.equal((await opened(storage.afterPowerCut(() => 'drop', {}))).members, [member(1)]);
  });
}

test('a damaged list is set aside and told', async () => {
  const storage = new SimStorage();
  await (await opened(storage)).put({ ...member(0), fingerprint: member(1).fingerprint });
  const log = new ListLog();
  assert.equal([(await opened(storage, log)).members, log.has('document-damaged')], [[], true], 'a fingerprint that is not that of its certificate');
});

test('as a part of the site: what one unit reads another puts in force', async () => {
  const [here, there] = [await opened(), await opened()];
  const [source, other] = [new MemberSource(here), new MemberSource(there)];
  await here.put(member(0));
  const name = memberName(member(0).fingerprint);
  assert.equal(source.names(), [name]);
  const bytes = (await gathered(source.read(name) as NonNullable<ReturnType<MemberSource['read']>>, 4096)) as Buffer;
  await (await other.prepare(name, oneChunk(bytes))).commit();
  assert.equal(there.members, [member(0)]);
  await (await other.prepare(name, null)).commit();
  assert.equal(there.members, []);
});

test('a content that names another unit, or none, is refused', async () => {
  const source = new MemberSource(await opened());
  const wrong = [JSON.stringify({ form: 1, member: member(1) }), '{}', 'no JSON', JSON.stringify({ form: 1, member: { ...member(0), kind: 'king' } })];
  for (const text of wrong) {
    const why = await source.prepare(memberName(member(0).fingerprint), oneChunk(Buffer.from(text))).then(() => null, (error: unknown) => error);
    assert.ok(why instanceof SiteError && why.id === 'malformed', text);
  }
});

test('believed are the members, the unit joined and oneself; a former one only for what lies here', async () => {
  const members = await opened();
  await members.put(member(1));
  await members.put(member(2));
  await members.remove(memberName(member(2).fingerprint));
  const own = identities[0] as (typeof identities)[number];
  const identity = memberIdentity({ own, members, joined: (unit) => (unit === member(3).fingerprint ? member(3).certificate : null) });
  const knows = (keys: ((unit: string) => unknown) | undefined): boolean[] => [0, 1, 2, 3, 4].map((at) => (keys?.(member(at).fingerprint) ?? null) !== null);
  assert.equal(knows(identity.publicKey), [true, true, false, true, false]);
  assert.equal(knows(identity.keptKey), [true, true, true, true, false]);
  assert.is(await identity.vouched?.(member(4).fingerprint, member(3).certificate), null, 'a certificate of another');
  assert.ok(await identity.vouched?.(member(4).fingerprint, member(4).certificate));
  assert.equal(knows(identity.publicKey)[4], false, 'vouched for once, for one manifest');
  assert.equal(knows(identity.keptKey)[4], true, 'which lies here from now on');
});

test.run();
