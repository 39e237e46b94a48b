import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Taken } from '../../support/sip/agent-world.ts';
import { agentWorld, answer, assertQuiet, first, localMedia, RawCall, wait } from '../../support/sip/agent-world.ts';
import { ackText, requestText, responseText, sdpText, tagIn } from '../../support/sip/message-text.ts';
import type { Heard } from '../../support/sip/raw-peer.ts';

const gaps = (heard: readonly Heard[]): number[] => heard.map((one) => (one.atMs - (heard[0]?.atMs ?? 0)) / 1000);

test('a call is answered, acknowledged, and ended by the caller', async () => {
  const world = await agentWorld({
    policy: (leg) => {
      leg.ring();
      answer(leg);
    },
  });
  const call = await new RawCall(world).establish();
  const { leg, told, media } = first(world.calls);
  assert.equal(world.peer.statuses('INVITE'), [180, 200]);
  const ok = call.response('INVITE', 200);
  assert.is(tagIn(call.response('INVITE', 180), 'To'), tagIn(ok, 'To'));
  assert.match(ok.headers.get('Contact') ?? '', /^<sip:201@10\.0\.0\.2:5060>$/);
  assert.match(ok.headers.get('Allow') ?? '', /INVITE, ACK, BYE/);
  assert.is(ok.headers.get('Content-Type'), 'application/sdp');
  assert.match(Buffer.from(ok.body).toString(), /^v=0\r\n[^]*c=IN IP4 10\.0\.0\.2\r\n[^]*m=audio 10000 RTP\/AVP 0 101\r\n/);
  assert.equal(told, ['established']);
  assert.equal(media[0]?.remote, { address: '10.0.0.1', port: 4000 });
  assert.is(leg.state, 'established');
  assert.is(leg.facts.originalTarget, '201');
  call.request('BYE');
  await world.clock.advance(10);
  assert.equal(world.peer.statuses('BYE'), [200]);
  assert.equal(told, ['established', 'ended remote']);
  assert.is(leg.state, 'ended');
  await assertQuiet(world);
  world.peer.send(requestText('BYE', { callId: call.ask.callId ?? '', toTag: call.toTag, cseq: 9 }));
  await world.clock.advance(10);
  assert.equal(world.peer.statuses('BYE'), [200, 481], 'the dialog is gone');
});

test('a call ended by the unit: BYE to the Contact, once', async () => {
  const world = await agentWorld();
  const call = await new RawCall(world).establish();
  const { leg, told } = first(world.calls);
  leg.hangUp('done');
  assert.equal(told, ['established'], 'nothing is told from inside the call');
  await world.clock.advance(10);
  const bye = call.asked('BYE');
  assert.is(bye.uri, 'sip:ada@10.0.0.1:5060');
  assert.match(bye.headers.get('From') ?? '', new RegExp(`<sip:201@10.0.0.2>;tag=${call.toTag}`));
  assert.match(bye.headers.get('To') ?? '', /"Ada" <sip:ada@10\.0\.0\.1>;tag=ft/);
  world.peer.send(responseText(bye, 200));
  await world.clock.advance(10);
  assert.equal(told, ['established', 'ended local']);
  leg.hangUp('again');
  leg.answer(localMedia);
  leg.reject(486, 'no');
  await world.clock.advance(3000);
  assert.is(world.peer.requests('BYE').length, 1);
  await assertQuiet(world);
});

test('a repeated INVITE is answered once', async () => {
  const world = await agentWorld();
  const call = new RawCall(world);
  call.invite();
  call.invite();
  await world.clock.advance(20);
  call.invite();
  await world.clock.advance(20);
  assert.is(world.calls.length, 1);
  assert.equal(world.peer.statuses('INVITE'), [200]);
  call.ack();
  await world.clock.advance(10);
  first(world.calls).leg.hangUp('done');
  await assertQuiet(world);
});

test('a 200 without ACK is repeated at T1 to T2, and after 32 s the call is ended with BYE', async () => {
  const world = await agentWorld();
  const call = new RawCall(world);
  call.invite();
  await world.clock.advance(31_900);
  assert.equal(gaps(world.peer.responses('INVITE')), [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]);
  assert.is(world.peer.requests('BYE').length, 0);
  await world.clock.advance(200);
  assert.is(call.asked('BYE').headers.get('CSeq'), '1 BYE');
  assert.equal(first(world.calls).told, ['ended failure']);
  await assertQuiet(world);
});

