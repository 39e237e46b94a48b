// A PBX that keeps its callers in queues of its own, and sends each to the unit for the announcements.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ackText, requestText, responseText, sdpText } from '../../support/sip/message-text.ts';
import { RawPeer } from '../../support/sip/raw-peer.ts';
import { PhoneBank } from '../../support/phone-bank.ts';
import { SimSite } from '../../support/sim-site.ts';
import { testConfiguration, testSettings } from '../../support/sim-unit.ts';

async function pbxSite(queued = '{}'): Promise<{ site: SimSite; bank: PhoneBank; ends: () => Promise<void> }> {
  const text = testConfiguration.replace('lamps: notify }', `lamps: notify }\n  - { name: office, addresses: [10.0.0.5], host: 10.0.0.5, lamps: none, queued: ${queued} }\n  - { name: raw, addresses: [10.0.0.6], host: 10.0.0.6, lamps: none, queued: ${queued} }`);
  const site = await SimSite.start({ settings: testSettings(text) });
  const bank = await PhoneBank.start(site);
  await site.clock.advance(100);
  return {
    site, bank,
    ends: async () => {
      assert.equal({ calls: site.unit.calls.summaries(), ports: site.unit.calls.ports.inUse }, { calls: [], ports: 0 });
      await bank.stop();
      await site.stop();
    },
  };
}

const fields = (point: string, position: number, etaSec: number, call = 'q1'): Record<string, string> => ({ 'X-Queue-State': point, 'X-Queue-Position': String(position), 'X-Queue-ETA': String(etaSec), 'X-Queue-Waited': '12', 'X-Queue-Call': call });

/** Phrases of 300 ms each: how many were heard. */
const phrases = (heard: Uint8Array): number => Math.round(heard.filter((code) => code === 0x80).length / 2400);

test('the caller hears that they wait, where they are and how long it takes, and is given back by BYE', async () => {
  const { site, bank, ends } = await pbxSite();
  const caller = bank.phone('501');
  caller.call('201', fields('queued', 3, 130));
  await site.clock.advance(500);
  assert.is(site.unit.calls.summaries()[0]?.doing, 'announcing');
  await site.clock.advance(3500);
  assert.is(caller.state, 'idle');
  assert.is(caller.end?.by, 'remote');
  // all agents are busy | your position is | three | the time is | three | minutes
  assert.is(phrases(await caller.heard()), 6);
  await ends();
});

test('nothing worse is announced than before: not to this call, while to another it is', async () => {
  const { site, bank, ends } = await pbxSite();
  const flow = {
    form: 1, name: 'Hold', first: 'say', starts: [{ scope: 'default', point: 'Queued' }, { scope: 'mailbox', mailbox: '201', point: 'Still Queued' }],
    actions: { say: { action: 'Generic', with: { commands: ['CP1:$POS', 'CP2:$ETA', 'CP3:$TimeQueued'] }, prompts: [{ digits: '$POS' }], results: { Next: 'eta' } }, eta: { action: 'Queue ETA', results: { Next: 'position' } }, position: { action: 'Queue Position' } },
  };
  assert.equal(await site.during(site.unit.flows.library.put(JSON.stringify(flow))), { put: true });
  const heard = async (point: string, position: number, etaSec: number, call: string): Promise<number> => {
    const caller = bank.phone('501');
    caller.call('201', fields(point, position, etaSec, call));
    await site.clock.advance(400);
    assert.match(site.unit.calls.summaries()[0]?.doing ?? '', 'Hold: ');
    await site.clock.advance(4600);
    assert.is(caller.end?.by, 'remote');
    return phrases(await caller.heard());
  };
  // one digit | the time is | one minute | your position is | two
  assert.is(await heard('queued', 2, 50, 'a'), 5);
  // now eleven and ten minutes are told by the PBX, and are not announced to this call
  assert.is(await heard('still-queued', 11, 600, 'a'), 5);
  // one, one | the time is | ten | minutes | your position is | eleven
  assert.is(await heard('still-queued', 11, 600, 'b'), 7);
  await ends();
});

test('a parameter of the Request-URI says it too, by the words of the peer; a call without is a call for the mailbox', async () => {
  const { site, bank, ends } = await pbxSite('{ parameter: qstate, queued: first, stillQueued: again, position: X-Pos }');
  const caller = bank.phone('501');
  caller.call('201', { 'X-Pos': '1' }, ';qstate=again');
  await site.clock.advance(300);
  assert.is(site.unit.calls.summaries()[0]?.doing, 'announcing');
  await site.clock.advance(2000);
  assert.is(phrases(await caller.heard()), 2, 'still busy, and you are the next');
  caller.call('201', { 'X-Queue-State': 'queued' });
  await site.clock.advance(300);
  assert.is(site.unit.calls.summaries()[0]?.doing, 'greeting', 'this peer says it by other words');
  caller.hangUp();
  await site.clock.advance(3000);
  await ends();
});

test('the PBX is told by the BYE whether the caller goes on waiting, or a flow wants the call to end', async () => {
  const { site, ends } = await pbxSite('{ result: X-Outcome }');
  const raw = await RawPeer.open(site.network, '10.0.0.6');
  const announced = async (callId: string): Promise<string | undefined> => {
    raw.send(requestText('INVITE', { callId, via: `SIP/2.0/UDP 10.0.0.6:5060;branch=z9hG4bK${callId}`, contact: '<sip:q@10.0.0.6:5060>', headers: ['X-Queue-State: queued'], body: sdpText({ address: '10.0.0.6' }) }));
    await site.clock.advance(100);
    raw.send(ackText(raw.response('INVITE', 200).message));
    await site.clock.advance(3000);
    const bye = raw.request('BYE').message;
    raw.send(responseText(bye, 200));
    await site.clock.advance(100);
    return bye.headers.get('X-Outcome');
  };
  assert.is(await announced('standard'), 'back');
  const flow = (more: object): string => JSON.stringify({ form: 1, name: 'Hold', first: 'say', starts: [{ scope: 'default', point: 'Queued' }], actions: { say: { action: 'Queue Position', ...more }, end: { action: 'Disconnect' } } });
  await site.during(site.unit.flows.library.put(flow({})));
  assert.is(await announced('unconnected'), 'back');
  await site.during(site.unit.flows.library.put(flow({ results: { Next: 'end' } })));
  assert.is(await announced('disconnect'), 'end');
  raw.close();
  await ends();
});

test('no-port-free: the announcement is not played, and the PBX is told so', async () => {
  const { site, bank, ends } = await pbxSite();
  const callers = ['501', '502', '503', '504', '505'].map((number) => bank.phone(number));
  for (const caller of callers) caller.call('201', fields('queued', 1, 60, caller.number));
  await site.clock.advance(300);
  assert.is(callers[4]?.end?.status, 480);
  await site.clock.advance(5000);
  await ends();
});

test('a caller whom an agent takes during the announcement is gone, and nothing is left', async () => {
  const { site, bank, ends } = await pbxSite();
  const caller = bank.phone('501');
  caller.call('201', fields('queued', 1, 60));
  await site.clock.advance(400);
  caller.hangUp();
  await site.clock.advance(1000);
  await ends();
});

test.run();
