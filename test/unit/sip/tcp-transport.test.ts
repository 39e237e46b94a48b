import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StreamConnection } from '../../../hal/stream.ts';
import { makeResponse } from '../../../firmware/sip/syntax/build-message.ts';
import type { LayerWorld } from '../../support/sip/layer-world.ts';
import { layerWorld, noting, outgoing, toPeer } from '../../support/sip/layer-world.ts';
import { requestText, responseText } from '../../support/sip/message-text.ts';
import { readMessage, unitAt } from '../../support/sip/raw-peer.ts';

const overTcp = (callId: string, body = ''): string => requestText('OPTIONS', { callId, via: `SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bK${callId}`, body, type: 'text/plain' });

interface Phone {
  readonly connection: StreamConnection;
  text: string;
  closed: boolean;
}

async function phone(world: LayerWorld, address = '10.0.0.1'): Promise<Phone> {
  const connecting = world.network.host(address).stream.connect(unitAt, 1000).then((connection) => {
    const found: Phone = { connection, text: '', closed: false };
    connection.received = (bytes) => void (found.text += Buffer.from(bytes).toString());
    connection.closed = () => void (found.closed = true);
    return found;
  });
  await world.clock.advance(10);
  return connecting;
}

const answering = async (): Promise<LayerWorld> => {
  const world = await layerWorld();
  world.layer.arrived = (transaction) => {
    world.arrived.push(transaction);
    transaction.respond(makeResponse(transaction.request, 200));
  };
  return world;
};

test('three messages cut at every byte are three messages', async () => {
  const whole = overTcp('a') + overTcp('b', 'hello') + overTcp('c', '\r\n\r\nOPTIONS sip:not@me SIP/2.0\r\n\r\n');
  for (let cut = 1; cut < whole.length; cut += 1) {
    const world = await answering();
    const { connection } = await phone(world);
    connection.write(Buffer.from(whole.slice(0, cut)));
    await world.clock.advance(2);
    connection.write(Buffer.from(whole.slice(cut)));
    await world.clock.advance(2);
    assert.equal(world.arrived.map(({ request }) => request.headers.get('Call-ID')), ['a', 'b', 'c'], `cut at ${cut}`);
  }
});

test('three messages that come byte by byte are three messages', async () => {
  const world = await answering();
  world.network.faultAll({ segmentBytes: 1 });
  const one = await phone(world);
  one.connection.write(Buffer.from(overTcp('a') + overTcp('b', 'hello') + overTcp('c')));
  await world.clock.advance(10);
  assert.is(world.arrived.length, 3);
  assert.is(one.text.match(/^SIP\/2\.0 200 OK\r$/gm)?.length, 3);
  assert.is(world.counters.caught, 0);
});

test('a body of 60 KB comes whole', async () => {
  const world = await answering();
  world.network.faultAll({ segmentBytes: 1460 });
  const { connection } = await phone(world);
  connection.write(Buffer.from(overTcp('big', 'x'.repeat(60_000))));
  await world.clock.advance(10);
  assert.is(world.arrived[0]?.request.body.length, 60_000);
});

for (const [name, text] of [
  ['a message without Content-Length', overTcp('a').replace(/Content-Length: .*\r\n/, '')],
  ['a message longer than 64 KB', overTcp('a').replace('Content-Length: 0', 'Content-Length: 70000')],
  ['a header without end', `OPTIONS sip:x SIP/2.0\r\nX: ${'y'.repeat(70_000)}`],
] as const) {
  test(`${name} ends the connection`, async () => {
    const world = await answering();
    const one = await phone(world);
    one.connection.write(Buffer.from(text));
    await world.clock.advance(2000);
    assert.ok(one.closed);
    assert.is(world.arrived.length, 0);
    assert.is(world.counters.caught, 0);
  });
}

test('a keep-alive is answered, wherever it is cut', async () => {
  const world = await answering();
  for (const segmentBytes of [1, 2, 3, 4, 100]) {
    world.network.faultAll({ segmentBytes });
    const one = await phone(world);
    one.connection.write(Buffer.from('\r\n\r\n'));
    await world.clock.advance(5);
    one.connection.write(Buffer.from(`\r\n\r\n${overTcp(`k${segmentBytes}`)}\r\n\r\n`));
    await world.clock.advance(5);
    assert.is(one.text.replace(/SIP\/2\.0 200 OK[^]*?\r\n\r\n/, ''), '\r\n'.repeat(3), `in pieces of ${segmentBytes}`);
  }
});

test('strangers are not let in', async () => {
  const world = await answering();
  const one = await phone(world, '10.9.9.9');
  one.connection.write(Buffer.from(overTcp('a')));
  await world.clock.advance(2000);
  assert.ok(one.closed);
  assert.is(one.text, '');
  assert.is(world.counters.strangers, 1);
});

