import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeResponse } from '../../../firmware/sip/syntax/build-message.ts';
import type { LayerWorld } from '../../support/sip/layer-world.ts';
import { layerWorld, noting, outgoing, toPeer } from '../../support/sip/layer-world.ts';
import { ackText, requestText, responseText, tagIn } from '../../support/sip/message-text.ts';
import { RawPeer } from '../../support/sip/raw-peer.ts';

/** Sends each with 10 ms between. */
async function say({ clock, peer }: LayerWorld, ...texts: string[]): Promise<void> {
  for (const text of texts) {
    peer.send(text);
    await clock.advance(10);
  }
}

test('the same branch from another sent-by, or with another method, is another transaction', async () => {
  const world = await layerWorld();
  const via = (host: string): string => `SIP/2.0/UDP ${host};branch=z9hG4bKone;rport`;
  await say(
    world,
    requestText('OPTIONS', { via: via('a.example.com'), callId: '1' }),
    requestText('OPTIONS', { via: via('b.example.com'), callId: '2' }),
    requestText('OPTIONS', { via: via('b.example.com:5070'), callId: '3' }),
    requestText('INFO', { via: via('a.example.com'), callId: '4' }),
    requestText('OPTIONS', { via: via('A.example.com'), callId: '1' }),
  );
  assert.equal(world.arrived.map(({ request }) => request.headers.get('Call-ID')), ['1', '2', '3', '4']);
});

test('RFC 2543 senders without a branch are matched by what identifies their request', async () => {
  const world = await layerWorld();
  const via = 'SIP/2.0/UDP 10.0.0.1';
  const invite = requestText('INVITE', { via });
  await say(world, invite, invite, requestText('INVITE', { via, cseq: 2, fromTag: 'other' }), requestText('INVITE', { via: `${via};branch=1`, callId: 'x' }));
  assert.is(world.arrived.length, 3);
  world.arrived[0]?.respond(makeResponse(world.arrived[0].request, 486));
  await world.clock.advance(10);
  await say(world, ackText(world.peer.response('INVITE', 486).message));
  await world.clock.advance(6000);
  assert.equal(world.peer.statuses('INVITE').filter((status) => status === 486), [486], 'the ACK was matched, so nothing is repeated');
  assert.is(world.layer.size, 2);
});

test('the cookie alone names no transaction (RFC 4475 3.3.1)', async () => {
  const world = await layerWorld();
  const via = 'SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK';
  await say(world, requestText('OPTIONS', { via, callId: '1' }), requestText('OPTIONS', { via, callId: '2' }));
  assert.is(world.arrived.length, 2);
});

test('a request that comes by two ways is served once, the other copy gets 482', async () => {
  const world = await layerWorld();
  await say(world, requestText('INVITE', { branch: 'one' }), requestText('INVITE', { branch: 'two' }), requestText('INVITE', { branch: 'three', toTag: 'in-dialog' }));
  assert.is(world.arrived.length, 2, 'the third is within a dialog');
  assert.equal(world.peer.statuses('INVITE'), [482]);
  await world.clock.advance(40_000);
  assert.is(world.layer.size, 2);
});

test('when its transaction is over the same request is new again', async () => {
  const world = await layerWorld();
  world.layer.arrived = (transaction) => {
    world.arrived.push(transaction);
    transaction.respond(makeResponse(transaction.request, 200));
  };
  await say(world, requestText('OPTIONS', { branch: 'one' }));
  await world.clock.advance(33_000);
  await say(world, requestText('OPTIONS', { branch: 'two' }));
  assert.equal(world.peer.statuses('OPTIONS'), [200, 200]);
});

test('CANCEL is answered 200, reaches its INVITE once, and is absorbed when repeated', async () => {
  const world = await layerWorld();
  let cancelled = 0;
  await say(world, requestText('INVITE', { branch: 'one' }));
  const [invite] = world.arrived;
  if (invite === undefined) throw new Error('no INVITE came up');
  invite.cancelled = () => {
    cancelled += 1;
    invite.respond(makeResponse(invite.request, 487));
  };
  const cancel = requestText('CANCEL', { branch: 'one' });
  await say(world, cancel, cancel);
  assert.is(cancelled, 1);
  assert.equal(world.peer.statuses('CANCEL'), [200, 200]);
  assert.equal(world.peer.statuses('INVITE'), [487]);
  assert.is.not(tagIn(world.peer.response('CANCEL').message, 'To'), '');
  assert.is(world.arrived.length, 1, 'CANCEL does not come up by itself');
});

test('CANCEL of nothing gets 481', async () => {
  const world = await layerWorld();
  await say(world, requestText('INVITE', { branch: 'one' }), requestText('CANCEL', { branch: 'two' }));
  assert.equal(world.peer.statuses('CANCEL'), [481]);
});

test('CANCEL after the final answer is answered and changes nothing', async () => {
  const world = await layerWorld();
  let cancelled = 0;
  await say(world, requestText('INVITE', { branch: 'one' }));
  const [invite] = world.arrived;
  if (invite === undefined) throw new Error('no INVITE came up');
  invite.cancelled = () => void (cancelled += 1);
  invite.respond(makeResponse(invite.request, 200));
  await say(world, requestText('CANCEL', { branch: 'one' }));
  assert.is(cancelled, 0);
  assert.equal(world.peer.statuses('CANCEL'), [200]);
});

