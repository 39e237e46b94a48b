import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { agentWorld, answer, assertQuiet, RawCall } from '../../support/sip/agent-world.ts';
import { ackText, responseText, sdpText } from '../../support/sip/message-text.ts';
import type { AgentWorld } from '../../support/sip/agent-world.ts';

const rackOf = (world: AgentWorld): string => {
  const ringing = world.peer.response('INVITE', 180).message;
  return `RAck: ${ringing.headers.get('RSeq')} ${(ringing.headers.get('CSeq') ?? '').split(' ')[0]} INVITE`;
};
const seconds = (world: AgentWorld, status: number): number[] => world.peer.responses('INVITE').filter(({ message }) => message.status === status).map(({ atMs }) => Math.round(atMs / 100) / 10);

test('a peer that requires 100rel gets a 180 that is repeated until its PRACK', async () => {
  const world = await agentWorld({ policy: (leg) => leg.ring() });
  const call = new RawCall(world, { headers: ['Require: 100rel'] });
  call.invite();
  await world.clock.advance(4000);
  const ringing = call.response('INVITE', 180);
  assert.is(ringing.headers.get('Require'), '100rel');
  assert.match(ringing.headers.get('RSeq') ?? '', /^[1-9][0-9]*$/);
  assert.equal(seconds(world, 180), [0, 0.5, 1.5, 3.5]);
  call.request('PRACK', { headers: [rackOf(world)] });
  await world.clock.advance(20_000);
  assert.equal(world.peer.statuses('PRACK'), [200]);
  assert.is(seconds(world, 180).length, 4);
  answer(world.calls[0]?.leg as never);
  await world.clock.advance(10);
  call.ack();
  await world.clock.advance(10);
  call.request('BYE');
  await world.clock.advance(10);
  assert.equal(world.calls[0]?.told, ['established', 'ended remote']);
  await assertQuiet(world);
});

test('a PRACK for something else gets 481 and does not count', async () => {
  const world = await agentWorld({ policy: (leg) => leg.ring() });
  const call = new RawCall(world, { headers: ['Require: 100rel'] });
  call.invite();
  await world.clock.advance(10);
  call.request('PRACK', { headers: ['RAck: 7 1 INVITE'] });
  await world.clock.advance(10);
  call.request('PRACK', { headers: [rackOf(world).replace(/ 1 INVITE/, ' 2 INVITE')] });
  await world.clock.advance(10);
  call.request('PRACK');
  await world.clock.advance(600);
  assert.equal(world.peer.statuses('PRACK'), [481, 481, 481]);
  assert.is(seconds(world, 180).length, 2);
  call.cancel();
  await world.clock.advance(10);
  world.peer.send(ackText(call.response('INVITE', 487)));
  await assertQuiet(world);
});

test('without any PRACK the INVITE is refused after 32 s', async () => {
  const world = await agentWorld({ policy: (leg) => leg.ring() });
  const call = new RawCall(world, { headers: ['Require: 100rel'] });
  call.invite();
  await world.clock.advance(32_100);
  const refusal = call.response('INVITE');
  assert.ok(refusal.status >= 500 && refusal.status < 600, `${refusal.status}`);
  world.peer.send(ackText(refusal));
  await world.clock.advance(10);
  assert.match(world.calls[0]?.told.join() ?? '', /^ended failure/);
  await assertQuiet(world);
});

test('answered before the PRACK came: the 200 goes out, the late PRACK is answered', async () => {
  const world = await agentWorld({
    policy: (leg) => {
      leg.ring();
      answer(leg);
    },
  });
  const call = new RawCall(world, { headers: ['Require: 100rel'] });
  call.invite();
  await world.clock.advance(10);
  call.request('PRACK', { headers: [rackOf(world)] });
  call.ack();
  await world.clock.advance(2000);
  assert.equal(world.peer.statuses('INVITE'), [180, 200]);
  assert.equal(world.peer.statuses('PRACK'), [200]);
  call.request('BYE');
  await assertQuiet(world);
});

test('a peer that only supports 100rel gets plain ringing', async () => {
  const world = await agentWorld({ policy: (leg) => leg.ring() });
  const call = new RawCall(world, { headers: ['Supported: 100rel'] });
  call.invite();
  await world.clock.advance(3000);
  assert.equal(world.peer.statuses('INVITE'), [180]);
  assert.is(call.response('INVITE', 180).headers.get('RSeq'), undefined);
  call.cancel();
  await world.clock.advance(10);
  world.peer.send(ackText(call.response('INVITE', 487)));
  await assertQuiet(world);
});

test('we acknowledge reliable ringing once, in order, with rising numbers', async () => {
  const world = await agentWorld();
  const taken = world.place();
  await world.clock.advance(10);
  const invite = world.peer.request('INVITE').message;
  const ring = (status: number, rseq: number, body = ''): void => world.peer.send(responseText(invite, status, { headers: ['Require: 100rel', `RSeq: ${rseq}`], body }));
  ring(180, 11);
  ring(180, 11);
  await world.clock.advance(10);
  ring(183, 13);
  ring(183, 12, sdpText());
  ring(183, 13);
  await world.clock.advance(10);
  const pracks = world.peer.requests('PRACK').map(({ message }) => [message.headers.get('RAck'), message.headers.get('CSeq')]);
  assert.equal(pracks, [['11 1 INVITE', '2 PRACK'], ['12 1 INVITE', '3 PRACK'], ['13 1 INVITE', '4 PRACK']]);
  assert.is(world.peer.requests('PRACK')[0]?.message.uri, 'sip:pbx@10.0.0.1:5060');
  assert.equal(taken.told, ['ringing', 'ringing with media', 'ringing with media']);
  for (const { message } of world.peer.requests('PRACK')) world.peer.send(responseText(message, 200));
  world.peer.send(responseText(invite, 200, { body: sdpText() }));
  await world.clock.advance(10);
  assert.is(world.peer.request('ACK').message.headers.get('CSeq'), '1 ACK');
  taken.leg.hangUp('done');
  await world.clock.advance(10);
  assert.is(world.peer.request('BYE').message.headers.get('CSeq'), '5 BYE');
  world.peer.send(responseText(world.peer.request('BYE').message, 200));
  await assertQuiet(world);
});

test.run();
