// The faults of a PBX that has a backup. The unit must be where calls and lamps are, and move as seldom as it can.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RawCall, first } from '../../support/sip/agent-world.ts';
import { pbx, sipSettings } from '../../support/sip/layer-world.ts';
import { RawPeer } from '../../support/sip/raw-peer.ts';
import type { PbxWorld } from '../../support/sip/sim-pbx.ts';
import { backup, pbxWorld, pbxWorldEnds, primary } from '../../support/sip/sim-pbx.ts';

const lit = ({ lamps }: { lamps: Map<string, string> }): string => [...lamps].sort().map(([mailbox, counts]) => `${mailbox}=${counts}`).join(' ');
const states = ({ agent }: PbxWorld): string[] => agent.peers().map(({ name, watch, inUse, registration }) => `${name} ${watch} ${inUse ? 'in use' : '-'} ${registration}`);

test('all is well: one registration, one set of lamps, two questions a second', async () => {
  const world = await pbxWorld();
  await world.clock.advance(60_000);
  assert.equal(states(world), ['a present in use registered', 'b present - off']);
  assert.equal([world.registeredAt(), lit(world.a), lit(world.b)], ['a', '201=1/0 202=1/0', '']);
  assert.equal([world.a.registers, world.b.registers], [['3600'], []]);
  for (const { probes } of [world.a, world.b]) assert.ok(probes.length >= 129 && probes.length <= 131, `${probes.length} questions in 65 s`);
  assert.equal(world.events(), []);
  await pbxWorldEnds(world);
});

test('pbx-dies: registered at the backup within 2 s, and every lamp told there', async () => {
  const world = await pbxWorld();
  world.a.die();
  const diedMs = world.clock.monotonic();
  assert.ok(await world.clock.until(() => world.b.bound, 2000));
  const tookMs = world.clock.monotonic() - diedMs;
  await world.clock.advance(1000);
  assert.equal(states(world), ['a lost - off', 'b present in use registered']);
  assert.equal([world.registeredAt(), lit(world.b)], ['b', '201=1/0 202=1/0']);
  assert.equal(world.events(), ['pbx-lost', 'pbx-in-use']);
  assert.match(world.log.find(({ event }) => event === 'pbx-lost')?.text ?? '', /^The PBX a is lost: 12 probes stayed without an answer, and nothing was heard of it for \d+ ms\.$/);
  assert.ok(tookMs <= 1700, `${tookMs} ms`);
  await pbxWorldEnds(world);
});

test('pbx-dies: it is asked more rarely, and told nothing', async () => {
  const world = await pbxWorld();
  world.a.die();
  await world.clock.advance(3000);
  const before = world.a.peer.heard.length;
  await world.clock.advance(60_000);
  const heard = world.a.peer.heard.slice(before);
  assert.equal([...new Set(heard.map(({ message }) => (message.kind === 'request' ? message.method : '')))], ['OPTIONS']);
  assert.is(heard.length, 30);
  await pbxWorldEnds(world);
});

test('pbx-dies while lamps change: the backup has the newest', async () => {
  let newMessages = 1;
  const counts = () => ({ newMessages, oldMessages: 0, urgentNew: 0, urgentOld: 0 });
  const world = await pbxWorld({ options: { counts } });
  world.a.die();
  await world.clock.advance(500);
  newMessages = 7;
  world.agent.lamp('202', counts());
  await world.clock.advance(3000);
  assert.is(lit(world.b), '201=7/0 202=7/0');
  newMessages = 8;
  world.agent.lamp('202', counts());
  await world.clock.advance(100);
  assert.is(lit(world.b), '201=7/0 202=8/0');
  await pbxWorldEnds(world);
});

test('pbx-dies: its calls go on, and it may call at any time', async () => {
  const world = await pbxWorld();
  const call = await new RawCall(world).establish();
  world.a.die();
  await world.clock.advance(10_000);
  assert.equal(world.agent.legs().length, 1);
  call.request('BYE');
  await world.clock.advance(100);
  assert.is(call.response('BYE').status, 200);
  assert.is(first(world.calls).end?.by, 'remote');
  await new RawCall(world).establish();
  assert.is(world.agent.legs().length, 1, 'a call from the PBX that is not in use');
  await pbxWorldEnds(world);
});

test('pbx-dies at night: a call that comes from it proves that it lives', async () => {
  const world = await pbxWorld();
  world.a.answersOptions = false;
  for (let passed = 0; passed < 10_000; passed += 1000) {
    world.a.peer.send(`OPTIONS sip:10.0.0.2 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKlife${passed}\r\nFrom: <sip:a@10.0.0.1>;tag=1\r\nTo: <sip:10.0.0.2>\r\nCall-ID: life${passed}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n`);
    await world.clock.advance(1000);
  }
  assert.equal([world.events(), world.registeredAt()], [[], 'a']);
  await world.clock.advance(2000);
  assert.equal([world.events(), world.registeredAt()], [['pbx-lost', 'pbx-in-use'], 'a b']);
  await pbxWorldEnds(world);
});

