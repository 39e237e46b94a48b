import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeResponse } from '../../../firmware/sip/syntax/build-message.ts';
import type { Heard } from '../../support/sip/raw-peer.ts';
import { layerWorld, noting, outgoing, toPeer } from '../../support/sip/layer-world.ts';
import { ackText, requestText, responseText } from '../../support/sip/message-text.ts';

/** Seconds after the first, for messages that were sent at whole half seconds. */
const gaps = (heard: readonly Heard[]): number[] => heard.map((one) => (one.atMs - (heard[0]?.atMs ?? 0)) / 1000);

const untilT2 = [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5];

test('an INVITE nobody answers goes out seven times, doubling, and fails after 32 s', async () => {
  const { clock, peer, layer } = await layerWorld();
  const { handlers, told } = noting();
  layer.request(outgoing('INVITE'), toPeer, handlers);
  await clock.advance(31_999);
  assert.equal(told, []);
  await clock.advance(60_000);
  assert.equal(gaps(peer.requests('INVITE')), [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]);
  assert.equal(told, ['timeout']);
  assert.is(clock.pending().length, 0);
});

test('an OPTIONS nobody answers goes out eleven times, never more than 4 s apart', async () => {
  const { clock, peer, layer } = await layerWorld();
  const { handlers, told } = noting();
  layer.request(outgoing('OPTIONS'), toPeer, handlers);
  await clock.advance(60_000);
  assert.equal(gaps(peer.requests('OPTIONS')), untilT2);
  assert.equal(told, ['timeout']);
  assert.is(clock.pending().length, 0);
});

test('after a provisional response an OPTIONS is still repeated, every 4 s, and still fails at 32 s', async () => {
  const { clock, peer, layer } = await layerWorld();
  const { handlers, told } = noting();
  layer.request(outgoing('OPTIONS'), toPeer, handlers);
  peer.react = ({ message }) => {
    if (message.kind === 'request' && peer.requests('OPTIONS').length === 1) peer.send(responseText(message, 100));
  };
  await clock.advance(60_000);
  // The timer that was running when the 100 came ends as it was set; from then on it is T2 (17.1.2.2).
  assert.equal(gaps(peer.requests('OPTIONS')), [0, 0.5, 4.5, 8.5, 12.5, 16.5, 20.5, 24.5, 28.5]);
  assert.equal(told, [100, 'timeout']);
});

test('after a provisional response an INVITE is repeated no more and waits without end', async () => {
  const { clock, peer, layer } = await layerWorld();
  const { handlers, told } = noting();
  const client = layer.request(outgoing('INVITE'), toPeer, handlers);
  peer.react = ({ message }) => {
    if (message.kind === 'request' && message.method === 'INVITE') peer.send(responseText(message, 180));
  };
  await clock.advance(170_000);
  assert.is(peer.requests('INVITE').length, 1);
  assert.equal(told, [180]);
  assert.is(clock.pending().length, 0);
  assert.is(client.request.method, 'INVITE');
});

test('a refusal is acknowledged each time it comes, for 32 s (timer D), and told once', async () => {
  const { clock, peer, layer } = await layerWorld();
  const { handlers, told } = noting();
  layer.request(outgoing('INVITE'), toPeer, handlers);
  await clock.advance(1);
  const refusal = responseText(peer.request('INVITE').message, 486);
  peer.send(refusal);
  await clock.advance(31_000);
  peer.send(refusal);
  await clock.advance(900);
  assert.is(layer.size, 1);
  await clock.advance(200);
  assert.is(layer.size, 0);
  peer.send(refusal);
  await clock.advance(1000);
  assert.equal(told, [486]);
  assert.is(peer.requests('ACK').length, 2);
  const [ack] = peer.requests('ACK');
  const invite = peer.request('INVITE').message;
  assert.is(ack?.message.headers.get('Via'), invite.headers.get('Via'));
  assert.match(ack?.message.headers.get('To') ?? '', /;tag=tt$/);
  assert.is(ack?.message.headers.get('CSeq'), '1 ACK');
  assert.is(clock.pending().length, 0);
});

