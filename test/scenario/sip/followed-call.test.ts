import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RawCall } from '../../support/sip/agent-world.ts';
import { requestText, responseText, sdpText } from '../../support/sip/message-text.ts';
import { hungUpByPeer, sharedAddress, sharedAt, TwoUnits } from '../../support/sip/two-units.ts';

const versionIn = (body: Uint8Array): number => Number(/^o=\S+ \S+ (\d+) /m.exec(Buffer.from(body).toString())?.[1]);
const directionIn = (body: Uint8Array): string => /a=(sendrecv|sendonly|recvonly|inactive)/.exec(Buffer.from(body).toString())?.[1] ?? 'sendrecv';
const cseqIn = (text: string | undefined): number => Number((text ?? '').split(' ')[0]);

test('a call to the shared address names it alone: Contact and SDP', async () => {
  const units = await TwoUnits.make();
  const call = await new RawCall(units).establish();
  const ok = call.response('INVITE', 200);
  assert.is(ok.headers.get('Contact'), `<sip:201@${sharedAddress}:5060>`);
  assert.match(Buffer.from(ok.body).toString(), new RegExp(`c=IN IP4 ${sharedAddress}`));
  assert.is(units.calls[0]?.leg.sharedAddress, sharedAddress);
});

test('a call to the own address of a unit stays there: nothing is written down of it', async () => {
  const units = await TwoUnits.make();
  units.peer.send(requestText('INVITE', { callId: 'own', body: sdpText() }), { address: '10.0.0.2', port: 5060 });
  await units.clock.advance(50);
  assert.is(units.peer.response('INVITE', 200).message.headers.get('Contact'), '<sip:201@10.0.0.2:5060>');
  const leg = units.calls[0]?.leg;
  assert.equal([leg?.sharedAddress, leg?.record()], [null, null]);
});

test('without the option calls are told the own address, as ever', async () => {
  const units = await TwoUnits.make({ followsOn: null });
  const call = await new RawCall(units).establish();
  assert.is(call.response('INVITE', 200).headers.get('Contact'), '<sip:201@10.0.0.2:5060>');
  assert.is(units.calls[0]?.leg.record(), null);
});

test('a call that is not yet established is not written down', async () => {
  const units = await TwoUnits.make();
  const call = new RawCall(units);
  call.invite();
  await units.clock.advance(50);
  const leg = units.calls[0]?.leg;
  assert.equal([leg?.state, leg?.record()], ['answering', null]);
  leg?.release();
  assert.is(leg?.state, 'answering', 'nor can it be released');
});

test('BYE of the peer is answered by the unit that took over', async () => {
  const units = await TwoUnits.make();
  const call = new RawCall(units);
  const adopted = await units.takenOver(call);
  assert.is(adopted.leg.state, 'established');
  assert.equal(adopted.leg.facts, units.calls[0]?.leg.facts);
  call.request('BYE');
  await units.clock.advance(10);
  assert.is(units.peer.response('BYE', 200).from.address, sharedAddress);
  assert.equal(adopted.told, ['ended remote']);
  await units.assertQuiet();
});

test('the unit that took over hangs up: from the shared address, in the dialog, with a higher number', async () => {
  const units = await TwoUnits.make();
  const call = new RawCall(units);
  const adopted = await units.takenOver(call);
  adopted.leg.hangUp('the flow is done');
  await units.clock.advance(10);
  const { message: bye, from } = units.peer.request('BYE');
  assert.equal(from, sharedAt);
  assert.match(bye.headers.get('Via') ?? '', new RegExp(`^SIP/2.0/UDP ${sharedAddress}:5060;`));
  assert.is(bye.uri, 'sip:ada@10.0.0.1:5060');
  assert.equal([bye.headers.get('From'), bye.headers.get('To')], [`<sip:201@10.0.0.2>;tag=${call.toTag}`, '"Ada" <sip:ada@10.0.0.1>;tag=ft']);
  assert.ok(cseqIn(bye.headers.get('CSeq')) > 1);
  units.peer.send(responseText(bye, 200));
  await units.clock.advance(10);
  assert.equal(adopted.told, ['ended local']);
  await units.assertQuiet();
});