test('a lost 200 and a lost ACK cost half a second each', async () => {
  const world = await agentWorld();
  let dropped = 0;
  world.network.intercept = ({ bytes, from }) => {
    const text = Buffer.from(bytes).toString('latin1');
    const first200 = from.address === '10.0.0.2' && text.startsWith('SIP/2.0 200') && dropped === 0;
    const firstAck = text.startsWith('ACK') && dropped === 1;
    if (!first200 && !firstAck) return 'pass';
    dropped += 1;
    return 'drop';
  };
  world.peer.react = ({ message }) => {
    if (message.kind === 'response' && message.status === 200) world.peer.send(ackText(message));
  };
  const call = new RawCall(world);
  call.invite();
  await world.clock.advance(400);
  assert.equal(first(world.calls).told, []);
  await world.clock.advance(5000);
  assert.is(dropped, 2);
  assert.equal(world.peer.responses('INVITE').map(({ atMs }) => Math.round(atMs / 100) / 10), [0.5, 1.5]);
  assert.equal(first(world.calls).told, ['established']);
  world.peer.react = null;
  call.request('BYE');
  await assertQuiet(world);
});

test('CANCEL before the answer: 200 to it, 487 to the INVITE', async () => {
  const world = await agentWorld({ policy: (leg) => leg.ring() });
  const call = new RawCall(world);
  call.invite();
  await world.clock.advance(3000);
  call.cancel();
  await world.clock.advance(10);
  assert.equal(world.peer.statuses('CANCEL'), [200]);
  assert.equal(world.peer.statuses('INVITE'), [180, 487]);
  assert.is(new Set([...world.peer.responses('INVITE'), ...world.peer.responses('CANCEL')].map(({ message }) => message.headers.get('To'))).size, 1, 'one To tag (9.2)');
  assert.equal(first(world.calls).told, ['ended remote 487']);
  first(world.calls).leg.answer(localMedia);
  world.peer.send(ackText(call.response('INVITE', 487)));
  await world.clock.advance(10);
  assert.equal(world.peer.statuses('INVITE'), [180, 487]);
  await assertQuiet(world);
});

test('CANCEL that crosses the 200 is answered and changes nothing; the caller ends with BYE', async () => {
  const world = await agentWorld();
  const call = new RawCall(world);
  call.invite();
  await world.clock.advance(20);
  call.cancel();
  await world.clock.advance(20);
  assert.equal(world.peer.statuses('CANCEL'), [200]);
  assert.is(call.response('CANCEL', 200).headers.get('To'), call.response('INVITE', 200).headers.get('To'), 'one To tag (9.2)');
  assert.equal(first(world.calls).told, []);
  call.ack();
  await world.clock.advance(1);
  call.request('BYE');
  await world.clock.advance(20);
  assert.equal(first(world.calls).told, ['established', 'ended remote']);
  await assertQuiet(world);
});

test('hung up by the unit before the ACK: BYE waits for it (RFC 3261 15)', async () => {
  const world = await agentWorld();
  const call = new RawCall(world);
  call.invite();
  await world.clock.advance(20);
  first(world.calls).leg.hangUp('too late');
  await world.clock.advance(700);
  assert.is(world.peer.requests('BYE').length, 0);
  assert.equal(world.peer.statuses('INVITE'), [200, 200], 'the 200 is still repeated');
  assert.equal(first(world.calls).told, ['ended local']);
  call.ack();
  await world.clock.advance(20);
  assert.is(world.peer.requests('BYE').length, 1);
  world.peer.send(responseText(call.asked('BYE'), 200));
  await assertQuiet(world);
});

test('hung up by the unit and never acknowledged: BYE after 32 s', async () => {
  const world = await agentWorld();
  const call = new RawCall(world);
  call.invite();
  await world.clock.advance(20);
  first(world.calls).leg.hangUp('too late');
  await world.clock.advance(32_010);
  world.peer.send(responseText(call.asked('BYE'), 200));
  assert.equal(first(world.calls).told, ['ended local']);
  await assertQuiet(world);
});

test('BYE instead of CANCEL: the INVITE is refused with 487 (15.1.2)', async () => {
  const world = await agentWorld({ policy: (leg) => leg.ring() });
  const call = new RawCall(world);
  call.invite();
  await world.clock.advance(100);
  call.request('BYE');
  await world.clock.advance(10);
  assert.equal(world.peer.statuses('BYE'), [200]);
  assert.equal(world.peer.statuses('INVITE'), [180, 487]);
  assert.equal(first(world.calls).told, ['ended remote']);
  world.peer.send(ackText(call.response('INVITE', 487)));
  await assertQuiet(world);
});