test('each 2xx to an INVITE goes up for 32 s (timer M), forks and repetitions alike, and later ones as strays', async () => {
  const { clock, peer, layer } = await layerWorld();
  const { handlers, told } = noting();
  const strays: number[] = [];
  layer.strayResponse = (response) => void strays.push(response.status);
  layer.request(outgoing('INVITE'), toPeer, handlers);
  await clock.advance(1);
  const { message } = peer.request('INVITE');
  peer.send(responseText(message, 200, { toTag: 'one' }));
  peer.send(responseText(message, 200, { toTag: 'two' }));
  await clock.advance(31_990);
  peer.send(responseText(message, 200, { toTag: 'one' }));
  await clock.advance(100);
  assert.equal(told, [200, 200, 200]);
  peer.send(responseText(message, 200, { toTag: 'three' }));
  await clock.advance(100);
  assert.equal(strays, [200]);
  assert.is(layer.size, 0);
});

test('a non-INVITE client absorbs repeated responses for 5 s (timer K)', async () => {
  const { clock, peer, layer } = await layerWorld();
  const { handlers, told } = noting();
  layer.request(outgoing('OPTIONS'), toPeer, handlers);
  await clock.advance(1);
  const ok = responseText(peer.request('OPTIONS').message, 200);
  peer.send(ok);
  peer.send(ok);
  await clock.advance(4990);
  assert.is(layer.size, 1);
  await clock.advance(20);
  assert.is(layer.size, 0);
  assert.equal(told, [200]);
});

test('a refusal nobody acknowledges is repeated up to every 4 s (G), and given up after 32 s (H)', async () => {
  const { clock, peer, layer, arrived } = await layerWorld();
  let failures = 0;
  peer.send(requestText('INVITE'));
  await clock.advance(10);
  const [invite] = arrived;
  if (invite === undefined) throw new Error('no INVITE came up');
  invite.failed = () => void (failures += 1);
  invite.respond(makeResponse(invite.request, 486));
  await clock.advance(60_000);
  assert.equal(gaps(peer.responses('INVITE')), untilT2);
  assert.is(failures, 1);
  assert.is(layer.size, 0);
  assert.is(clock.pending().length, 0);
});

test('an ACK ends the repetition; the transaction stays 5 s for ACKs that come again (timer I)', async () => {
  const { clock, peer, layer, arrived } = await layerWorld();
  const acks: string[] = [];
  layer.acknowledged = (ack) => void acks.push(ack.method);
  peer.send(requestText('INVITE'));
  await clock.advance(10);
  arrived[0]?.respond(makeResponse(arrived[0].request, 486));
  await clock.advance(600);
  peer.send(ackText(peer.response('INVITE').message));
  await clock.advance(10);
  peer.send(ackText(peer.response('INVITE').message));
  await clock.advance(4980);
  assert.is(layer.size, 1);
  await clock.advance(100);
  assert.is(layer.size, 0);
  assert.equal(gaps(peer.responses('INVITE')), [0, 0.5]);
  assert.equal(acks, []);
});

test('a non-INVITE request that comes again within 32 s gets the same answer (timer J), unseen from above', async () => {
  const { clock, peer, layer, arrived, counters } = await layerWorld();
  const options = requestText('OPTIONS', { branch: 'same' });
  peer.send(options);
  await clock.advance(10);
  peer.send(options);
  await clock.advance(10);
  assert.is(peer.heard.length, 0, 'nothing to repeat before there is an answer');
  arrived[0]?.respond(makeResponse(arrived[0].request, 200));
  await clock.advance(10);
  peer.send(options);
  await clock.advance(31_900);
  peer.send(options);
  await clock.advance(10);
  assert.equal(peer.statuses('OPTIONS'), [200, 200, 200]);
  assert.is(arrived.length, 1);
  assert.is(counters.retransmissionsReceived, 3);
  await clock.advance(200);
  assert.is(layer.size, 0);
  peer.send(options);
  await clock.advance(10);
  assert.is(arrived.length, 2, 'after timer J it is a new request');
});

test('an INVITE that waits for its answer gets 100 after 200 ms, and again when it is repeated', async () => {
  const { clock, peer, arrived } = await layerWorld();
  const invite = requestText('INVITE', { branch: 'same' });
  peer.send(invite);
  await clock.advance(199);
  assert.is(peer.heard.length, 0);
  await clock.advance(10);
  peer.send(invite);
  await clock.advance(10);
  assert.equal(peer.statuses('INVITE'), [100, 100]);
  assert.not.match(peer.response('INVITE').message.headers.get('To') ?? '', /tag/);
  assert.is(arrived.length, 1);
});

