import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Ask } from '../../support/sip/message-text.ts';
import { ackText, requestText, sdpText, tagIn } from '../../support/sip/message-text.ts';
import { agentWorld, assertQuiet } from '../../support/sip/agent-world.ts';
import { RawPeer } from '../../support/sip/raw-peer.ts';

const rows: { what: string; method: string; ask: Ask; status: number; field?: [string, RegExp] }[] = [
  { what: 'OPTIONS', method: 'OPTIONS', ask: {}, status: 200, field: ['Allow', /INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO, PRACK/] },
  { what: 'OPTIONS tells what we accept', method: 'OPTIONS', ask: {}, status: 200, field: ['Accept', /^application\/sdp$/] },
  { what: 'OPTIONS tells what we support', method: 'OPTIONS', ask: {}, status: 200, field: ['Supported', /timer/] },
  { what: 'an unknown method', method: 'MESSAGE', ask: {}, status: 405, field: ['Allow', /INVITE/] },
  { what: 'REGISTER', method: 'REGISTER', ask: {}, status: 405, field: ['Allow', /INVITE/] },
  { what: 'a URI that is not ours to read', method: 'INVITE', ask: { uri: 'soap.beep://10.0.0.2' }, status: 416 },
  { what: 'an extension nobody has', method: 'INVITE', ask: { headers: ['Require: timer, telepathy', 'Require: 100rel, levitation'] }, status: 420, field: ['Unsupported', /^telepathy, levitation$/] },
  { what: 'a body of another type', method: 'INVITE', ask: { body: '<x/>', type: 'application/xml' }, status: 415, field: ['Accept', /application\/sdp/] },
  { what: 'a compressed body', method: 'INVITE', ask: { body: 'xx', headers: ['Content-Encoding: gzip'] }, status: 415 },
  { what: 'a caller that reads no SDP', method: 'INVITE', ask: { headers: ['Accept: text/plain'] }, status: 406 },
  { what: 'BYE without a dialog', method: 'BYE', ask: {}, status: 481 },
  { what: 'INFO without a dialog', method: 'INFO', ask: { toTag: 'x' }, status: 481 },
  { what: 'a re-INVITE without a dialog', method: 'INVITE', ask: { toTag: 'x', body: sdpText() }, status: 481 },
  { what: 'UPDATE without a dialog', method: 'UPDATE', ask: { toTag: 'x' }, status: 481 },
  { what: 'PRACK without a dialog', method: 'PRACK', ask: { toTag: 'x' }, status: 481 },
];

for (const { what, method, ask, status, field } of rows) {
  test(`${what}: ${status}`, async () => {
    const world = await agentWorld();
    world.peer.send(requestText(method, ask));
    await world.clock.advance(10);
    assert.equal(world.peer.statuses(method), [status]);
    const { message } = world.peer.response(method);
    if (field !== undefined) assert.match(message.headers.get(field[0]) ?? '', field[1]);
    assert.is.not(tagIn(message, 'To'), '');
    assert.is(message.headers.get('Server'), 'Test/1');
    assert.is(world.calls.length, 0);
    if (method === 'INVITE') world.peer.send(ackText(message));
    await assertQuiet(world);
  });
}

test('OPTIONS with no hops left is for us all the same', async () => {
  const world = await agentWorld();
  world.peer.send(requestText('OPTIONS').replace('Max-Forwards: 70', 'Max-Forwards: 0'));
  await world.clock.advance(10);
  assert.equal(world.peer.statuses('OPTIONS'), [200]);
});

test('OPTIONS while the unit cannot serve: 503 with Retry-After', async () => {
  const world = await agentWorld({ options: { available: () => false } });
  world.peer.send(requestText('OPTIONS'));
  await world.clock.advance(10);
  assert.match(world.peer.response('OPTIONS', 503).message.headers.get('Retry-After') ?? '', /^[0-9]+$/);
});

test('strangers hear nothing, whatever they send, and are counted', async () => {
  const world = await agentWorld();
  const stranger = await RawPeer.open(world.network, '10.9.9.9');
  stranger.send(requestText('INVITE', { body: sdpText() }));
  stranger.send('garbage');
  stranger.send(requestText('OPTIONS'));
  await world.clock.advance(1000);
  assert.is(stranger.heard.length, 0);
  assert.equal([world.agent.counters().strangers, world.agent.counters().malformedDropped, world.calls.length], [3, 0, 0]);
  world.agent.apply({ address: '0.0.0.0', port: 5060, udp: true, tcp: true, publicAddress: null, sessionExpiresSec: 1800, minSessionExpiresSec: 90, maxTcpConnections: 4, watchMs: 500, watchMisses: 12, returnSec: 10 }, [
    { name: 'new', addresses: ['10.9.0.0/16'], host: null, port: 5060, transport: 'udp', trusted: false, backupOf: null, lamps: 'none', register: null, queued: null },
  ]);
  stranger.send(requestText('OPTIONS', { via: 'SIP/2.0/UDP 10.9.9.9:5060;branch=z9hG4bKnew' }));
  world.peer.send(requestText('OPTIONS'));
  await world.clock.advance(10);
  assert.equal([stranger.statuses('OPTIONS'), world.peer.statuses('OPTIONS')], [[200], []]);
});

test('the public address is what the peer is told', async () => {
  const world = await agentWorld({ sip: { publicAddress: '203.0.113.7' } });
  world.peer.send(requestText('INVITE', { body: sdpText() }));
  await world.clock.advance(10);
  assert.match(world.peer.response('INVITE', 200).message.headers.get('Contact') ?? '', /@203\.0\.113\.7:5060>/);
  world.place();
  await world.clock.advance(10);
  assert.match(world.peer.request('INVITE').message.headers.get('Via') ?? '', /^SIP\/2\.0\/UDP 203\.0\.113\.7:5060;branch=[^;]+;rport/);
});

test.run();
