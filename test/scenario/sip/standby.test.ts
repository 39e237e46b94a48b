// The unit of a pair that does not serve: it answers calls, and is otherwise mute.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { first, RawCall } from '../../support/sip/agent-world.ts';
import { sipSettings } from '../../support/sip/layer-world.ts';
import { requestText } from '../../support/sip/message-text.ts';
import type { PbxWorld } from '../../support/sip/sim-pbx.ts';
import { backup, pbxWorld, pbxWorldEnds, primary } from '../../support/sip/sim-pbx.ts';

const oneNew = { newMessages: 1, oldMessages: 0, urgentNew: 0, urgentOld: 0 };

/** First words of every datagram that leaves the unit from now on. */
function tapped(world: PbxWorld): { readonly all: string[]; readonly kinds: () => string[] } {
  const all: string[] = [];
  world.network.intercept = ({ from, bytes }) => {
    if (from.address === '10.0.0.2') all.push(Buffer.from(bytes).toString('latin1').split(' ', 1)[0] as string);
    return 'pass';
  };
  return { all, kinds: () => [...new Set(all)].sort() };
}

const subscribe = (world: PbxWorld, callId: string): void =>
  world.a.peer.send(requestText('SUBSCRIBE', { callId, headers: ['Event: message-summary', 'Expires: 600'] }));

const partner = '<sip:900@10.0.0.9:5060>;expires=3600';
/** With the settings' 500 ms between two probes and 10 s of return: four probes, an answer, the return, and a REGISTER. */
const retireMs = 2000 + 300 + 10_000 + 5000;

/** A unit that served, with a subscriber, and was told to be a standby; its partner is registered. */
async function standby(): Promise<PbxWorld> {
  const world = await pbxWorld();
  subscribe(world, 'sub-1');
  await world.clock.advance(1000);
  world.a.others = [partner];
  world.agent.serve(false);
  return world;
}

test('told to be a standby: registration taken back, subscriber sent away without counts', async () => {
  const world = await standby();
  await world.clock.advance(1000);
  assert.equal([world.a.registers, world.registeredAt()], [['3600', 'which', '0'], '']);
  const last = world.a.peer.requests('NOTIFY').at(-1)?.message;
  assert.equal([last?.headers.get('Subscription-State'), last?.body.length, last?.headers.get('Content-Type')], ['terminated;reason=deactivated', 0, undefined]);
  assert.equal(world.agent.peers().map(({ inUse, registration }) => `${inUse} ${registration}`), ['false off', 'false off']);
  assert.is(world.agent.counters().subscriptions, 0);
  await pbxWorldEnds(world);
});

test('its partner comes to the PBX later: until then callers find this unit there', async () => {
  const world = await pbxWorld();
  world.agent.serve(false);
  await world.clock.advance(6000);
  assert.equal([world.registeredAt(), world.a.registers.includes('0')], ['a', false]);
  assert.equal(world.agent.peers()[0]?.inUse, false);
  world.a.others = [partner];
  await world.clock.advance(300);
  assert.equal([world.registeredAt(), world.a.registers.filter((expires) => expires !== 'which')], ['', ['3600', '0']]);
  assert.ok(world.a.registers.length <= 2 + 6300 / 250, `${world.a.registers.length} REGISTERs`);
  await pbxWorldEnds(world);
});

test('its partner never comes: the registration is taken back all the same', async () => {
  const world = await pbxWorld();
  world.agent.serve(false);
  await world.clock.advance(retireMs - 100);
  assert.is(world.registeredAt(), 'a');
  await world.clock.advance(400);
  assert.is(world.registeredAt(), '');
  const tap = tapped(world);
  await world.clock.advance(60_000);
  assert.equal(tap.kinds(), ['OPTIONS']);
  await pbxWorldEnds(world);
});

test('told to serve again before its partner came: the registration goes on, and was never away', async () => {
  const world = await pbxWorld();
  world.agent.serve(false);
  await world.clock.advance(3010);
  world.agent.serve(true);
  world.a.others = [partner];
  await world.clock.advance(60_000);
  assert.equal([world.registeredAt(), world.a.registers.includes('0'), world.agent.peers()[0]?.registration], ['a', false, 'registered']);
  await pbxWorldEnds(world);
});

test('the PBX dies before its partner came: it is told nothing more', async () => {
  const world = await pbxWorld();
  world.agent.serve(false);
  await world.clock.advance(1000);
  world.a.die();
  await world.clock.advance(5000);
  const tap = tapped(world);
  await world.clock.advance(60_000);
  assert.equal(tap.kinds(), ['OPTIONS']);
  await pbxWorldEnds(world);
});

test('the unit stops before its partner came: the registration is taken back at once', async () => {
  const world = await pbxWorld();
  world.agent.serve(false);
  await world.clock.advance(1000);
  void world.agent.stop(500);
  await world.clock.advance(100);
  assert.is(world.registeredAt(), '');
  await pbxWorldEnds(world);
});

test('told to be a standby because it is about to stop: the registration is taken back at once, and nobody is asked', async () => {
  const world = await pbxWorld();
  world.agent.serve(false, true);
  await world.clock.advance(100);
  assert.equal([world.registeredAt(), world.a.registers], ['', ['3600', '0']]);
  await pbxWorldEnds(world);
});

test('while it stays one: OPTIONS and SUBSCRIBE get 503 with the time to ask again', async () => {
  const world = await standby();
  await world.clock.advance(1000);
  world.a.peer.send(requestText('OPTIONS', { callId: 'ask' }));
  subscribe(world, 'sub-2');
  await world.clock.advance(100);
  for (const [method, seconds] of [['OPTIONS', '1'], ['SUBSCRIBE', '5']] as const) {
    const { message } = world.a.peer.response(method, 503);
    assert.is(message.headers.get('Retry-After'), seconds, method);
  }
  await pbxWorldEnds(world);
});

