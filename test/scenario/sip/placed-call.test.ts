import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SipRequest } from '../../../firmware/sip/message.ts';
import type { AgentWorld, Taken } from '../../support/sip/agent-world.ts';
import { agentWorld, assertQuiet } from '../../support/sip/agent-world.ts';
import { assertSha256, challengeLine, digestField } from '../../support/sip/digest-check.ts';
import { requestText, responseText, sdpText, tagIn } from '../../support/sip/message-text.ts';

async function placed(call: Parameters<AgentWorld['place']>[0] = {}): Promise<{ world: AgentWorld; taken: Taken; invite: SipRequest }> {
  const world = await agentWorld();
  const taken = world.place(call);
  await world.clock.advance(10);
  return { world, taken, invite: world.peer.request('INVITE').message };
}

const hear = async (world: AgentWorld, ...texts: string[]): Promise<void> => {
  for (const text of texts) {
    world.peer.send(text);
    await world.clock.advance(10);
  }
};

async function endedByPeer(world: AgentWorld, invite: SipRequest, toTag = 'tt'): Promise<void> {
  world.peer.send(requestText('BYE', { callId: invite.headers.get('Call-ID') ?? '', fromTag: toTag, toTag: tagIn(invite, 'From'), cseq: 1, uri: 'sip:201@10.0.0.2:5060' }));
  await world.clock.advance(10);
  assert.is(world.peer.statuses('BYE').at(-1), 200);
  await assertQuiet(world);
}

test('a call is placed, rings, is answered and ended by the other side', async () => {
  const { world, taken, invite } = await placed({ headers: [{ name: 'Diversion', value: '<sip:300@10.0.0.1>;reason=no-answer' }] });
  assert.is(invite.uri, 'sip:300@10.0.0.1');
  assert.match(invite.headers.get('From') ?? '', /^"Box" <sip:201@10\.0\.0\.2>;tag=.+/);
  assert.is(invite.headers.get('To'), '<sip:300@10.0.0.1>');
  assert.is(invite.headers.get('Diversion'), '<sip:300@10.0.0.1>;reason=no-answer');
  assert.is(invite.headers.get('Session-Expires'), '1800');
  assert.match(Buffer.from(invite.body).toString(), /m=audio 10000 RTP\/AVP 0 8 101/);
  await hear(world, responseText(invite, 100), responseText(invite, 180), responseText(invite, 200, { body: sdpText({ formats: '8 101' }) }));
  assert.equal(taken.told, ['ringing', 'established']);
  assert.is(taken.media[0]?.codec, 'PCMA');
  const ack = world.peer.request('ACK').message;
  assert.is(ack.uri, 'sip:pbx@10.0.0.1:5060');
  assert.is(ack.headers.get('CSeq'), '1 ACK');
  assert.is.not(ack.headers.get('Via'), invite.headers.get('Via'));
  await endedByPeer(world, invite);
  assert.equal(taken.told, ['ringing', 'established', 'ended remote']);
});

test('a 200 that comes again is acknowledged again', async () => {
  const { world, taken, invite } = await placed();
  const ok = responseText(invite, 200, { body: sdpText() });
  await hear(world, ok, ok, ok);
  assert.is(world.peer.requests('ACK').length, 3);
  assert.equal(taken.told, ['established']);
  await endedByPeer(world, invite);
});

test('a second fork that answers is acknowledged and ended; the first has the call', async () => {
  const { world, taken, invite } = await placed();
  await hear(world, responseText(invite, 180, { toTag: 'one' }), responseText(invite, 180, { toTag: 'two' }));
  await hear(world, responseText(invite, 200, { toTag: 'two', body: sdpText() }), responseText(invite, 200, { toTag: 'one', body: sdpText(), contact: '<sip:one@10.0.0.1:5060>' }));
  assert.equal(world.peer.requests('ACK').map(({ message }) => tagIn(message, 'To')), ['two', 'one']);
  const bye = world.peer.request('BYE').message;
  assert.equal([tagIn(bye, 'To'), bye.uri], ['one', 'sip:one@10.0.0.1:5060']);
  await hear(world, responseText(bye, 200));
  assert.is(taken.told.at(-1), 'established');
  await endedByPeer(world, invite, 'two');
});