test('beyond the limit the connection that was idle longest is closed', async () => {
  const world = await layerWorld({ maxTcpConnections: 3 });
  world.layer.arrived = (transaction) => transaction.respond(makeResponse(transaction.request, 200));
  const phones: Phone[] = [];
  for (let number = 0; number < 3; number++) phones.push(await phone(world));
  phones[0]?.connection.write(Buffer.from(overTcp('a')));
  await world.clock.advance(10);
  phones.push(await phone(world));
  await world.clock.advance(2000);
  assert.equal(phones.map(({ closed }) => closed), [false, true, false, false]);
});

test('a connection nobody uses for an hour is closed', async () => {
  const world = await answering();
  const one = await phone(world);
  const other = await phone(world);
  await world.clock.advance(50 * 60_000);
  other.connection.write(Buffer.from('\r\n\r\n'));
  await world.clock.advance(11 * 60_000);
  assert.equal([one.closed, other.closed], [true, false]);
  await world.clock.advance(60 * 60_000);
  assert.ok(other.closed);
  assert.is(world.clock.pending().length, 0);
});

test('answers go back on the connection, even if the Via names another port', async () => {
  const world = await answering();
  const one = await phone(world);
  one.connection.write(Buffer.from(overTcp('a').replace('10.0.0.1:5060;', 'elsewhere.example.com:7000;')));
  await world.clock.advance(10);
  assert.match(one.text, /^SIP\/2\.0 200 OK/);
});

test('when the connection is gone the answer goes to the sent-by port on a new one', async () => {
  const world = await layerWorld();
  let late = '';
  await world.network.host('10.0.0.1').stream.listen({ address: '10.0.0.1', port: 7000 }, (connection) => (connection.received = (bytes) => void (late += Buffer.from(bytes).toString())));
  const one = await phone(world);
  one.connection.write(Buffer.from(overTcp('a').replace('10.0.0.1:5060;', '10.0.0.1:7000;')));
  await world.clock.advance(10);
  one.connection.close();
  await world.clock.advance(10);
  world.arrived[0]?.respond(makeResponse(world.arrived[0].request, 200));
  await world.clock.advance(100);
  assert.match(late, /^SIP\/2\.0 200 OK/);
});

test('our requests share one connection, made on demand; what waits for it goes out in order', async () => {
  const world = await layerWorld();
  const connections: StreamConnection[] = [];
  let text = '';
  await world.network.host('10.0.0.1').stream.listen({ address: '10.0.0.1', port: 5060 }, (connection) => {
    connections.push(connection);
    connection.received = (bytes) => void (text += Buffer.from(bytes).toString());
  });
  const { handlers, told } = noting();
  for (const callId of ['a', 'b', 'c']) world.layer.request(outgoing('OPTIONS', callId), { ...toPeer, transport: 'tcp' }, handlers);
  await world.clock.advance(100);
  assert.is(connections.length, 1);
  const asked = text.split(/(?=^OPTIONS )/m).map(readMessage);
  assert.equal(asked.map(({ headers }) => headers.get('Call-ID')), ['a', 'b', 'c']);
  for (const one of asked) if (one.kind === 'request') connections[0]?.write(Buffer.from(responseText(one, 200)));
  await world.clock.advance(10);
  assert.equal(told, [200, 200, 200]);
});

test('a lost connection fails what waits on it at once', async () => {
  const world = await layerWorld();
  await world.network.host('10.0.0.1').stream.listen({ address: '10.0.0.1', port: 5060 }, () => undefined);
  const { handlers, told } = noting();
  world.layer.request(outgoing('INVITE'), { ...toPeer, transport: 'tcp' }, handlers);
  await world.clock.advance(100);
  world.network.resetStreams('10.0.0.1', '10.0.0.2');
  await world.clock.advance(10);
  assert.equal(told, ['transport']);
  assert.is(world.layer.size, 0);
});

test('a connection to a machine taken for dead is ended: what waits on it fails, and the next request makes a new one', async () => {
  const world = await layerWorld();
  const accepted: StreamConnection[] = [];
  await world.network.host('10.0.0.1').stream.listen({ address: '10.0.0.1', port: 5060 }, (connection) => void accepted.push(connection));
  const { handlers, told } = noting();
  world.layer.request(outgoing('OPTIONS', 'one'), { ...toPeer, transport: 'tcp' }, handlers);
  await world.clock.advance(100);
  world.wire.disconnect({ address: '10.0.0.1', port: 5099 });
  await world.clock.advance(100);
  assert.equal([accepted.length, told], [1, []], 'another port');
  world.wire.disconnect(toPeer.remote);
  await world.clock.advance(100);
  assert.equal(told, ['transport']);
  world.layer.request(outgoing('OPTIONS', 'two'), { ...toPeer, transport: 'tcp' }, handlers);
  await world.clock.advance(100);
  assert.is(accepted.length, 2);
});

test.run();