test('pbx-returns-graceful: used again when it has answered for 10 s, and the backup is left in good order', async () => {
  const world = await pbxWorld();
  world.a.die();
  await world.clock.advance(60_000);
  world.a.revive();
  const backMs = world.clock.monotonic();
  await world.clock.advance(9900);
  assert.equal(states(world), ['a returning - off', 'b present in use registered']);
  assert.ok(await world.clock.until(() => world.a.bound, 5000));
  const tookMs = world.clock.monotonic() - backMs;
  assert.ok(tookMs >= 10_000 && tookMs <= 13_000, `${tookMs} ms`);
  await world.clock.advance(1000);
  assert.equal([world.registeredAt(), lit(world.a)], ['a', '201=1/0 202=1/0']);
  assert.equal(world.b.registers, ['3600', '0']);
  assert.equal(world.events(), ['pbx-lost', 'pbx-in-use', 'pbx-back', 'pbx-in-use']);
  await pbxWorldEnds(world);
});

test('pbx-returns while the backup has calls: they go on', async () => {
  const world = await pbxWorld();
  world.a.die();
  await world.clock.advance(5000);
  const caller = await RawPeer.open(world.network, '10.0.0.3', 5062);
  const call = await new RawCall({ ...world, peer: caller }, { via: 'SIP/2.0/UDP 10.0.0.3:5062;branch=z9hG4bKb1', contact: '<sip:ada@10.0.0.3:5062>' }).establish();
  world.a.revive();
  await world.clock.advance(20_000);
  assert.equal([world.registeredAt(), world.agent.legs().length], ['a', 1]);
  call.request('BYE', { via: 'SIP/2.0/UDP 10.0.0.3:5062;branch=z9hG4bKb2' });
  await world.clock.advance(100);
  assert.is(call.response('BYE').status, 200);
  await pbxWorldEnds(world);
});

test('pbx-reboots faster than it can be missed: nothing moves', async () => {
  const world = await pbxWorld();
  world.a.die();
  await world.clock.advance(1000);
  world.a.alive = true;
  await world.clock.advance(60_000);
  assert.equal([world.events(), world.registeredAt(), world.a.registers], [[], 'a', ['3600']]);
  await pbxWorldEnds(world);
});

test('pbx-reboots: one change there and one back, and it knows the unit again', async () => {
  const world = await pbxWorld();
  world.a.die();
  await world.clock.advance(40_000);
  world.a.revive();
  await world.clock.advance(30_000);
  assert.equal([world.registeredAt(), lit(world.a)], ['a', '201=1/0 202=1/0']);
  assert.is(world.events().filter((event) => event === 'pbx-in-use').length, 2);
  await pbxWorldEnds(world);
});

test('pbx-flaps for five minutes: one change, told once', async () => {
  const world = await pbxWorld();
  for (let round = 0; round < 50; round++) {
    world.a.die();
    await world.clock.advance(3000);
    world.a.revive();
    await world.clock.advance(3000);
  }
  assert.equal([world.events(), world.registeredAt()], [['pbx-lost', 'pbx-in-use'], 'b']);
  assert.is(world.a.registers.length, 1);
  await world.clock.advance(15_000);
  assert.equal([world.events().slice(2), world.registeredAt()], [['pbx-back', 'pbx-in-use'], 'a']);
  await pbxWorldEnds(world);
});

/** Whether a PBX was heard within `maxAgeMs`, or is when it is asked. */
async function hears(world: PbxWorld, maxAgeMs: number): Promise<boolean> {
  const heard = world.agent.hearsPbx(150, maxAgeMs);
  await world.clock.advance(200);
  return heard;
}

test('pbx-answers-503: left within a second, although it talks; taken back when it serves again', async () => {
  const world = await pbxWorld();
  world.a.optionsStatus = 503;
  const saidMs = world.clock.monotonic();
  assert.ok(await world.clock.until(() => world.b.bound, 1000));
  assert.ok(world.clock.monotonic() - saidMs <= 600);
  for (let passed = 0; passed < 30_000; passed += 500) {
    world.a.peer.send(`OPTIONS sip:10.0.0.2 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKtalk${passed}\r\nFrom: <sip:a@10.0.0.1>;tag=1\r\nTo: <sip:10.0.0.2>\r\nCall-ID: talk${passed}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n`);
    await world.clock.advance(500);
  }
  assert.equal(states(world)[0], 'a lost - off');
  assert.equal(world.events(), ['pbx-lost', 'pbx-in-use']);
  assert.match(world.log.find(({ event }) => event === 'pbx-lost')?.text ?? '', /lost: it answers 503 Said So\.$/);
  assert.ok(await hears(world, 500), 'the way to it is there');
  world.a.optionsStatus = 404;
  await world.clock.advance(13_000);
  assert.equal([world.agent.peers()[0]?.inUse, world.events().at(-1)], [true, 'pbx-in-use']);
  await pbxWorldEnds(world);
});

test('pbx-answers-503 once: a moment of overload moves nothing', async () => {
  const world = await pbxWorld();
  world.a.optionsStatus = 503;
  await world.clock.until(() => states(world)[0]?.startsWith('a doubted') === true, 1000, 1);
  world.a.optionsStatus = 200;
  await world.clock.advance(30_000);
  assert.equal([world.events(), world.registeredAt()], [[], 'a']);
  await pbxWorldEnds(world);
});