test('a fork that answers long after the call is acknowledged and ended too', async () => {
  const { world, invite } = await placed();
  await hear(world, responseText(invite, 200, { toTag: 'one', body: sdpText() }));
  await endedByPeer(world, invite, 'one');
  await hear(world, responseText(invite, 200, { toTag: 'late', body: sdpText(), contact: '<sip:late@10.0.0.1:5060>' }));
  assert.is(tagIn(world.peer.request('ACK').message, 'To'), 'late');
  assert.is(world.peer.request('BYE').message.uri, 'sip:late@10.0.0.1:5060');
  await hear(world, responseText(world.peer.request('BYE').message, 200));
  await assertQuiet(world);
});

test('refused: the status is told and the refusal acknowledged', async () => {
  const { world, taken, invite } = await placed();
  await hear(world, responseText(invite, 486));
  assert.equal(taken.told, ['ended remote 486']);
  assert.is(world.peer.requests('ACK').length, 1);
  await assertQuiet(world);
});

test('nobody answers: 408 after 32 s', async () => {
  const { world, taken } = await placed();
  await world.clock.advance(32_100);
  assert.equal(taken.told, ['ended failure 408']);
  await assertQuiet(world);
});

test('a name that cannot be found, and a URI that is none', async () => {
  const world = await agentWorld();
  const calls = ['sip:300@nowhere.example.com', 'tel:300', 'nonsense', 'sip:300@10.0.0.1;transport=tls'].map((target) => world.place({ target }));
  await world.clock.advance(5000);
  assert.equal(calls.map(({ told }) => told.join()), Array(4).fill('ended failure 503'));
  await assertQuiet(world);
});

test('hung up while it rings: CANCEL, and the end when the 487 came', async () => {
  const { world, taken, invite } = await placed();
  await hear(world, responseText(invite, 180));
  taken.leg.hangUp('enough');
  await world.clock.advance(10);
  const cancel = world.peer.request('CANCEL').message;
  await hear(world, responseText(cancel, 200), responseText(invite, 487));
  assert.equal(taken.told.length, 2);
  assert.match(taken.told[1] ?? '', /^ended local/);
  await assertQuiet(world);
});

test('hung up before anything came: CANCEL follows the first provisional response', async () => {
  const { world, taken, invite } = await placed();
  taken.leg.hangUp('enough');
  await world.clock.advance(100);
  assert.is(world.peer.requests('CANCEL').length, 0);
  await hear(world, responseText(invite, 100));
  const cancel = world.peer.request('CANCEL').message;
  await hear(world, responseText(cancel, 200), responseText(invite, 487));
  assert.match(taken.told.join(), /^ended local/);
  await assertQuiet(world);
});

test('hung up at once: the INVITE is never sent', async () => {
  const world = await agentWorld();
  const taken = world.place();
  taken.leg.hangUp('oops');
  await world.clock.advance(1000);
  assert.is(world.peer.heard.length, 0);
  assert.equal(taken.told, ['ended local']);
  await assertQuiet(world);
});

test('hung up while our own address is looked up: the INVITE is never sent', async () => {
  const world = await agentWorld();
  const host = world.network.host('10.0.0.2');
  const source = host.net.sourceTowards.bind(host.net);
  host.net.sourceTowards = (remote) => new Promise((resolve) => void world.clock.after('slow-routes', 50, () => resolve(source(remote))));
  const taken = world.place();
  await world.clock.advance(20);
  taken.leg.hangUp('oops');
  await world.clock.advance(1000);
  assert.is(world.peer.heard.length, 0);
  assert.equal(taken.told, ['ended local']);
  await assertQuiet(world);
});

