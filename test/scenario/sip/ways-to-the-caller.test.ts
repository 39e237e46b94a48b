import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { agentWorld, assertQuiet, first, RawCall } from '../../support/sip/agent-world.ts';
import { ackText, requestText, responseText, sdpText, tagIn } from '../../support/sip/message-text.ts';
import { RawPeer, readMessage, unitAt } from '../../support/sip/raw-peer.ts';

test('proxies that recorded themselves are on the way of our requests: loose', async () => {
  const world = await agentWorld();
  const proxy = '10.0.0.1:5062';
  const onTheWay = await RawPeer.open(world.network, '10.0.0.1', 5062);
  const call = await new RawCall(world, { headers: [`Record-Route: <sip:${proxy};lr>, <sip:p2.example.com;lr>`, 'Record-Route: <sip:p3.example.com;lr>'] }).establish();
  assert.equal(call.response('INVITE', 200).headers.list('Record-Route'), [`<sip:${proxy};lr>`, '<sip:p2.example.com;lr>', '<sip:p3.example.com;lr>']);
  first(world.calls).leg.hangUp('done');
  await world.clock.advance(10);
  const bye = onTheWay.request('BYE').message;
  assert.is(bye.uri, 'sip:ada@10.0.0.1:5060');
  assert.equal(bye.headers.list('Route'), [`<sip:${proxy};lr>`, '<sip:p2.example.com;lr>', '<sip:p3.example.com;lr>']);
  onTheWay.send(responseText(bye, 200));
  await assertQuiet(world);
});

test('proxies that recorded themselves are on the way of our requests: strict', async () => {
  const world = await agentWorld();
  const onTheWay = await RawPeer.open(world.network, '10.0.0.1', 5062);
  await new RawCall(world, { headers: ['Record-Route: <sip:10.0.0.1:5062>, <sip:p2.example.com;lr>'] }).establish();
  first(world.calls).leg.hangUp('done');
  await world.clock.advance(10);
  const bye = onTheWay.request('BYE').message;
  assert.is(bye.uri, 'sip:10.0.0.1:5062');
  assert.equal(bye.headers.list('Route'), ['<sip:p2.example.com;lr>', '<sip:ada@10.0.0.1:5060>']);
  onTheWay.send(responseText(bye, 200));
  await assertQuiet(world);
});

test('a ringing answer tells the route too, so that early requests find it', async () => {
  const world = await agentWorld({ policy: (leg) => leg.ring() });
  const call = new RawCall(world, { headers: ['Record-Route: <sip:10.0.0.1:5062;lr>'] });
  call.invite();
  await world.clock.advance(10);
  assert.equal(call.response('INVITE', 180).headers.list('Record-Route'), ['<sip:10.0.0.1:5062;lr>']);
  call.cancel();
  await assertQuiet(world);
});

test('an RFC 2543 caller without tag, branch and Contact is served and can be hung up on', async () => {
  const world = await agentWorld();
  const callId = 'old';
  const text = requestText('INVITE', { callId, via: 'SIP/2.0/UDP 10.0.0.1', contact: null, body: sdpText() }).replace(';tag=ft', '');
  world.peer.send(text);
  await world.clock.advance(10);
  world.peer.send(ackText(world.peer.response('INVITE', 200).message));
  await world.clock.advance(10);
  first(world.calls).leg.hangUp('done');
  await world.clock.advance(10);
  const bye = world.peer.request('BYE').message;
  assert.is(bye.uri, 'sip:ada@10.0.0.1');
  assert.not.match(bye.headers.get('To') ?? '', /tag=/);
  world.peer.send(responseText(bye, 200));
  await assertQuiet(world);
});

test('over TCP the whole call stays on the connection of the caller', async () => {
  const world = await agentWorld();
  const connecting = world.network.host('10.0.0.1').stream.connect(unitAt, 1000);
  await world.clock.advance(5);
  const connection = await connecting;
  let text = '';
  connection.received = (bytes) => void (text += Buffer.from(bytes).toString());
  const tcp = (method: string, more: object): string => requestText(method, { callId: 'tcp', via: `SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bKtcp${method}`, contact: '<sip:ada@10.0.0.1:5060;transport=tcp>', ...more });
  connection.write(Buffer.from(tcp('INVITE', { body: sdpText() })));
  await world.clock.advance(10);
  const ok = readMessage(text);
  assert.match(text, /^SIP\/2\.0 200 /);
  assert.match(ok.headers.get('Contact') ?? '', /;transport=tcp>$/);
  connection.write(Buffer.from(tcp('ACK', { toTag: tagIn(ok, 'To') })));
  await world.clock.advance(10);
  text = '';
  assert.equal(first(world.calls).told, ['established']);
  first(world.calls).leg.hangUp('done');
  await world.clock.advance(10);
  assert.match(text, /^BYE sip:ada@10\.0\.0\.1:5060;transport=tcp SIP\/2\.0\r\nVia: SIP\/2\.0\/TCP /);
  const bye = readMessage(text);
  if (bye.kind === 'request') connection.write(Buffer.from(responseText(bye, 200)));
  connection.close();
  await world.clock.advance(1500);
  await assertQuiet(world);
});

test('when the connection of the caller is gone, requests go to the Contact', async () => {
  const world = await agentWorld();
  let text = '';
  await world.network.host('10.0.0.1').stream.listen({ address: '10.0.0.1', port: 5060 }, (back) => (back.received = (bytes) => void (text += Buffer.from(bytes).toString())));
  const connecting = world.network.host('10.0.0.1').stream.connect(unitAt, 1000);
  await world.clock.advance(5);
  const connection = await connecting;
  let heard = '';
  connection.received = (bytes) => void (heard += Buffer.from(bytes).toString());
  const tcp = (method: string, more: object): string => requestText(method, { callId: 'tcp2', via: `SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bKtcp2${method}`, contact: '<sip:ada@10.0.0.1:5060;transport=tcp>', ...more });
  connection.write(Buffer.from(tcp('INVITE', { body: sdpText() })));
  await world.clock.advance(10);
  connection.write(Buffer.from(tcp('ACK', { toTag: tagIn(readMessage(heard), 'To') })));
  await world.clock.advance(10);
  connection.close();
  await world.clock.advance(1500);
  first(world.calls).leg.hangUp('done');
  await world.clock.advance(5000);
  assert.match(text, /^BYE sip:ada@10\.0\.0\.1:5060;transport=tcp /);
});

test.run();
