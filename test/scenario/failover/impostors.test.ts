import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { oneKey } from '../../../firmware/failover/link-protocol.ts';
import { PairWorld } from '../../support/failover/pair-world.ts';

const beatPort = 5059;

/** A pair, and all beats that its primary sent to its backup on the LAN. */
async function recorded(ms: number): Promise<{ world: PairWorld; beats: Uint8Array[] }> {
  const world = new PairWorld();
  const beats: Uint8Array[] = [];
  world.network.intercept = ({ from, bytes }) => {
    if (from.address === '10.0.0.1') beats.push(bytes.slice());
    return 'pass';
  };
  await world.startBoth();
  await world.clock.advance(ms);
  return { world, beats };
}

/** Sends what was recorded from the primary's own addresses, over and over, one each 5 ms. */
async function play(world: PairWorld, beats: readonly Uint8Array[], ms: number): Promise<void> {
  const sockets = await Promise.all(world.a.hosts.map((host) => host.datagram.bind({ address: '0.0.0.0', port: beatPort })));
  for (let at = 0; at * 5 < ms; at++) {
    sockets.forEach((socket, path) => socket.send(beats[at % beats.length] as Uint8Array, { address: `10.${path}.0.2`, port: beatPort }));
    await world.clock.advance(5);
  }
  for (const socket of sockets) socket.close();
}

test('replayed-beats: a dead primary is dead, whatever was recorded of it', async () => {
  const { world, beats } = await recorded(20_000);
  // The second path misses a while, so that beats it never saw are in the recording.
  world.cutPath(1, true);
  await world.clock.advance(5000);
  world.cutPath(1, false);
  await world.clock.advance(30);
  world.a.kill();
  await play(world, beats, 1000);
  assert.is(world.b.role, 'backup-active');
  await play(world, beats, 3000);
  assert.is(world.b.role, 'backup-active');
  assert.ok((world.b.pair.status().statistics?.refused.replayed ?? 0) > 100);
  await world.stop();
});

test('replayed-beats: not of an earlier life of the primary either, and they do not keep the real one out', async () => {
  const { world, beats } = await recorded(5000);
  world.a.kill();
  await world.clock.advance(100);
  world.a.start();
  await world.clock.advance(8000);
  assert.is(world.a.role, 'primary-active');
  world.a.kill();
  await play(world, beats, 2000);
  assert.is(world.b.role, 'backup-active');
  world.a.start();
  await world.until(() => world.a.role === 'failback', 1000);
  await world.stop();
});

test('replayed-beats: a backup that was restarted is not deceived by beats for its earlier life', async () => {
  const { world, beats } = await recorded(3000);
  world.b.kill();
  world.a.kill();
  world.b.start();
  await play(world, beats, 2000);
  assert.is(world.b.role, 'backup-active');
  assert.ok((world.b.pair.status().statistics?.refused['not-for-us'] ?? 0) > 100);
  await world.stop();
});

test('reflected: its own beats thrown back are no partner', async () => {
  const world = new PairWorld();
  const own: Uint8Array[] = [];
  world.network.intercept = ({ bytes }) => (own.push(bytes.slice()), 'pass');
  world.b.start();
  await world.clock.advance(300);
  await play(world, own, 1500);
  assert.is(world.b.role, 'backup-active');
  assert.ok((world.b.pair.status().statistics?.refused.reflected ?? 0) > 10);
  await world.stop();
});

test('foreign-key: the two do not hear each other, and count why', async () => {
  const world = new PairWorld();
  world.b.key = new Uint8Array(32).fill(8);
  world.a.start();
  world.b.start();
  await world.clock.advance(3000);
  assert.is(world.a.pair.status().partner.life, 'unheard');
  assert.ok((world.a.pair.status().statistics?.refused['foreign-key'] ?? 0) > 50);
  await world.stop();
});