test('mute for six minutes, whatever happens: none but answers leave, and the questions of the watch', async () => {
  const world = await standby();
  await world.clock.advance(40_000);
  const tap = tapped(world);
  const happenings: (() => void)[] = [
    () => world.agent.lamp('201', { ...oneNew, newMessages: 5 }),
    () => world.a.peer.send(requestText('OPTIONS', { callId: 'ask-1' })),
    () => subscribe(world, 'sub-3'),
    () => world.a.peer.send(requestText('SUBSCRIBE', { callId: 'sub-4', headers: ['Event: message-summary', 'Expires: 0'] })),
    () => void world.place(),
    () => world.a.die(),
    () => world.agent.lamp('202', { ...oneNew, newMessages: 6 }),
    () => world.a.revive(),
    () => (world.b.optionsStatus = 503),
    () => (world.b.optionsStatus = 200),
    () => world.agent.apply({ ...sipSettings, watchMs: 400 }, [primary, backup]),
    () => world.agent.lamp('203', oneNew),
  ];
  for (const happens of happenings) {
    happens();
    await world.clock.advance(30_000);
  }
  assert.equal(tap.kinds(), ['OPTIONS', 'SIP/2.0']);
  assert.is(tap.all.filter((kind) => kind === 'SIP/2.0').length, 3, 'one answer to each question');
  assert.ok(tap.all.filter((kind) => kind === 'OPTIONS').length > 1200);
  await pbxWorldEnds(world);
});

test('it answers a call as usual, and the call goes on while it is told to serve and to stop serving', async () => {
  const world = await standby();
  const call = await new RawCall(world).establish();
  for (const on of [true, false, true]) {
    world.agent.serve(on);
    await world.clock.advance(5000);
  }
  assert.is(world.agent.legs().length, 1);
  call.request('BYE');
  await world.clock.advance(100);
  assert.is(call.response('BYE').status, 200);
  assert.is(first(world.calls).end?.by, 'remote');
  await pbxWorldEnds(world);
});

test('a call that it should place ends at once', async () => {
  const world = await standby();
  const { told } = world.place();
  await world.clock.advance(100);
  assert.equal(told, ['ended local']);
  await pbxWorldEnds(world);
});

test('a lamp on its way to a PBX that does not answer goes no further', async () => {
  const world = await pbxWorld();
  world.a.die();
  world.agent.lamp('201', { ...oneNew, newMessages: 9 });
  await world.clock.advance(10);
  world.agent.serve(false);
  await world.clock.advance(5);
  const tap = tapped(world);
  await world.clock.advance(600);
  world.a.revive();
  await world.clock.advance(60_000);
  assert.equal(tap.kinds(), ['OPTIONS', 'REGISTER'], 'the removal is repeated until it is answered');
  assert.is(world.a.lamps.size, 0);
  await pbxWorldEnds(world);
});

test('told to serve: registered at once, every lamp told, OPTIONS and SUBSCRIBE served', async () => {
  const world = await standby();
  await world.clock.advance(60_000);
  world.a.lamps.clear();
  world.agent.serve(true);
  await world.clock.advance(5);
  assert.is(world.registeredAt(), 'a');
  await world.clock.advance(50);
  assert.equal([...world.a.lamps], [['201', '1/0'], ['202', '1/0']]);
  world.a.peer.send(requestText('OPTIONS', { callId: 'ask-2' }));
  subscribe(world, 'sub-5');
  await world.clock.advance(100);
  assert.equal([world.a.peer.statuses('OPTIONS').at(-1), world.a.peer.statuses('SUBSCRIBE').at(-1)], [200, 200]);
  await pbxWorldEnds(world);
});

test('told to serve while the PBX is lost: at the backup', async () => {
  const world = await standby();
  await world.clock.advance(1000);
  world.a.die();
  await world.clock.advance(30_000);
  assert.equal([world.registeredAt(), world.b.registers], ['', []]);
  world.agent.serve(true);
  await world.clock.advance(100);
  assert.equal([world.registeredAt(), [...world.b.lamps]], ['b', [['201', '1/0'], ['202', '1/0']]]);
  await pbxWorldEnds(world);
});

test('a standby from its start says nothing by itself', async () => {
  const world = await pbxWorld({ settleMs: 0, standby: true });
  const tap = tapped(world);
  await world.clock.advance(120_000);
  assert.equal([tap.kinds(), world.a.registers, world.a.lamps.size], [['OPTIONS'], [], 0]);
  await pbxWorldEnds(world);
});

test('told twice is told once', async () => {
  const world = await pbxWorld();
  world.agent.serve(true);
  await world.clock.advance(1000);
  assert.equal([world.a.registers, world.a.peer.requests('NOTIFY').length], [['3600'], 2]);
  await pbxWorldEnds(world);
});

test('2,000 lamps at a PBX that comes into use: within 5 s, and no burst', async () => {
  const mailboxes = Array.from({ length: 2000 }, (_, index) => String(1000 + index));
  const world = await pbxWorld({ mailboxes, standby: true });
  world.agent.serve(true);
  await world.clock.advance(100);
  assert.ok(world.a.lamps.size <= 75, `${world.a.lamps.size} in the first 100 ms`);
  assert.is(world.registeredAt(), 'a', 'the registration does not wait for them');
  await world.clock.advance(4400);
  assert.is(world.a.lamps.size, 2000);
  assert.is(world.a.peer.requests('NOTIFY').length, 2000);
  await pbxWorldEnds(world);
});

test.run();