test('our CANCEL waits for a provisional response and travels on the branch of its INVITE', async () => {
  const world = await layerWorld();
  const { handlers, told } = noting();
  const client = world.layer.request(outgoing('INVITE'), toPeer, handlers);
  await world.clock.advance(1);
  client.cancel();
  await world.clock.advance(100);
  assert.is(world.peer.requests('CANCEL').length, 0);
  const invite = world.peer.request('INVITE').message;
  await say(world, responseText(invite, 180));
  const cancel = world.peer.request('CANCEL').message;
  assert.is(cancel.headers.get('Via'), invite.headers.get('Via'));
  assert.is(cancel.headers.get('CSeq'), '1 CANCEL');
  assert.is(cancel.headers.get('To'), invite.headers.get('To'));
  assert.is(cancel.uri, invite.uri);
  await say(world, responseText(cancel, 200), responseText(invite, 487));
  assert.equal(told, [180, 487]);
  await world.clock.advance(40_000);
  assert.is(world.layer.size, 0);
});

test('a cancelled INVITE that is never answered is given up 32 s after its CANCEL', async () => {
  const world = await layerWorld();
  const { handlers, told } = noting();
  const client = world.layer.request(outgoing('INVITE'), toPeer, handlers);
  await world.clock.advance(1);
  await say(world, responseText(world.peer.request('INVITE').message, 180));
  client.cancel();
  await say(world, responseText(world.peer.request('INVITE').message, 180));
  await say(world, responseText(world.peer.request('CANCEL').message, 200));
  await world.clock.advance(33_000);
  assert.equal(told, [180, 180, 'timeout']);
  assert.is(world.layer.size, 0);
  assert.is(world.clock.pending().length, 0);
});

test('cancel does nothing to a request that is not an INVITE', async () => {
  const world = await layerWorld();
  const client = world.layer.request(outgoing('OPTIONS'), toPeer, noting().handlers);
  await world.clock.advance(1);
  client.cancel();
  await say(world, responseText(world.peer.request('OPTIONS').message, 100));
  assert.is(world.peer.requests('CANCEL').length, 0);
});

test('what cannot be parsed is answered with its status, the same way each time, and never an ACK', async () => {
  const world = await layerWorld();
  const broken = requestText('INVITE', { branch: 'one' }).replace('CSeq: 1 INVITE', 'CSeq: 99999999999 INVITE');
  await say(world, broken, broken, broken.replaceAll('INVITE', 'ACK'));
  assert.equal(world.peer.responses().map(({ message }) => message.status), [400, 400]);
  const tags = world.peer.responses().map(({ message }) => tagIn(message, 'To'));
  assert.is(tags[0], tags[1]);
  assert.is(world.counters.malformedAnswered, 2);
  assert.is(world.counters.malformedDropped, 1);
  assert.is(world.layer.size, 0);
});

test('an ACK and a response to nothing are silent', async () => {
  const world = await layerWorld();
  await say(world, requestText('ACK'), 'SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKno\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: x\r\nCSeq: 1 OPTIONS\r\n\r\n');
  assert.is(world.peer.heard.length, 0);
  assert.is(world.counters.caught, 0);
});

test('more transactions than the unit keeps get 503 without one', async () => {
  const world = await layerWorld();
  const seconds = 25;
  for (let second = 0; second < seconds; second++) {
    for (let one = 0; one < 1000; one++) world.peer.send(requestText('INFO', { callId: `${second}-${one}` }));
    await world.clock.advance(1000);
  }
  const refused = world.peer.responses('INFO').filter(({ message }) => message.status === 503);
  assert.is(world.arrived.length, 20_000);
  assert.is(refused.length, seconds * 1000 - 20_000);
  assert.match(refused[0]?.message.headers.get('Retry-After') ?? '', /^[0-9]+$/);
  assert.is(world.layer.size, 20_000);
  const cancels = [...Array(50).keys()].map((number) => requestText('CANCEL', { branch: `none-${number}` }));
  await say(world, ...cancels);
  assert.is(world.peer.statuses('CANCEL').length, 50);
  assert.is(world.layer.size, 20_000, 'a CANCEL has no way around the limit');
});

const responseRoutes: { name: string; via: string; port: number; marks: RegExp }[] = [
  { name: 'to the port of the Via', via: '10.0.0.1:5070', port: 5070, marks: /10\.0\.0\.1:5070;branch=z9hG4bKone$/ },
  { name: 'to 5060 when the Via has no port', via: '10.0.0.1', port: 5060, marks: /10\.0\.0\.1;branch=z9hG4bKone$/ },
  { name: 'to the source address when the Via names another', via: 'behind.example.com:5070', port: 5070, marks: /;received=10\.0\.0\.1/ },
  { name: 'to the source port when rport asks for it', via: '192.168.1.7:5070;rport', port: 5061, marks: /;rport=5061.*;received=10\.0\.0\.1|;received=10\.0\.0\.1.*;rport=5061/ },
  { name: 'to maddr when it is a peer', via: 'x.example.com:5070;maddr=10.0.0.3', port: 0, marks: /maddr=10\.0\.0\.3/ },
  { name: 'not to a maddr that is a stranger', via: 'x.example.com:5070;maddr=10.9.9.9', port: 5070, marks: /maddr=10\.9\.9\.9/ },
];