test('along the route that was recorded', async () => {
  const units = await TwoUnits.make();
  const call = new RawCall(units, { headers: ['Record-Route: <sip:10.0.0.1:5060;lr>', 'Record-Route: <sip:p2.example.com;lr>'] });
  const adopted = await units.takenOver(call);
  adopted.leg.hangUp('done');
  await units.clock.advance(10);
  const bye = units.peer.request('BYE').message;
  assert.equal(bye.headers.list('Route'), ['<sip:10.0.0.1:5060;lr>', '<sip:p2.example.com;lr>']);
  units.peer.send(responseText(bye, 200));
  await units.assertQuiet();
});

for (const method of ['INVITE', 'UPDATE'] as const) {
  test(`hold and resume by ${method} after the takeover: the description goes on where it was`, async () => {
    const units = await TwoUnits.make();
    const call = new RawCall(units);
    const adopted = await units.takenOver(call);
    const first = call.response('INVITE', 200).body;
    const change = async (body: string): Promise<Uint8Array> => {
      call.request(method, { body });
      await units.clock.advance(10);
      const answer = call.response(method, 200);
      if (method === 'INVITE') call.ack();
      assert.is(answer.headers.get('Contact'), `<sip:201@${sharedAddress}:5060>`);
      await units.clock.advance(10);
      return answer.body;
    };
    const hold = await change(sdpText({ version: 2, direction: 'sendonly' }));
    const back = await change(sdpText({ version: 3, port: 4100 }));
    assert.equal([first, hold, back].map(versionIn), [1, 2, 3]);
    assert.equal([first, hold, back].map((body) => /^o=\S+ (\S+)/m.exec(Buffer.from(body).toString())?.[1]).filter((id, _at, all) => id !== all[0]), []);
    assert.is(directionIn(hold), 'recvonly');
    assert.equal(adopted.told, ['media recvonly', 'media sendrecv']);
    assert.equal(adopted.media.at(-1)?.remote, { address: '10.0.0.1', port: 4100 });
    await hungUpByPeer(units, call);
  });
}

test('digits by INFO reach the unit that took over', async () => {
  const units = await TwoUnits.make();
  const call = new RawCall(units);
  const adopted = await units.takenOver(call);
  call.request('INFO', { type: 'application/dtmf-relay', body: 'Signal=5\r\nDuration=160\r\n' });
  await units.clock.advance(10);
  assert.equal(units.peer.statuses('INFO'), [200]);
  assert.equal(adopted.told, ['digit 5 160']);
  await hungUpByPeer(units, call);
});

test('a number that the first unit has seen is refused, a higher one taken', async () => {
  const units = await TwoUnits.make();
  const call = await new RawCall(units).establish();
  for (const digit of ['1', '2']) call.request('INFO', { type: 'application/dtmf', body: digit });
  await units.clock.advance(10);
  const record = units.record();
  assert.is(record.dialog.remoteCSeq, 3);
  await units.dies();
  const adopted = units.adopt(record);
  const ask = (cseq: number, digit: string): void => units.peer.send(requestText('INFO', { callId: call.ask.callId ?? '', toTag: call.toTag, cseq, type: 'application/dtmf', body: digit }));
  ask(2, '1');
  await units.clock.advance(10);
  assert.is(units.peer.statuses('INFO').at(-1), 500);
  ask(3, '2');
  await units.clock.advance(10);
  assert.is(units.peer.statuses('INFO').at(-1), 200, 'the answer of the first unit may have been lost');
  assert.equal(adopted.told, [], 'but the digit counted there');
  ask(4, '7');
  await units.clock.advance(10);
  assert.equal(adopted.told, ['digit 7 160']);
});