test('CANCEL that crosses the 200: acknowledged, then BYE', async () => {
  const { world, taken, invite } = await placed();
  await hear(world, responseText(invite, 180));
  taken.leg.hangUp('enough');
  await hear(world, responseText(invite, 200, { body: sdpText() }));
  assert.is(world.peer.requests('ACK').length, 1);
  await hear(world, responseText(world.peer.request('BYE').message, 200), responseText(world.peer.request('CANCEL').message, 200));
  assert.equal(taken.told, ['ringing', 'ended local']);
  await assertQuiet(world);
});

test('cancelled and never answered: given up after 32 s', async () => {
  const { world, taken, invite } = await placed();
  await hear(world, responseText(invite, 180));
  taken.leg.hangUp('enough');
  await world.clock.advance(33_000);
  assert.match(taken.told.at(-1) ?? '', /^ended/);
  await assertQuiet(world);
});

test('an answer without usable media is acknowledged and ended', async () => {
  const { world, taken, invite } = await placed();
  await hear(world, responseText(invite, 200, { body: sdpText({ formats: '18' }) }));
  assert.is(world.peer.requests('ACK').length, 1);
  await hear(world, responseText(world.peer.request('BYE').message, 200));
  assert.equal(taken.told, ['ended failure']);
  await assertQuiet(world);
});

test('routes of the answer are taken in reverse', async () => {
  const { world, taken, invite } = await placed();
  await hear(world, responseText(invite, 200, { body: sdpText(), headers: ['Record-Route: <sip:far.example.com;lr>', 'Record-Route: <sip:10.0.0.1;lr>'] }));
  assert.equal(world.peer.request('ACK').message.headers.list('Route'), ['<sip:10.0.0.1;lr>', '<sip:far.example.com;lr>']);
  taken.leg.hangUp('done');
  await world.clock.advance(10);
  const bye = world.peer.request('BYE').message;
  assert.equal(bye.headers.list('Route'), ['<sip:10.0.0.1;lr>', '<sip:far.example.com;lr>']);
  await hear(world, responseText(bye, 200));
  await assertQuiet(world);
});

for (const [status, challenge, header] of [[401, 'WWW-Authenticate', 'Authorization'], [407, 'Proxy-Authenticate', 'Proxy-Authorization']] as const) {
  test(`a ${status} challenge is met with the strongest digest offered, in a new INVITE`, async () => {
    const { world, taken, invite } = await placed({ credentials: { user: 'unit', password: 'secret' } });
    const headers = ['MD5', 'SHA-256'].map((algorithm) => challengeLine(challenge, 'pbx', `n-${algorithm}`, algorithm));
    await hear(world, responseText(invite, status, { headers }));
    const second = world.peer.request('INVITE').message;
    assert.is(second.headers.get('CSeq'), '2 INVITE');
    assert.is(second.headers.get('Call-ID'), invite.headers.get('Call-ID'));
    assert.is(tagIn(second, 'From'), tagIn(invite, 'From'));
    assert.is.not(second.headers.get('Via'), invite.headers.get('Via'));
    const given = second.headers.get(header) ?? '';
    assert.equal([digestField(given, 'nonce'), digestField(given, 'nc')], ['n-SHA-256', '00000001']);
    assertSha256(second, { user: 'unit', realm: 'pbx', password: 'secret' }, header);
    await hear(world, responseText(second, 200, { body: sdpText() }));
    assert.is(world.peer.requests('ACK').at(-1)?.message.headers.get('CSeq'), '2 ACK');
    assert.equal(taken.told, ['established']);
    await endedByPeer(world, second);
  });
}

