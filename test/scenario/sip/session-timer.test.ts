import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AgentWorld, Taken } from '../../support/sip/agent-world.ts';
import { agentWorld, assertQuiet, RawCall } from '../../support/sip/agent-world.ts';
import type { Ask } from '../../support/sip/message-text.ts';
import { ackText, responseText, sdpText } from '../../support/sip/message-text.ts';

async function established(ask: Ask = {}): Promise<{ world: AgentWorld; call: RawCall; taken: Taken }> {
  const world = await agentWorld();
  const call = await new RawCall(world, ask).establish();
  return { world, call, taken: world.calls[0] as Taken };
}

const at = (world: AgentWorld, method: string): number[] => world.peer.requests(method).map(({ atMs }) => Math.round(atMs / 1000));

/** Answers every request of the unit, a re-INVITE with SDP. */
function agreeable(world: AgentWorld, headers: readonly string[] = []): void {
  world.peer.react = ({ message }) => {
    if (message.kind !== 'request' || message.method === 'ACK') return;
    world.peer.send(responseText(message, 200, { headers, ...(message.method === 'INVITE' ? { body: sdpText() } : {}) }));
  };
}

test('the caller refreshes: what it asked for is agreed, and we wait', async () => {
  const { world, call, taken } = await established({ headers: ['Supported: timer', 'Session-Expires: 300;refresher=uac'] });
  const ok = call.response('INVITE', 200);
  assert.is(ok.headers.get('Session-Expires'), '300;refresher=uac');
  assert.is(ok.headers.get('Require'), 'timer');
  await world.clock.advance(200_000);
  call.request('UPDATE', { headers: ['Supported: timer', 'Session-Expires: 300;refresher=uac'] });
  await world.clock.advance(10);
  assert.is(call.response('UPDATE', 200).headers.get('Session-Expires'), '300;refresher=uac');
  await world.clock.advance(260_000);
  assert.equal(taken.told, ['established'], 'the refresh has counted');
  assert.equal(at(world, 'UPDATE'), []);
  call.request('BYE');
  await assertQuiet(world);
});

test('the caller promised to refresh and does not: BYE 32 s before the end', async () => {
  const { world, taken } = await established({ headers: ['Supported: timer', 'Session-Expires: 300;refresher=uac'] });
  await world.clock.advance(267_000);
  assert.equal(taken.told, ['established']);
  await world.clock.advance(2000);
  assert.is(at(world, 'BYE')[0], 268);
  assert.match(world.peer.request('BYE').message.headers.get('Reason') ?? '', /session timer/);
  world.peer.send(responseText(world.peer.request('BYE').message, 200));
  await world.clock.advance(10);
  assert.equal(taken.told, ['established', 'ended failure']);
  await assertQuiet(world);
});

test('we refresh with UPDATE at half time, as the caller asked us to', async () => {
  const { world, call, taken } = await established({ headers: ['Supported: timer', 'Session-Expires: 200;refresher=uas', 'Allow: INVITE, ACK, BYE, UPDATE'] });
  assert.is(call.response('INVITE', 200).headers.get('Session-Expires'), '200;refresher=uas');
  agreeable(world, ['Session-Expires: 200;refresher=uac', 'Require: timer']);
  await world.clock.advance(450_000);
  assert.equal(at(world, 'UPDATE'), [100, 200, 300, 400]);
  assert.is(world.peer.request('UPDATE').message.headers.get('Session-Expires'), '200;refresher=uac');
  assert.is(world.peer.request('UPDATE').message.body.length, 0);
  assert.equal(taken.told, ['established']);
  call.request('BYE');
  await assertQuiet(world);
});

test('we refresh with a re-INVITE that repeats what stands, when there is no UPDATE', async () => {
  const { world, call, taken } = await established({ headers: ['Supported: timer', 'Session-Expires: 200;refresher=uas', 'Allow: INVITE, ACK, BYE'] });
  agreeable(world, ['Session-Expires: 200;refresher=uac', 'Require: timer']);
  await world.clock.advance(250_000);
  assert.equal(at(world, 'INVITE'), [100, 200]);
  const acks = world.peer.requests('ACK').map(({ message }) => message.headers.get('CSeq'));
  assert.equal(acks, ['1 ACK', '2 ACK']);
  const offers = world.peer.requests('INVITE').map(({ message }) => Buffer.from(message.body).toString());
  assert.match(offers[0] ?? '', /m=audio 10000 RTP\/AVP 0 8 101/);
  assert.is(offers[0], offers[1], 'the same description has the same version');
  assert.ok(taken.told.every((text) => text === 'established' || text === 'media sendrecv'), taken.told.join());
  call.request('BYE');
  await assertQuiet(world);
});

test('a 2xx to our re-INVITE that comes again is acknowledged again with the number of that INVITE', async () => {
  const { world, call } = await established({ headers: ['Supported: timer', 'Session-Expires: 200;refresher=uas', 'Allow: INVITE'] });
  await world.clock.advance(100_010);
  const ok = responseText(call.asked('INVITE'), 200, { body: sdpText() });
  world.peer.send(ok);
  await world.clock.advance(10);
  world.calls[0]?.leg.hangUp('done');
  world.peer.send(ok);
  await world.clock.advance(10);
  assert.equal(world.peer.requests('ACK').map(({ message }) => message.headers.get('CSeq')), ['1 ACK', '1 ACK']);
  world.peer.send(responseText(call.asked('BYE'), 200));
  await assertQuiet(world);
});

