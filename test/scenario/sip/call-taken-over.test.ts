import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Refer } from '../../../firmware/sip/leg.ts';
import type { ReferOutcome } from '../../../firmware/sip/session/refer-machine.ts';
import type { AgentWorld, Taken } from '../../support/sip/agent-world.ts';
import { agentWorld, assertQuiet, first, RawCall } from '../../support/sip/agent-world.ts';
import { challengeLine } from '../../support/sip/digest-check.ts';
import { responseText, sdpText, tagIn } from '../../support/sip/message-text.ts';

interface Scene {
  readonly world: AgentWorld;
  readonly call: RawCall;
  readonly taken: Taken;
  readonly outcome: () => ReferOutcome | null;
  /** The peer reports within the call. */
  report(line: string, state?: string, event?: string): Promise<number>;
  answer(status: number, more?: readonly string[]): Promise<void>;
}

async function asked(refer: Partial<Refer> = {}): Promise<Scene> {
  const world = await agentWorld();
  const call = await new RawCall(world).establish();
  const taken = first(world.calls);
  let outcome: ReferOutcome | null = null;
  void taken.leg.refer?.({ to: 'sip:300@10.0.0.1', timeoutMs: 20_000, ...refer }).then((told) => (outcome = told));
  await world.clock.advance(10);
  return {
    world, call, taken,
    outcome: () => outcome,
    async report(line, state = 'active;expires=60', event = 'refer') {
      call.request('NOTIFY', { headers: [`Event: ${event}`, `Subscription-State: ${state}`], body: line, type: 'message/sipfrag;version=2.0' });
      await world.clock.advance(10);
      return world.peer.statuses('NOTIFY').at(-1) ?? 0;
    },
    async answer(status, more = []) {
      world.peer.send(responseText(call.asked('REFER'), status, { headers: more }));
      await world.clock.advance(10);
    },
  };
}

test('a peer takes the call over, reports, and the call is as it was until it is ended here', async () => {
  const { world, call, taken, outcome, report, answer } = await asked({ by: 'sip:201@10.0.0.2', headers: [{ name: 'Priority', value: 'urgent' }] });
  const refer = call.asked('REFER');
  assert.is(refer.headers.get('Refer-To'), '<sip:300@10.0.0.1?Priority=urgent>');
  assert.is(refer.headers.get('Referred-By'), '<sip:201@10.0.0.2>');
  assert.match(refer.headers.get('Contact') ?? '', /^<sip:/);
  await answer(202);
  assert.is(await report('SIP/2.0 100 Trying'), 200);
  assert.is(await report('SIP/2.0 180 Ringing'), 200);
  assert.is(outcome(), null);
  assert.is(await report('SIP/2.0 200 OK', 'terminated;reason=noresource'), 200);
  assert.is(outcome()?.outcome, 'done');
  assert.is(taken.leg.state, 'established');
  taken.leg.hangUp('transferred');
  await world.clock.advance(10);
  world.peer.send(responseText(call.asked('BYE'), 200));
  await assertQuiet(world);
});

test('a peer without REFER says so, and the call goes on', async () => {
  const { taken, outcome, answer, world, call } = await asked();
  await answer(405);
  assert.equal([outcome()?.outcome, taken.leg.state], ['refused', 'established']);
  call.request('BYE');
  await assertQuiet(world);
});

test('the target is busy: the call goes on', async () => {
  const { taken, outcome, answer, report, world, call } = await asked();
  await answer(202);
  await report('SIP/2.0 486 Busy Here', 'terminated;reason=noresource');
  assert.equal([outcome()?.outcome, taken.leg.state], ['failed', 'established']);
  call.request('BYE');
  await assertQuiet(world);
});

test('a lost 202 is asked for again, and one call is taken over once', async () => {
  const { world, call, outcome, answer, report } = await asked();
  await world.clock.advance(600);
  const sent = world.peer.requests('REFER').map(({ message }) => message.headers.get('CSeq'));
  assert.ok(sent.length >= 2 && new Set(sent).size === 1, sent.join(' '));
  await answer(202);
  await report('SIP/2.0 200 OK', 'terminated');
  assert.is(outcome()?.outcome, 'done');
  call.request('BYE');
  await assertQuiet(world);
});

test('a peer that accepts and hangs up has the call', async () => {
  const { world, call, outcome, answer } = await asked();
  await answer(202);
  call.request('BYE');
  await world.clock.advance(10);
  assert.is(outcome()?.outcome, 'done');
  await assertQuiet(world);
});