test('a re-INVITE whose answer died with the unit is answered when it is repeated', async () => {
  const units = await TwoUnits.make();
  const call = await new RawCall(units).establish();
  units.network.intercept = ({ from, bytes }) => (from.address === sharedAddress && Buffer.from(bytes).includes('200 OK') ? 'drop' : 'pass');
  const hold = { body: sdpText({ version: 2, direction: 'sendonly' }), cseq: 2, branch: 'hold', callId: call.ask.callId ?? '', toTag: call.toTag };
  units.peer.send(requestText('INVITE', hold));
  await units.clock.advance(10);
  const record = units.record();
  assert.is(record.agreed.direction, 'recvonly', 'the first unit had taken it');
  await units.dies();
  units.network.intercept = null;
  const adopted = units.adopt(record);
  units.peer.send(requestText('INVITE', hold));
  await units.clock.advance(10);
  assert.is(units.peer.response('INVITE', 200).from.address, sharedAddress);
  call.ack();
  await units.clock.advance(10);
  assert.equal(adopted.told, ['media recvonly']);
  call.request('BYE', { cseq: 3 });
  await units.clock.advance(10);
  assert.equal(units.peer.statuses('BYE'), [200]);
  await units.assertQuiet();
});

test('an ACK that was on its way to the first unit harms nothing', async () => {
  const units = await TwoUnits.make();
  const call = new RawCall(units);
  const adopted = await units.takenOver(call);
  call.ack();
  await units.clock.advance(1000);
  assert.equal(adopted.told, []);
  assert.is(units.other.agent.counters().caught, 0);
  await hungUpByPeer(units, call);
});

test('we refresh: the unit that took over does so within 10 s, and goes on with it', async () => {
  const units = await TwoUnits.make();
  const call = new RawCall(units, { headers: ['Supported: timer', 'Allow: INVITE, ACK, BYE, UPDATE', 'Session-Expires: 300;refresher=uas'] });
  units.peer.react = ({ message }) => (message.kind === 'request' && message.method === 'UPDATE' ? units.peer.send(responseText(message, 200, { headers: ['Session-Expires: 300;refresher=uac', 'Require: timer'] })) : undefined);
  const adopted = await units.takenOver(call);
  await units.clock.advance(10_100);
  assert.is(units.peer.requests('UPDATE').length, 1);
  assert.match(units.peer.request('UPDATE').message.headers.get('Session-Expires') ?? '', /^300;/);
  await units.clock.advance(400_000);
  assert.is(units.peer.requests('UPDATE').length, 3);
  assert.equal(adopted.told, []);
  assert.is(adopted.leg.state, 'established');
  await hungUpByPeer(units, call);
});

test('a peer that has lost the call meanwhile says so to the first refresh', async () => {
  const units = await TwoUnits.make();
  const call = new RawCall(units, { headers: ['Supported: timer', 'Session-Expires: 300;refresher=uas'] });
  units.peer.react = ({ message }) => (message.kind === 'request' && message.method !== 'ACK' ? units.peer.send(responseText(message, 481)) : undefined);
  const adopted = await units.takenOver(call);
  await units.clock.advance(10_500);
  assert.equal(adopted.told, ['ended failure']);
  await units.assertQuiet();
});

test('the peer refreshes: the unit that took over answers, and gives up when none comes', async () => {
  const units = await TwoUnits.make();
  const refresh = ['Supported: timer', 'Session-Expires: 300;refresher=uac'];
  const call = new RawCall(units, { headers: refresh });
  const adopted = await units.takenOver(call);
  await units.clock.advance(200_000);
  call.request('UPDATE', { headers: refresh });
  await units.clock.advance(10);
  assert.is(call.response('UPDATE', 200).headers.get('Session-Expires'), '300;refresher=uac');
  await units.clock.advance(260_000);
  assert.equal(adopted.told, []);
  await units.clock.advance(10_000);
  assert.is(units.peer.requests('BYE').length > 0, true);
  units.peer.send(responseText(units.peer.request('BYE').message, 200));
  await units.assertQuiet();
});

test.run();
