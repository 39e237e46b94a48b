import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AgentWorld } from '../../support/sip/agent-world.ts';
import { RawCall } from '../../support/sip/agent-world.ts';
import { requestText, responseText, sdpText, tagIn } from '../../support/sip/message-text.ts';
import { RawPeer } from '../../support/sip/raw-peer.ts';
import { SimSite } from '../../support/sim-site.ts';
import { testSettings } from '../../support/sim-unit.ts';

/** A unit, and a PBX that says what the test writes. */
async function withPbx(more = ''): Promise<{ site: SimSite; peer: RawPeer; caller: (headers?: string[], to?: string) => Promise<RawCall> }> {
  const site = await SimSite.start({
    settings: testSettings(`
ports: 4
peers: [{ name: office, addresses: [10.0.0.1, 10.0.0.5], host: 10.0.0.5, lamps: none, register: null }]
messages: { minSec: 1 }
breakout: { key0: "300" }
mailboxes: [{ number: "201", name: Ada }, { number: "300", name: Reception }]
${more}
`),
  });
  const peer = await RawPeer.open(site.network, '10.0.0.5');
  const world = { peer, clock: site.clock } as unknown as AgentWorld;
  const caller = async (headers: string[] = [], to = '201'): Promise<RawCall> =>
    new RawCall(world, { via: `SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKr${Math.floor(site.clock.monotonic())}`, contact: '<sip:pbx@10.0.0.5:5060>', uri: `sip:${to}@10.0.0.2`, headers, body: sdpText({ address: '10.0.0.5' }) }).establish();
  return { site, peer, caller };
}

/** By INFO, since nobody speaks RTP here. */
function press(call: RawCall, digit: string): void {
  call.request('INFO', { headers: [], body: `Signal=${digit}\r\nDuration=100\r\n`, type: 'application/dtmf-relay', via: `SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKi${digit}` });
}

const via = (name: string) => ({ via: `SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK${name}` });
const sipfrag = (line: string, name: string) => ({ headers: ['Event: refer', 'Subscription-State: active'], body: line, type: 'message/sipfrag;version=2.0', ...via(name) });

async function referred(): Promise<{ site: SimSite; peer: RawPeer; call: RawCall; caller: (headers?: string[], to?: string) => Promise<RawCall> }> {
  const { site, peer, caller } = await withPbx();
  const call = await caller();
  press(call, '0');
  await site.clock.advance(100);
  return { site, peer, call, caller };
}

test('a PBX that takes REFER has the caller: no port is kept', async () => {
  const { site, peer, call } = await referred();
  const refer = call.asked('REFER');
  assert.is(refer.headers.get('Refer-To'), '<sip:300@10.0.0.5:5060?Diversion=%3Csip%3A201%4010.0.0.5%3E%3Breason%3Ddeflection>');
  assert.is(refer.headers.get('Referred-By'), '<sip:201@10.0.0.5:5060>');
  peer.send(responseText(refer, 202));
  call.request('NOTIFY', sipfrag('SIP/2.0 100 Trying', 'n1'));
  await site.clock.advance(50);
  assert.is(peer.requests('BYE').length, 0);
  call.request('NOTIFY', sipfrag('SIP/2.0 200 OK', 'n2'));
  await site.clock.advance(50);
  peer.send(responseText(call.asked('BYE'), 200));
  await site.clock.advance(500);
  assert.equal([site.unit.calls.ports.inUse, peer.requests('INVITE').length], [0, 0]);
  await site.stop();
});

test('a PBX that took it and found the number busy: the caller is still here, and leaves a message', async () => {
  const { site, peer, call } = await referred();
  peer.send(responseText(call.asked('REFER'), 202));
  call.request('NOTIFY', sipfrag('SIP/2.0 486 Busy Here', 'n1'));
  await site.clock.advance(5000);
  assert.is(site.unit.calls.summaries()[0]?.doing, 'recording');
  call.request('BYE', via('bye'));
  await site.clock.advance(1000);
  assert.is(site.unit.calls.ports.inUse, 0);
  await site.stop();
});