for (const status of [404, 405, 500]) {
  test(`a PBX that answers ${status} to OPTIONS is there`, async () => {
    const world = await pbxWorld();
    world.a.optionsStatus = status;
    await world.clock.advance(10_000);
    assert.equal([states(world)[0], world.events()], ['a present in use registered', []]);
    await pbxWorldEnds(world);
  });
}

test('both-pbxs-die: the unit stays where it was, and is registered as soon as one of them answers', async () => {
  const world = await pbxWorld();
  world.a.die();
  await world.clock.advance(10_000);
  world.b.die();
  await world.clock.advance(100_000);
  assert.equal(world.events(), ['pbx-lost', 'pbx-in-use', 'pbx-lost']);
  assert.equal(world.agent.peers().map(({ inUse }) => inUse), [false, true]);
  world.b.revive();
  const backMs = world.clock.monotonic();
  assert.ok(await world.clock.until(() => world.b.bound && world.b.lamps.size === 2, 10_000));
  assert.ok(world.clock.monotonic() - backMs <= 2100, `the same one again, which forgot the unit: ${world.clock.monotonic() - backMs} ms`);
  await world.clock.advance(30_000);
  world.b.die();
  await world.clock.advance(10_000);
  world.a.revive();
  const otherMs = world.clock.monotonic();
  assert.ok(await world.clock.until(() => world.a.bound && world.a.lamps.size === 2, 10_000));
  assert.ok(world.clock.monotonic() - otherMs <= 2100, `the other one: ${world.clock.monotonic() - otherMs} ms`);
  await pbxWorldEnds(world);
});

test('the cable of the unit is pulled: both PBXs are lost, and nothing is heard of anybody until it is back', async () => {
  const world = await pbxWorld();
  const host = world.network.host('10.0.0.2');
  host.unplug();
  await world.clock.advance(30_000);
  assert.not(await hears(world, 29_000));
  assert.equal(world.agent.peers().map(({ watch }) => watch), ['lost', 'lost']);
  host.plug();
  await world.clock.advance(2500);
  assert.ok(await hears(world, 600));
  await world.clock.advance(15_000);
  assert.equal([world.registeredAt().includes('a'), states(world)], [true, ['a present in use registered', 'b present - off']]);
  await pbxWorldEnds(world);
});

test('backup-pbx-dies-while-in-use, the first one alive again but not for long: it is taken at once', async () => {
  const world = await pbxWorld();
  world.a.die();
  await world.clock.advance(10_000);
  world.a.revive();
  await world.clock.advance(4000);
  assert.is(world.registeredAt(), 'b');
  world.b.die();
  const diedMs = world.clock.monotonic();
  assert.ok(await world.clock.until(() => world.a.bound, 2000), 'registered at the first within 2 s');
  assert.ok(world.clock.monotonic() - diedMs <= 1700);
  await world.clock.advance(20_000);
  assert.equal(states(world), ['a present in use registered', 'b lost - off']);
  await pbxWorldEnds(world);
});

test('backup-pbx-dies while it is not in use: told, and nothing moves', async () => {
  const world = await pbxWorld();
  world.b.die();
  await world.clock.advance(10_000);
  assert.equal([world.events(), world.registeredAt(), world.a.registers], [['pbx-lost'], 'a', ['3600']]);
  await pbxWorldEnds(world);
});

test('the PBX is dead when the unit starts: registered at the backup within 2 s', async () => {
  const world = await pbxWorld({ settleMs: 0 });
  world.a.die();
  assert.ok(await world.clock.until(() => world.b.bound, 2000));
  await world.clock.advance(1000);
  assert.equal([lit(world.b), states(world)[0]], ['201=1/0 202=1/0', 'a lost - off']);
  await pbxWorldEnds(world);
});

test('peers that stand for themselves are neither watched nor moved', async () => {
  const gateway = { ...primary, name: 'gateway', addresses: ['10.0.0.4'], host: '10.0.0.4', lamps: 'none' as const };
  const world = await pbxWorld({ peers: [primary, backup, gateway, { ...pbx, name: 'phones', addresses: ['10.0.1.0/24'], host: null }] });
  const other = await RawPeer.open(world.network, '10.0.0.4');
  world.a.die();
  await world.clock.advance(40_000);
  assert.equal(other.requests('OPTIONS').length, 0);
  assert.ok(other.requests('REGISTER').length > 1, 'it goes on trying there');
  assert.equal(states(world).slice(2).map((text) => text.replace('failed', 'registering')), ['gateway null in use registering', 'phones null in use off']);
  await pbxWorldEnds(world);
});

test('the backup of the configuration goes while it is in use: back to the first', async () => {
  const world = await pbxWorld();
  world.a.die();
  await world.clock.advance(10_000);
  world.agent.apply(sipSettings, [primary]);
  await world.clock.advance(1000);
  assert.equal([world.b.registers, states(world)], [['3600', '0'], ['a null in use registering']]);
  await pbxWorldEnds(world);
});

test.run();