test('no-key: a primary serves, a backup stays mute, both say so', async () => {
  const world = new PairWorld();
  world.a.key = world.b.key = null;
  world.a.start();
  world.b.start();
  await world.clock.advance(5000);
  assert.equal([world.a.role, world.a.serving, world.b.serving], ['primary-active', true, false]);
  for (const unit of world.units) assert.ok(unit.log.some(({ event }) => event === 'pair-no-key'));
  world.a.pair.setKeys(oneKey(new Uint8Array(32)));
  world.b.pair.setKeys(oneKey(new Uint8Array(32)));
  await world.until(() => world.b.role === 'backup-standby', 1000);
  assert.is(world.answering, world.a);
  await world.stop();
});

test('key-changed-while-they-beat: nobody is taken for dead, and the old key is worth nothing afterwards', async () => {
  const world = new PairWorld();
  const [old, fresh] = [new Uint8Array(32).fill(7), new Uint8Array(32).fill(9)];
  world.a.key = world.b.key = old;
  world.a.start();
  world.b.start();
  await world.until(() => world.b.role === 'backup-standby', 3000);
  const accept = [old, fresh];
  // As the pairing does it: whoever is told takes both, then the other sends with the new one, then the first.
  for (const [unit, send] of [[world.b, old], [world.a, fresh], [world.b, fresh]] as const) {
    unit.pair.setKeys({ send, accept });
    await world.clock.advance(2000);
  }
  for (const unit of world.units) unit.pair.setKeys(oneKey(fresh));
  await world.clock.advance(2000);
  assert.equal(world.units.map((unit) => [unit.role, unit.pair.status().partner.life, unit.pair.status().statistics?.deaths]), [['primary-active', 'alive', 0], ['backup-standby', 'alive', 0]]);
  world.a.pair.setKeys(oneKey(old));
  await world.clock.advance(2000);
  assert.is(world.b.pair.status().partner.life, 'dead');
  await world.stop();
});

for (const rank of ['primary', 'backup'] as const) {
  test(`same-rank-twice: two that are both ${rank} say so, hand nothing over, and one of them serves`, async () => {
    const world = new PairWorld({ primary: { rank }, backup: { rank } });
    world.a.start();
    world.b.start();
    await world.clock.advance(3000);
    assert.is(world.units.filter((unit) => unit.serving && unit.hasAddress).length, 1);
    for (const unit of world.units) {
      assert.ok(unit.log.some(({ event, severity }) => event === 'pair-disagrees' && severity === 'alert'));
      assert.is(unit.pair.status().partner.disagreement, 'same-rank');
      assert.not.ok(unit.pair.failover().ok);
    }
    const serving = world.answering;
    serving?.power();
    await world.until(() => world.answering !== null, 1000);
    await world.stop();
  });
}

test('other-beat: said loudly, the slower one decides when a unit is dead', async () => {
  const world = new PairWorld({ primary: { beatMs: 500 } });
  world.a.start();
  world.b.start();
  await world.clock.advance(20_000);
  assert.is(world.a.role, 'primary-active');
  assert.is(world.b.role, 'backup-standby');
  assert.ok(world.b.log.some(({ event }) => event === 'pair-disagrees'));
  assert.not.ok(world.a.pair.failover().ok);
  world.a.power();
  await world.until(() => world.answering === world.b, 9000);
  await world.stop();
});

test('a flood that looks like the partner’s is looked at in bounded number, and beats still count', async () => {
  const world = new PairWorld();
  await world.startBoth();
  const flooding = world.a.hosts[0] as (typeof world.a.hosts)[0];
  const flood = (bytes: Uint8Array): void => flooding.send({ address: '0.0.0.0', port: beatPort }, { address: '10.0.0.2', port: beatPort }, bytes, () => undefined);
  const bytes = new Uint8Array(64).fill(1);
  bytes.set([0x55, 0x42, 1, 0]);
  for (let ms = 0; ms < 1000; ms += 5) {
    for (let at = 0; at < 200; at++) flood(bytes);
    await world.clock.advance(5);
  }
  await world.clock.advance(1500);
  assert.is(world.b.role, 'backup-standby');
  const refused = world.b.pair.status().statistics?.refused;
  assert.ok((refused?.['foreign-key'] ?? 0) <= 256 * 42, `${refused?.['foreign-key']} sealed`);
  assert.ok((refused?.['too-many'] ?? 0) > 10_000);
  await world.stop();
});

test.run();