test('a caller without timers: we refresh by ourselves', async () => {
  const world = await agentWorld({ sip: { sessionExpiresSec: 600 } });
  const call = await new RawCall(world, { headers: ['Allow: INVITE, UPDATE'] }).establish();
  const ok = call.response('INVITE', 200);
  assert.is(ok.headers.get('Session-Expires'), '600;refresher=uas');
  assert.is(ok.headers.get('Require'), undefined);
  agreeable(world);
  await world.clock.advance(700_000);
  assert.equal(at(world, 'UPDATE'), [300, 600]);
  call.request('BYE');
  await assertQuiet(world);
});

test('no timer from us when it is configured off', async () => {
  const world = await agentWorld({ sip: { sessionExpiresSec: 0 } });
  const call = await new RawCall(world).establish();
  assert.is(call.response('INVITE', 200).headers.get('Session-Expires'), undefined);
  await world.clock.advance(4 * 3600_000);
  assert.equal(world.calls[0]?.told, ['established']);
  call.request('BYE');
  await assertQuiet(world);
});

test('an INVITE with an interval that is too small gets 422; without timer support it is raised', async () => {
  const world = await agentWorld();
  const call = new RawCall(world, { headers: ['Supported: timer', 'Session-Expires: 30'] });
  call.invite();
  await world.clock.advance(10);
  assert.is(call.response('INVITE', 422).headers.get('Min-SE'), '90');
  assert.is(world.calls.length, 0);
  world.peer.send(ackText(call.response('INVITE', 422)));
  const plain = await new RawCall(world, { headers: ['Session-Expires: 30'] }).establish();
  assert.is(plain.response('INVITE', 200).headers.get('Session-Expires'), '90;refresher=uas');
  plain.request('BYE');
  await assertQuiet(world);
});

test('glare: our refresh that is answered 491 is repeated within 2 s', async () => {
  const { world, call } = await established({ headers: ['Supported: timer', 'Session-Expires: 200;refresher=uas', 'Allow: INVITE'] });
  await world.clock.advance(100_010);
  world.peer.send(responseText(call.asked('INVITE'), 491));
  await world.clock.advance(10);
  agreeable(world);
  await world.clock.advance(2000);
  const [first, second] = world.peer.requests('INVITE');
  const waited = (second?.atMs ?? 0) - (first?.atMs ?? 0);
  assert.ok(waited > 0 && waited <= 2010, `waited ${waited} ms`);
  call.request('BYE');
  await assertQuiet(world);
});

test('glare: their re-INVITE while ours waits gets 491', async () => {
  const { world, call } = await established({ headers: ['Supported: timer', 'Session-Expires: 200;refresher=uas', 'Allow: INVITE'] });
  await world.clock.advance(100_010);
  call.request('INVITE', { body: sdpText({ version: 2 }) });
  await world.clock.advance(10);
  const refused = call.response('INVITE', 491);
  world.peer.send(ackText(refused));
  world.peer.send(responseText(call.asked('INVITE'), 200, { body: sdpText() }));
  await world.clock.advance(10);
  call.request('INVITE', { body: sdpText({ version: 2, direction: 'sendonly' }) });
  await world.clock.advance(10);
  call.ack();
  await world.clock.advance(10);
  assert.is(world.calls[0]?.told.at(-1), 'media recvonly');
  call.request('BYE');
  await assertQuiet(world);
});

test('a refresh answered 422 is repeated with the longer interval', async () => {
  const { world, call } = await established({ headers: ['Supported: timer', 'Session-Expires: 200;refresher=uas', 'Allow: UPDATE'] });
  await world.clock.advance(100_010);
  world.peer.send(responseText(call.asked('UPDATE'), 422, { headers: ['Min-SE: 900'] }));
  await world.clock.advance(10);
  const second = call.asked('UPDATE');
  assert.is(second.headers.get('Session-Expires'), '900;refresher=uac');
  assert.is(second.headers.get('Min-SE'), '900');
  world.peer.send(responseText(second, 200, { headers: ['Session-Expires: 900;refresher=uac'] }));
  await world.clock.advance(440_000);
  assert.is(world.peer.requests('UPDATE').length, 2);
  call.request('BYE');
  await assertQuiet(world);
});

for (const [what, answer] of [['481', 481], ['nothing', null]] as const) {
  test(`a refresh answered by ${what} ends the call`, async () => {
    const { world, call, taken } = await established({ headers: ['Supported: timer', 'Session-Expires: 200;refresher=uas', 'Allow: UPDATE'] });
    await world.clock.advance(100_010);
    if (answer !== null) world.peer.send(responseText(call.asked('UPDATE'), answer));
    await world.clock.advance(32_100);
    assert.equal(taken.told, ['established', 'ended failure']);
    world.peer.send(responseText(call.asked('BYE'), 200));
    await assertQuiet(world);
  });
}

test('a re-INVITE of ours that stays at 180 does not outlive the call', async () => {
  const { world, call } = await established({ headers: ['Supported: timer', 'Session-Expires: 200;refresher=uas', 'Allow: INVITE'] });
  await world.clock.advance(100_010);
  world.peer.send(responseText(call.asked('INVITE'), 180));
  await world.clock.advance(10);
  call.request('BYE');
  await assertQuiet(world);
});

test('a refresh that fails for another reason is tried again until the time is up', async () => {
  const { world, call, taken } = await established({ headers: ['Supported: timer', 'Session-Expires: 200;refresher=uas', 'Allow: UPDATE'] });
  world.peer.react = ({ message }) => {
    if (message.kind === 'request') world.peer.send(responseText(message, message.method === 'UPDATE' ? 500 : 200));
  };
  await world.clock.advance(199_000);
  assert.equal(taken.told, ['established']);
  await world.clock.advance(2000);
  assert.equal(at(world, 'UPDATE'), [100, 110, 120, 130, 140, 150, 160, 170, 180, 190]);
  assert.equal(taken.told, ['established', 'ended failure']);
  assert.is(call.asked('BYE').method, 'BYE');
  await assertQuiet(world);
});

test.run();
