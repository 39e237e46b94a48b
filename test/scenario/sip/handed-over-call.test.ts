import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LegRecord } from '../../../firmware/sip/session/leg-record.ts';
import { RawCall } from '../../support/sip/agent-world.ts';
import { responseText, sdpText } from '../../support/sip/message-text.ts';
import { hungUpByPeer, TwoUnits } from '../../support/sip/two-units.ts';

const cseqIn = (text: string | undefined): number => Number((text ?? '').split(' ')[0]);

test('a refresh that the first unit had under way: its repeated 200 is acknowledged, and the call stays', async () => {
  const units = await TwoUnits.make();
  const call = await new RawCall(units, { headers: ['Supported: timer', 'Session-Expires: 300;refresher=uas'] }).establish();
  await units.clock.advance(150_500);
  const reinvite = units.peer.request('INVITE').message;
  const record = units.record();
  await units.dies();
  const adopted = units.adopt(record);
  units.peer.send(responseText(reinvite, 200, { body: sdpText() }));
  await units.clock.advance(10);
  const ack = units.peer.request('ACK').message;
  assert.is(cseqIn(ack.headers.get('CSeq')), cseqIn(reinvite.headers.get('CSeq')));
  assert.equal(units.peer.requests('BYE'), []);
  assert.equal(adopted.told, []);
  await hungUpByPeer(units, call);
});

test('what the first unit sent after its record was written does not make our numbers old', async () => {
  const units = await TwoUnits.make();
  const call = await new RawCall(units, { headers: ['Supported: timer', 'Allow: INVITE, UPDATE', 'Session-Expires: 90;refresher=uas'] }).establish();
  units.peer.react = ({ message }) => (message.kind === 'request' && message.method === 'UPDATE' ? units.peer.send(responseText(message, 200, { headers: ['Session-Expires: 90;refresher=uac'] })) : undefined);
  const old = units.record();
  await units.clock.advance(200_000);
  const seen = units.peer.requests('UPDATE').map(({ message }) => cseqIn(message.headers.get('CSeq')));
  assert.equal(seen, [1, 2, 3, 4]);
  await units.dies();
  units.adopt(old).leg.hangUp('done');
  await units.clock.advance(10);
  const bye = units.peer.request('BYE').message;
  assert.ok(cseqIn(bye.headers.get('CSeq')) > 4);
  assert.is(bye.headers.get('Call-ID'), call.ask.callId);
});

test('a hand-over: the giver says nothing more, whatever it had under way', async () => {
  const units = await TwoUnits.make();
  const call = await new RawCall(units, { headers: ['Supported: timer', 'Session-Expires: 300;refresher=uas'] }).establish();
  await units.clock.advance(150_100);
  assert.is(units.peer.requests('INVITE').length, 1, 'a refresh is under way');
  const record = units.record();
  const before = units.peer.heard.length;
  await units.handsOver();
  const adopted = units.adopt(record);
  await units.clock.advance(1900);
  assert.is(units.peer.heard.length, before);
  assert.equal(units.calls[0]?.told, ['established', 'ended local']);
  const { legs, released, transactions } = units.one.agent.counters();
  assert.equal({ legs, released, transactions }, { legs: 0, released: 1, transactions: 0 });
  const there = units.other.agent.counters();
  assert.equal([there.legs, there.adopted], [1, 1]);
  assert.equal(adopted.told, []);
  await hungUpByPeer(units, call);
});

test('a unit that lost the address says nothing about a call that lives there', async () => {
  const units = await TwoUnits.make();
  await new RawCall(units).establish();
  const record = units.record();
  await units.one.agent.share(null);
  units.adopt(record);
  units.calls[0]?.leg.hangUp('thought to be still here');
  await units.clock.advance(5000);
  assert.equal(units.peer.requests('BYE'), []);
  assert.is(units.calls[0]?.leg.state, 'ended');
});

test('every change of what is written down is told, once it stands', async () => {
  const units = await TwoUnits.make();
  const call = await new RawCall(units, { headers: ['Supported: timer', 'Session-Expires: 300;refresher=uas'] }).establish();
  const leg = units.calls[0]?.leg;
  const written: string[] = [];
  units.changed = () => void written.push(JSON.stringify(leg?.record()));
  call.request('INFO', { type: 'application/dtmf', body: '1' });
  await units.clock.advance(10);
  assert.equal(written, [JSON.stringify(leg?.record())]);
  units.peer.react = ({ message }) => (message.kind === 'request' && message.method === 'INVITE' ? units.peer.send(responseText(message, 200, { contact: '<sip:ada@10.0.0.1:5062>', body: sdpText() })) : undefined);
  await units.clock.advance(151_000);
  assert.is(units.record().dialog.remoteTarget, 'sip:ada@10.0.0.1:5062');
  assert.is(written.at(-1), JSON.stringify(leg?.record()));
});

test('a record that came twice makes one leg', async () => {
  const units = await TwoUnits.make();
  const call = await new RawCall(units).establish();
  const record: LegRecord = units.record();
  await units.dies();
  units.adopt(record);
  assert.is(units.other.agent.adopt(record, { established() {}, mediaChanged() {}, digit() {}, ended() {} }), null);
  await hungUpByPeer(units, call);
});

test('a call is carried on a second time, back to a unit that came back', async () => {
  const units = await TwoUnits.make();
  const call = new RawCall(units);
  const adopted = await units.takenOver(call);
  const again = adopted.leg.record();
  assert.is.not(again, null);
  assert.equal({ ...again, dialog: { ...again?.dialog, localCSeq: 0 } }, { ...units.record(adopted), dialog: { ...again?.dialog, localCSeq: 0 } });
  adopted.leg.release();
  await units.clock.advance(10);
  assert.equal(adopted.told, ['ended local']);
  assert.equal(units.peer.requests('BYE'), []);
});

test.run();
