import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { agentWorld, first, RawCall } from '../../support/sip/agent-world.ts';
import { requestText, responseText, sdpText } from '../../support/sip/message-text.ts';

test('when the unit stops, calls are ended on the wire', async () => {
  const world = await agentWorld();
  const call = await new RawCall(world).establish();
  world.peer.react = ({ message }) => {
    if (message.kind === 'request') world.peer.send(responseText(message, 200));
  };
  const stopping = world.agent.stop(1000);
  await world.clock.advance(1100);
  await stopping;
  assert.is(call.asked('BYE').method, 'BYE');
  assert.equal(first(world.calls).told, ['established', 'ended local']);
  assert.equal(world.clock.pending(), []);
});

test('when the unit stops and nobody answers, it stops in time', async () => {
  const world = await agentWorld();
  await new RawCall(world).establish();
  let stopped = false;
  void world.agent.stop(300).then(() => (stopped = true));
  await world.clock.advance(299);
  assert.not(stopped);
  await world.clock.advance(2);
  assert.ok(stopped);
  assert.is(world.peer.requests('BYE').length, 1);
  await world.clock.advance(10);
  assert.equal(world.clock.pending(), []);
});

test('a call that waits for its ACK when the unit stops leaves no timer behind', async () => {
  const world = await agentWorld();
  new RawCall(world).invite();
  await world.clock.advance(10);
  void world.agent.stop(300);
  await world.clock.advance(400);
  assert.equal(first(world.calls).told, ['ended local']);
  assert.equal(world.clock.pending(), []);
});

test('a call that comes while the unit stops gets 503', async () => {
  const world = await agentWorld();
  await new RawCall(world).establish();
  void world.agent.stop(1000);
  await world.clock.advance(10);
  world.peer.send(requestText('INVITE', { callId: 'late', body: sdpText() }));
  await world.clock.advance(10);
  assert.is(world.peer.response('INVITE').message.status, 503);
  assert.is(world.calls.length, 1);
  await world.clock.advance(2000);
  assert.equal(world.clock.pending(), []);
});

test('a BYE that is still looking for its way when the unit has stopped is not sent, and leaves nothing behind', async () => {
  const world = await agentWorld();
  world.network.names.set('ada.example.com', ['10.0.0.1']);
  await new RawCall(world, { contact: '<sip:ada@ada.example.com>' }).establish();
  void world.agent.stop(1);
  await world.clock.advance(10);
  assert.equal(first(world.calls).told, ['established', 'ended local']);
  assert.equal(world.clock.pending(), []);
  assert.is(world.agent.counters().transactions, 0);
});

test('a call placed while the unit stops ends at once', async () => {
  const world = await agentWorld();
  await new RawCall(world).establish();
  void world.agent.stop(1000);
  const taken = world.place();
  await world.clock.advance(10);
  assert.equal(taken.told, ['ended local']);
  assert.is(world.peer.requests('INVITE').length, 0);
  await world.clock.advance(2000);
  assert.equal(world.clock.pending(), []);
});

test.run();