test('an INVITE answered at once gets no 100', async () => {
  const { clock, peer, layer } = await layerWorld();
  layer.arrived = (transaction) => transaction.respond(makeResponse(transaction.request, 180));
  peer.send(requestText('INVITE'));
  await clock.advance(1000);
  assert.equal(peer.statuses('INVITE'), [180]);
});

test('a 200 to an INVITE is left to its dialog to repeat; the INVITE is absorbed meanwhile (RFC 6026)', async () => {
  const { clock, peer, layer, arrived } = await layerWorld();
  const acks: string[] = [];
  layer.acknowledged = (ack) => void acks.push(ack.method);
  const invite = requestText('INVITE', { branch: 'same' });
  peer.send(invite);
  await clock.advance(10);
  const [transaction] = arrived;
  transaction?.respond(makeResponse(transaction.request, 200));
  await clock.advance(10);
  peer.send(invite);
  await clock.advance(2000);
  assert.equal(peer.statuses('INVITE'), [200]);
  transaction?.respond(makeResponse(transaction.request, 200));
  transaction?.respond(makeResponse(transaction.request, 486));
  peer.send(ackText(peer.response('INVITE').message));
  await clock.advance(10);
  assert.equal(peer.statuses('INVITE'), [200, 200]);
  assert.equal(acks, ['ACK']);
  assert.is(arrived.length, 1);
  await clock.advance(40_000);
  assert.is(layer.size, 0);
});

test('on TCP nothing is repeated and nothing lingers', async () => {
  const { clock, network, layer } = await layerWorld();
  const host = network.host('10.0.0.1');
  const received: string[] = [];
  await host.stream.listen({ address: '10.0.0.1', port: 5060 }, (connection) => (connection.received = (bytes) => void received.push(Buffer.from(bytes).toString())));
  const { handlers, told } = noting();
  layer.request(outgoing('OPTIONS', 'tcp-1'), { ...toPeer, transport: 'tcp' }, handlers);
  layer.request(outgoing('INVITE', 'tcp-2'), { ...toPeer, transport: 'tcp' }, handlers);
  await clock.advance(40_000);
  assert.is(received.join('').match(/^(OPTIONS|INVITE) /gm)?.length, 2);
  assert.match(received.join(''), /Via: SIP\/2\.0\/TCP 10\.0\.0\.2:5060;branch=z9hG4bK/);
  assert.equal(told, ['timeout', 'timeout']);
  assert.is(layer.size, 0);
});

test('T1 and T2 can be set', async () => {
  const { clock, peer, wire, counters } = await layerWorld();
  const { SipTransactionLayer } = await import('../../../firmware/sip/transaction/sip-transaction-layer.ts');
  const { SimRandom } = await import('../../../hal/sim/sim-random.ts');
  const quick = new SipTransactionLayer({ clock, random: new SimRandom(3), wire, counters, product: 'Test/1', timers: { t1Ms: 100, t2Ms: 400, t4Ms: 1000 } });
  quick.request(outgoing('OPTIONS'), toPeer, noting().handlers);
  await clock.advance(1600);
  assert.equal(gaps(peer.requests('OPTIONS')), [0, 0.1, 0.3, 0.7, 1.1, 1.5]);
});

test('a request that comes again gets its answer again, octet by octet', async () => {
  const { clock, peer, arrived } = await layerWorld();
  const text = requestText('OPTIONS');
  peer.send(text);
  await clock.advance(10);
  const [options] = arrived;
  if (options === undefined) throw new Error('no OPTIONS came up');
  const body = Uint8Array.from(Buffer.from(String.fromCharCode(...Array.from({ length: 2048 }, (_, at) => at))));
  options.respond({ ...makeResponse(options.request, 200, 'Gr\u00f6\u00dfe \u2713'), body });
  await clock.advance(10);
  peer.send(text);
  await clock.advance(10);
  const answers = peer.responses('OPTIONS').map(({ message }) => message);
  assert.is(answers.length, 2);
  for (const answer of answers) {
    assert.equal(Uint8Array.from(answer.body), body);
    assert.is(answer.kind === 'response' && answer.reason, 'Gr\u00f6\u00dfe \u2713');
  }
  assert.equal(answers[1]?.headers.fields, answers[0]?.headers.fields);
});

test.run();