test('a proxy and then the callee challenge: both see their credentials, the ACK carries them too (13.2.2.4)', async () => {
  const { world, taken, invite } = await placed({ credentials: { user: 'unit', password: 'secret' } });
  await hear(world, responseText(invite, 407, { headers: [challengeLine('Proxy-Authenticate', 'edge', 'p1', 'SHA-256')] }));
  await hear(world, responseText(world.peer.request('INVITE').message, 401, { headers: [challengeLine('WWW-Authenticate', 'pbx', 'n1', 'SHA-256')] }));
  await hear(world, responseText(world.peer.request('INVITE').message, 422, { headers: ['Min-SE: 3600'] }));
  const last = world.peer.request('INVITE').message;
  assert.is(last.headers.get('CSeq'), '4 INVITE');
  assertSha256(last, { user: 'unit', realm: 'edge', password: 'secret' }, 'Proxy-Authorization');
  assertSha256(last, { user: 'unit', realm: 'pbx', password: 'secret' });
  await hear(world, responseText(last, 200, { body: sdpText() }));
  assert.equal(taken.told, ['established']);
  const ack = world.peer.request('ACK').message;
  for (const name of ['Authorization', 'Proxy-Authorization']) assert.equal(ack.headers.all(name), last.headers.all(name), name);
  await endedByPeer(world, last);
});

test('wrong credentials, and none, end the call', async () => {
  const challenge = { headers: ['WWW-Authenticate: Digest realm="pbx", nonce="n", qop="auth"'] };
  const { world, taken, invite } = await placed({ credentials: { user: 'unit', password: 'wrong' } });
  await hear(world, responseText(invite, 401, challenge));
  await hear(world, responseText(world.peer.request('INVITE').message, 401, challenge));
  assert.is(world.peer.requests('INVITE').length, 2);
  assert.equal(taken.told, ['ended remote 401']);
  const none = world.place();
  await world.clock.advance(10);
  await hear(world, responseText(world.peer.request('INVITE').message, 407, challenge));
  assert.equal(none.told, ['ended remote 407']);
  await assertQuiet(world);
});

test('a 422 is met with the interval that the other side wants', async () => {
  const { world, taken, invite } = await placed();
  await hear(world, responseText(invite, 422, { headers: ['Min-SE: 3600'] }));
  const second = world.peer.request('INVITE').message;
  assert.equal([second.headers.get('Session-Expires'), second.headers.get('Min-SE')], ['3600', '3600']);
  await hear(world, responseText(second, 200, { body: sdpText(), headers: ['Session-Expires: 3600;refresher=uas', 'Require: timer'] }));
  assert.equal(taken.told, ['established']);
  await endedByPeer(world, second);
});

test('we refresh a placed call when the answer says so; glare waits the longer time', async () => {
  const { world, invite } = await placed();
  await hear(world, responseText(invite, 200, { body: sdpText(), headers: ['Session-Expires: 200;refresher=uac', 'Allow: INVITE'] }));
  await world.clock.advance(100_000);
  const refresh = world.peer.requests('INVITE');
  assert.is(refresh.length, 2);
  await hear(world, responseText(refresh[1]?.message as SipRequest, 491));
  await world.clock.advance(2000);
  assert.is(world.peer.requests('INVITE').length, 2);
  await world.clock.advance(2000);
  assert.is(world.peer.requests('INVITE').length > 2, true);
  await hear(world, responseText(world.peer.request('INVITE').message, 200, { body: sdpText(), headers: ['Session-Expires: 200;refresher=uac'] }));
  await endedByPeer(world, invite);
});

test('early media: the first description of the fork that answers counts', async () => {
  const { world, taken, invite } = await placed();
  await hear(world, responseText(invite, 183, { toTag: 'one', body: sdpText({ port: 4001 }) }), responseText(invite, 183, { toTag: 'one', body: sdpText({ port: 4009 }) }));
  await hear(world, responseText(invite, 200, { toTag: 'two', body: sdpText({ port: 4002 }) }));
  assert.equal(taken.told, ['ringing with media', 'ringing with media', 'established']);
  assert.is(taken.media[0]?.remote?.port, 4002);
  await endedByPeer(world, invite, 'two');
});

test.run();