test('a peer that accepts and never reports has the call after the time for it', async () => {
  const { world, call, outcome, answer } = await asked();
  await answer(202);
  await world.clock.advance(19_900);
  assert.is(outcome(), null);
  await world.clock.advance(200);
  assert.is(outcome()?.outcome, 'done');
  call.request('BYE');
  await assertQuiet(world);
});

test('Refer-Sub: false promises no report', async () => {
  const { world, call, outcome, answer } = await asked();
  await answer(202, ['Refer-Sub: false']);
  assert.is(outcome()?.outcome, 'done');
  call.request('BYE');
  await assertQuiet(world);
});

test('a challenge is answered once, and a report names the REFER that counts', async () => {
  const { world, call, outcome, answer, report } = await asked({ credentials: { user: 'unit', password: 'secret' } });
  await answer(401, [challengeLine('WWW-Authenticate', 'pbx', 'n1', 'SHA-256')]);
  const again = call.asked('REFER');
  assert.match(again.headers.get('Authorization') ?? '', /^Digest username="unit"/);
  const id = (again.headers.get('CSeq') ?? '').split(' ')[0];
  await answer(202);
  assert.is(await report('SIP/2.0 200 OK', 'active', 'refer;id=9999'), 481);
  assert.is(outcome(), null);
  assert.is(await report('SIP/2.0 200 OK', 'terminated', `refer;id=${id}`), 200);
  assert.is(outcome()?.outcome, 'done');
  call.request('BYE');
  await assertQuiet(world);
});

test('the call of another leg is named as its other end knows it', async () => {
  const world = await agentWorld();
  const call = await new RawCall(world).establish();
  const other = world.place({ target: 'sip:202@10.0.0.1' });
  await world.clock.advance(10);
  const invite = world.peer.request('INVITE').message;
  world.peer.send(responseText(invite, 200, { body: sdpText(), toTag: 'theirs', headers: ['Supported: timer, Replaces'] }));
  await world.clock.advance(10);
  void first(world.calls).leg.refer?.({ to: 'sip:202@10.0.0.1', replaces: other.leg, timeoutMs: 1000 });
  await world.clock.advance(10);
  const referTo = call.asked('REFER').headers.get('Refer-To') ?? '';
  const replaces = decodeURIComponent(/\?Replaces=([^>]+)>/.exec(referTo)?.[1] ?? '');
  assert.is(replaces, `${invite.headers.get('Call-ID')};to-tag=theirs;from-tag=${tagIn(invite, 'From')}`);
  other.leg.hangUp('over');
  first(world.calls).leg.hangUp('over');
  await world.clock.advance(10);
  for (const { message } of world.peer.requests('BYE')) world.peer.send(responseText(message, 200));
  await assertQuiet(world);
});

test('peers that say they cannot are not asked', async () => {
  const world = await agentWorld();
  const call = await new RawCall(world, { headers: ['Allow: INVITE, ACK, BYE'] }).establish();
  assert.is((await first(world.calls).leg.refer?.({ to: 'sip:9@10.0.0.1', timeoutMs: 1000 }))?.outcome, 'refused');
  const able = await new RawCall(world, { headers: ['Allow: INVITE, ACK, BYE, REFER'] }).establish();
  const outcome = await world.calls[1]?.leg.refer?.({ to: 'sip:9@10.0.0.1', replaces: first(world.calls).leg, timeoutMs: 1000 });
  assert.is(outcome?.outcome, 'refused');
  assert.is(world.peer.requests('REFER').length, 0);
  call.request('BYE');
  able.request('BYE');
  await assertQuiet(world);
});

test('a second REFER waits for nothing: it is refused here', async () => {
  const { world, call, taken } = await asked();
  assert.is((await taken.leg.refer?.({ to: 'sip:9@10.0.0.1', timeoutMs: 1000 }))?.outcome, 'refused');
  call.request('BYE');
  await assertQuiet(world);
});

test('a report that nobody asked for is refused, and so is a REFER of the peer', async () => {
  const world = await agentWorld();
  const call = await new RawCall(world).establish();
  call.request('NOTIFY', { headers: ['Event: refer', 'Subscription-State: active'] });
  await world.clock.advance(10);
  assert.is(world.peer.statuses('NOTIFY').at(-1), 481);
  call.request('REFER', { headers: ['Refer-To: <sip:900@10.0.0.1>'] });
  await world.clock.advance(10);
  assert.is(world.peer.statuses('REFER').at(-1), 405);
  call.request('BYE');
  await assertQuiet(world);
});

test.run();
