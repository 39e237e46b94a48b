import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AgentWorld } from '../../support/sip/agent-world.ts';
import { agentWorld, assertQuiet, first } from '../../support/sip/agent-world.ts';
import { ackText, requestText, responseText, sdpText } from '../../support/sip/message-text.ts';
import { readMessage } from '../../support/sip/raw-peer.ts';

const shared = '10.0.0.10';
const sharedAt = { address: shared, port: 5060 };

const world = (): Promise<AgentWorld> => agentWorld({ sip: { address: '10.0.0.2' }, moreAddresses: [shared] });
const options = (callId: string): string => requestText('OPTIONS', { callId });

async function stop({ agent, clock }: AgentWorld): Promise<void> {
  const stopped = agent.stop(100);
  await clock.advance(2000);
  await stopped;
}

test('the shared address is not answered on before it is ours, and not after', async () => {
  const shares = await world();
  const { clock, peer, agent } = shares;
  peer.send(options('before'), sharedAt);
  await clock.advance(10);
  await agent.share(shared);
  peer.send(options('while'), sharedAt);
  await clock.advance(10);
  await agent.share(null);
  peer.send(options('after'), sharedAt);
  await clock.advance(10);
  assert.equal(peer.responses('OPTIONS').map(({ message }) => message.headers.get('Call-ID')), ['while']);
  await stop(shares);
});

test('answers leave from the address that was asked', async () => {
  const shares = await world();
  const { clock, peer, agent } = shares;
  await agent.share(shared);
  peer.send(options('shared'), sharedAt);
  peer.send(options('own'));
  await clock.advance(10);
  const from = Object.fromEntries(peer.responses('OPTIONS').map((heard) => [heard.message.headers.get('Call-ID'), heard.from.address]));
  assert.equal(from, { shared, own: '10.0.0.2' });
  await stop(shares);
});

test('a call to the shared address stays with the unit when the address moves', async () => {
  const shares = await world();
  const { clock, peer, agent, calls } = shares;
  await agent.share(shared);
  peer.send(requestText('INVITE', { callId: 'stays', body: sdpText() }), sharedAt);
  await clock.advance(10);
  const { message: ok, from } = peer.response('INVITE', 200);
  assert.is(from.address, shared);
  assert.is(ok.headers.get('Contact'), '<sip:201@10.0.0.2:5060>');
  await agent.share(null);
  peer.send(ackText(ok));
  await clock.advance(10);
  assert.equal(first(calls).told, ['established']);
  first(calls).leg.hangUp('done');
  await clock.advance(10);
  assert.is(peer.request('BYE').from.address, '10.0.0.2');
  peer.send(responseText(peer.request('BYE').message, 200));
  await assertQuiet(shares);
});

test('a repeated INVITE is answered from where it was asked, or from our own address when that is gone', async () => {
  const shares = await world();
  const { clock, peer, agent } = shares;
  await agent.share(shared);
  peer.send(requestText('INVITE', { callId: 'repeated', body: sdpText() }), sharedAt);
  await clock.advance(600);
  await agent.share(null);
  await clock.advance(1000);
  assert.equal(peer.responses('INVITE').filter(({ message }) => message.status === 200).map(({ from }) => from.address), [shared, shared, '10.0.0.2']);
  await stop(shares);
});

test('over TCP: connections to the shared address are answered, and go with it', async () => {
  const shares = await world();
  const { clock, network, agent } = shares;
  await agent.share(shared);
  const connecting = network.host('10.0.0.1').stream.connect(sharedAt, 1000);
  await clock.advance(5);
  const connection = await connecting;
  let text = '';
  let closed = false;
  connection.received = (bytes) => void (text += Buffer.from(bytes).toString());
  connection.closed = () => void (closed = true);
  connection.write(Buffer.from(requestText('OPTIONS', { callId: 'tcp', via: 'SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bKtcp' })));
  await clock.advance(10);
  const answer = readMessage(text);
  assert.is(answer.kind === 'response' && answer.status, 200);
  await agent.share(null);
  await clock.advance(1500);
  assert.ok(closed);
  await stop(shares);
});

test('an address that the unit does not hold cannot be shared', async () => {
  const shares = await world();
  const { agent } = shares;
  const refused = await agent.share('10.0.0.99').then(() => null, (error: Error & { id?: string }) => error.id);
  assert.is(refused, 'address-unavailable');
  await stop(shares);
});

test.run();