for (const { name, via, port, marks } of responseRoutes) {
  test(`responses go ${name}`, async () => {
    const { pbx } = await import('../../support/sip/layer-world.ts');
    const world = await layerWorld({}, [{ ...pbx, addresses: ['10.0.0.1', '10.0.0.3'] }]);
    const sender = await RawPeer.open(world.network, '10.0.0.1', 5061);
    const others = [world.peer, sender, await RawPeer.open(world.network, '10.0.0.1', 5070), await RawPeer.open(world.network, '10.0.0.3', 5070)];
    world.layer.arrived = (transaction) => transaction.respond(makeResponse(transaction.request, 200));
    const [hostPort, ...params] = via.split(';');
    sender.send(requestText('OPTIONS', { via: [`SIP/2.0/UDP ${hostPort}`, 'branch=z9hG4bKone', ...params].join(';') }));
    await world.clock.advance(10);
    const hit = others.filter((one) => one.heard.length > 0);
    assert.is(hit.length, 1);
    assert.is(hit[0], others[port === 5060 ? 0 : port === 5061 ? 1 : port === 5070 ? 2 : 3]);
    assert.match(hit[0]?.heard[0]?.message.headers.get('Via') ?? '', marks);
  });
}

test('a request above 1300 bytes goes by TCP, and by UDP when the peer has none', async () => {
  const world = await layerWorld();
  const large = outgoing('OPTIONS');
  large.body = new Uint8Array(1400).fill(65);
  const received: string[] = [];
  const listener = await world.network.host('10.0.0.1').stream.listen({ address: '10.0.0.1', port: 5060 }, (connection) => (connection.received = (bytes) => void received.push(Buffer.from(bytes).toString())));
  world.layer.request(large, toPeer, noting().handlers);
  await world.clock.advance(100);
  assert.match(received.join(''), /^OPTIONS .*\r\nVia: SIP\/2\.0\/TCP 10\.0\.0\.2:5060;/);
  assert.is(world.peer.heard.length, 0);
  listener.close();
  world.network.resetStreams('10.0.0.1', '10.0.0.2');
  await world.clock.advance(100);
  const again = outgoing('OPTIONS', 'out-2');
  again.body = large.body;
  const { handlers, told } = noting();
  const client = world.layer.request(again, toPeer, handlers);
  await world.clock.advance(100);
  assert.match(world.peer.request('OPTIONS').message.headers.get('Via') ?? '', /^SIP\/2\.0\/UDP 10\.0\.0\.2:5060;/);
  assert.is(client.flow.transport, 'udp');
  world.peer.send(responseText(world.peer.request('OPTIONS').message, 200));
  await world.clock.advance(100);
  assert.equal(told, [200]);
});

test('a large INVITE that fell back to UDP can still be cancelled', async () => {
  const world = await layerWorld();
  const large = outgoing('INVITE');
  large.body = new Uint8Array(1400).fill(65);
  const client = world.layer.request(large, toPeer, noting().handlers);
  await world.clock.advance(100);
  await say(world, responseText(world.peer.request('INVITE').message, 180));
  client.cancel();
  await world.clock.advance(10);
  assert.is(world.peer.requests('CANCEL').length, 1);
});

test('a peer whose host refuses datagrams fails the request at once', async () => {
  const world = await layerWorld();
  world.network.faultBoth('10.0.0.1', '10.0.0.2', { refusals: true });
  world.peer.close();
  const { handlers, told } = noting();
  world.layer.request(outgoing('OPTIONS'), toPeer, handlers);
  await world.clock.advance(10);
  assert.equal(told, ['transport']);
  assert.is(world.layer.size, 0);
});

test('a request to nowhere fails, later', async () => {
  const world = await layerWorld();
  const { handlers, told } = noting();
  world.layer.request(outgoing('OPTIONS'), { transport: 'tcp', remote: { address: '10.0.0.1', port: 5999 } }, handlers);
  assert.equal(told, []);
  await world.clock.advance(5000);
  assert.equal(told, ['transport']);
});

test('handlers are never called from inside request()', async () => {
  const world = await layerWorld();
  let inside = true;
  const calls: boolean[] = [];
  const note = (): void => void calls.push(inside);
  world.network.host('10.0.0.2').unplug();
  world.layer.request(outgoing('OPTIONS', 'a'), toPeer, { response: note, failed: note });
  world.layer.request(outgoing('OPTIONS', 'b'), { ...toPeer, transport: 'tcp' }, { response: note, failed: note });
  inside = false;
  await world.clock.advance(40_000);
  assert.equal(calls, [false, false]);
});

test.run();