for (const [what, refuse, status, retryAfter] of [
  ['busy', (taken: Taken): void => taken.leg.reject(486, 'Busy Here'), 486, undefined],
  ['full', (taken: Taken): void => taken.leg.reject(503, 'All ports busy', 30), 503, '30'],
  ['hung up before the answer', (taken: Taken): void => taken.leg.hangUp('no'), 480, undefined],
] as const) {
  test(`refused: ${what}`, async () => {
    const world = await agentWorld({ policy: wait });
    const call = new RawCall(world);
    call.invite();
    await world.clock.advance(10);
    refuse(first(world.calls));
    await world.clock.advance(10);
    assert.equal(world.peer.statuses('INVITE'), [status]);
    assert.is(call.response('INVITE').headers.get('Retry-After'), retryAfter);
    world.peer.send(ackText(call.response('INVITE')));
    await world.clock.advance(10);
    assert.match(first(world.calls).told.join(), /^ended local/);
    await assertQuiet(world);
  });
}

test('refused from inside the offer: ended follows all the same', async () => {
  const told: string[] = [];
  const world = await agentWorld({
    options: {
      incoming: (leg) => {
        leg.reject(503, 'No port', 5);
        return { established() {}, mediaChanged() {}, digit() {}, ended: (end) => void told.push(`ended ${end.by} ${end.status}`) };
      },
    },
  });
  const call = new RawCall(world);
  call.invite();
  await world.clock.advance(10);
  assert.equal(world.peer.statuses('INVITE'), [503]);
  assert.equal(told, ['ended local 503']);
  world.peer.send(ackText(call.response('INVITE')));
  await assertQuiet(world);
});

test('no codec in common: 488', async () => {
  const world = await agentWorld();
  const call = new RawCall(world, { body: sdpText({ formats: '18 101' }) });
  call.invite();
  await world.clock.advance(10);
  assert.equal(world.peer.statuses('INVITE'), [488]);
  world.peer.send(ackText(call.response('INVITE')));
  await world.clock.advance(10);
  assert.equal(first(world.calls).told, ['ended local 488']);
  await assertQuiet(world);
});

test('a late offer: ours is in the 200, the answer in the ACK', async () => {
  const world = await agentWorld();
  const call = new RawCall(world, { body: '' });
  call.invite();
  await world.clock.advance(10);
  assert.match(Buffer.from(call.response('INVITE', 200).body).toString(), /m=audio 10000 RTP\/AVP 0 8 101\r\n/);
  call.ack(sdpText({ formats: '8 101', port: 4444 }));
  await world.clock.advance(10);
  const { told, media } = first(world.calls);
  assert.equal(told, ['established']);
  assert.is(media[0]?.codec, 'PCMA');
  assert.is(media[0]?.remote?.port, 4444);
  call.request('BYE');
  await assertQuiet(world);
});

for (const [what, body] of [['no answer', ''], ['an answer without a codec of ours', sdpText({ formats: '18' })], ['an answer that is no SDP', 'hello']] as const) {
  test(`a late offer, and ${what} in the ACK: BYE`, async () => {
    const world = await agentWorld();
    const call = new RawCall(world, { body: '' });
    call.invite();
    await world.clock.advance(10);
    call.ack(body);
    await world.clock.advance(10);
    world.peer.send(responseText(call.asked('BYE'), 200));
    await world.clock.advance(10);
    assert.equal(first(world.calls).told, ['ended failure']);
    await assertQuiet(world);
  });
}

test('requests out of order within the dialog get 500, those of another dialog 481', async () => {
  const world = await agentWorld();
  const call = await new RawCall(world, { cseq: 10 }).establish();
  call.request('INFO', { cseq: 9 });
  call.request('INFO', { toTag: 'nobody', cseq: 12 });
  call.request('BYE', { fromTag: 'other', cseq: 13 });
  await world.clock.advance(10);
  assert.equal(world.peer.statuses('INFO'), [500, 481]);
  assert.equal(world.peer.statuses('BYE'), [481]);
  assert.equal(first(world.calls).told, ['established']);
  call.request('BYE', { cseq: 14 });
  await assertQuiet(world);
});

test('sent on: 302 with the address to call instead, and the call is over', async () => {
  const world = await agentWorld({ policy: wait });
  const call = new RawCall(world);
  call.invite();
  await world.clock.advance(10);
  first(world.calls).leg.redirect('sip:*17@192.0.2.7');
  await world.clock.advance(10);
  assert.equal(world.peer.statuses('INVITE'), [302]);
  assert.is(call.response('INVITE').headers.get('Contact'), '<sip:*17@192.0.2.7>');
  world.peer.send(ackText(call.response('INVITE')));
  await world.clock.advance(10);
  assert.match(first(world.calls).told.join(), /^ended local 302/);
  await assertQuiet(world);
});

test.run();