test('a PBX that refuses REFER is called instead, and the unit stays between the two', async () => {
  const { site, peer, call } = await referred();
  peer.send(responseText(call.asked('REFER'), 405));
  await site.clock.advance(50);
  const invite = peer.request('INVITE').message;
  assert.is(invite.uri, 'sip:300@10.0.0.5:5060');
  assert.is(invite.headers.get('Diversion'), '<sip:201@10.0.0.5>;reason=deflection');
  peer.send(responseText(invite, 200, { body: sdpText({ address: '10.0.0.5', port: 4200 }) }));
  await site.clock.advance(100);
  assert.equal([site.unit.calls.ports.inUse, peer.requests('REFER').length], [2, 1]);
  assert.match(site.unit.calls.summaries().map(({ doing }) => doing).join(), /talks with the caller/);
  const callId = invite.headers.get('Call-ID') ?? '';
  peer.send(requestText('BYE', { callId, fromTag: 'tt', toTag: tagIn(invite, 'From'), cseq: 1, uri: 'sip:x@10.0.0.2:5060', ...via('b2') }));
  await site.clock.advance(100);
  peer.send(responseText(call.asked('BYE'), 200));
  await site.clock.advance(500);
  assert.is(site.unit.calls.ports.inUse, 0);
  await site.stop();
});

test('a caller whom nobody took, and whom the PBX sends to the voicemail of that number, is the first mailbox\'s again', async () => {
  const { site, peer, call, caller } = await referred();
  peer.send(responseText(call.asked('REFER'), 202));
  call.request('NOTIFY', sipfrag('SIP/2.0 200 OK', 'n1'));
  await site.clock.advance(50);
  peer.send(responseText(call.asked('BYE'), 200));
  await site.clock.advance(20_000);
  await caller(['Diversion: <sip:300@10.0.0.5>;reason=no-answer'], 'voicemail');
  assert.is(site.unit.calls.summaries()[0]?.mailbox, '201');
  await caller(['Diversion: <sip:300@10.0.0.5>;reason=no-answer'], 'voicemail');
  assert.is(site.unit.calls.summaries()[1]?.mailbox, '300', 'once');
  await site.stop();
});

test('assisted: the PBX is asked to put the call with the target in the place of the caller\'s, and where it does not the unit stays', async () => {
  for (const takes of [true, false]) {
    const { site, peer, caller } = await withPbx();
    const flow = { form: 1, name: 'Desk', first: 'act', starts: [{ scope: 'short code', number: '*80' }], actions: { act: { action: 'Assisted Transfer', with: { destination: '300' } } } };
    assert.ok((await site.during(site.unit.flows.library.put(JSON.stringify(flow)))).put);
    const call = await caller([], '*80');
    await site.clock.advance(50);
    const invite = peer.request('INVITE').message;
    peer.send(responseText(invite, 200, { body: sdpText({ address: '10.0.0.5', port: 4200 }), headers: ['Supported: replaces'], toTag: 'theirs', contact: '<sip:pbx@10.0.0.5:5060>' }));
    await site.clock.advance(50);
    const refer = call.asked('REFER');
    assert.match(decodeURIComponent(refer.headers.get('Refer-To') ?? ''), /^<sip:300@10\.0\.0\.5:5060\?Replaces=[^;]+;to-tag=theirs;from-tag=[0-9a-f]+>$/);
    peer.send(responseText(refer, takes ? 202 : 501));
    if (takes) call.request('NOTIFY', sipfrag('SIP/2.0 200 OK', 'n1'));
    await site.clock.advance(100);
    assert.is(peer.requests('BYE').length, takes ? 2 : 0, 'both calls are the PBX\'s');
    assert.is(site.unit.calls.ports.inUse, takes ? 0 : 2);
    await site.stop();
  }
});

test('method bridge never asks the PBX', async () => {
  const { site, peer, caller } = await withPbx('transfers: { method: bridge }');
  press(await caller(), '0');
  await site.clock.advance(100);
  assert.equal([peer.requests('REFER').length, peer.requests('INVITE').length], [0, 1]);
  await site.stop();
});

test.run();
