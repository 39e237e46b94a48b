import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AgentWorld, Taken } from '../../support/sip/agent-world.ts';
import { agentWorld, assertQuiet, RawCall, wait } from '../../support/sip/agent-world.ts';
import { ackText, responseText, sdpText } from '../../support/sip/message-text.ts';

async function established(options: Parameters<typeof agentWorld>[0] = {}): Promise<{ world: AgentWorld; call: RawCall; taken: Taken }> {
  const world = await agentWorld(options);
  const call = await new RawCall(world).establish();
  return { world, call, taken: world.calls[0] as Taken };
}

async function endedQuietly(world: AgentWorld, call: RawCall): Promise<void> {
  call.request('BYE');
  await world.clock.advance(10);
  assert.equal(world.peer.statuses('BYE'), [200]);
  await assertQuiet(world);
}

const directionIn = (body: Uint8Array): string => /a=(sendrecv|sendonly|recvonly|inactive)/.exec(Buffer.from(body).toString())?.[1] ?? 'sendrecv';
const versionIn = (body: Uint8Array): number => Number(/^o=\S+ \S+ (\d+) /m.exec(Buffer.from(body).toString())?.[1]);

for (const method of ['INVITE', 'UPDATE'] as const) {
  test(`hold and resume by ${method}`, async () => {
    const { world, call, taken } = await established();
    const change = async (body: string): Promise<Uint8Array> => {
      call.request(method, { body });
      await world.clock.advance(10);
      const answer = call.response(method, 200).body;
      if (method === 'INVITE') call.ack();
      await world.clock.advance(10);
      return answer;
    };
    const first = call.response('INVITE', 200).body;
    const hold = await change(sdpText({ version: 2, direction: 'sendonly' }));
    assert.is(directionIn(hold), 'recvonly');
    const zeros = await change(sdpText({ version: 3, address: '0.0.0.0' }));
    assert.is(directionIn(zeros), 'inactive');
    const back = await change(sdpText({ version: 4, port: 4100 }));
    assert.equal([first, hold, zeros, back].map(versionIn), [1, 2, 3, 4]);
    assert.equal(taken.told, ['established', 'media recvonly', 'media inactive', 'media sendrecv']);
    assert.equal(taken.media.at(-1)?.remote, { address: '10.0.0.1', port: 4100 });
    await endedQuietly(world, call);
  });

  test(`${method} with media that we do not have gets 488, and the session stays`, async () => {
    const { world, call, taken } = await established();
    call.request(method, { body: sdpText({ formats: '18' }) });
    await world.clock.advance(10);
    assert.is(world.peer.statuses(method).at(-1), 488);
    if (method === 'INVITE') world.peer.send(ackText(call.response('INVITE', 488)));
    await world.clock.advance(1000);
    assert.equal(taken.told, ['established']);
    assert.is(taken.leg.state, 'established');
    await endedQuietly(world, call);
  });

  test(`${method} moves the other side to another Contact`, async () => {
    const { world, call, taken } = await established();
    const { RawPeer } = await import('../../support/sip/raw-peer.ts');
    const moved = await RawPeer.open(world.network, '10.0.0.1', 5099);
    call.request(method, { body: sdpText({ version: 2 }), contact: '<sip:ada@10.0.0.1:5099>' });
    await world.clock.advance(10);
    if (method === 'INVITE') call.ack();
    await world.clock.advance(10);
    taken.leg.hangUp('done');
    await world.clock.advance(10);
    const bye = moved.request('BYE').message;
    assert.is(bye.uri, 'sip:ada@10.0.0.1:5099');
    moved.send(responseText(bye, 200));
    await assertQuiet(world);
  });

  test(`${method} with another body than SDP gets 415 and what we take`, async () => {
    const { world, call } = await established();
    call.request(method, { body: '<x/>', type: 'application/xml' });
    await world.clock.advance(10);
    assert.is(world.peer.statuses(method).at(-1), 415);
    assert.is(call.response(method).headers.get('Accept'), 'application/sdp');
    if (method === 'INVITE') world.peer.send(ackText(call.response('INVITE', 415)));
    await endedQuietly(world, call);
  });

  test(`${method} with an interval that is too small gets 422 and the least one`, async () => {
    const { world, call } = await established();
    call.request(method, { headers: ['Supported: timer', 'Session-Expires: 60'] });
    await world.clock.advance(10);
    assert.is(world.peer.statuses(method).at(-1), 422);
    assert.is(call.response(method).headers.get('Min-SE'), '90');
    if (method === 'INVITE') world.peer.send(ackText(call.response('INVITE', 422)));
    await endedQuietly(world, call);
  });
}

test('a re-INVITE without offer: ours repeats what stands, the answer is in the ACK', async () => {
  const { world, call, taken } = await established();
  call.request('INVITE', { body: sdpText({ version: 2, direction: 'sendonly' }) });
  await world.clock.advance(10);
  call.ack();
  await world.clock.advance(10);
  call.request('INVITE');
  await world.clock.advance(10);
  assert.is(directionIn(call.response('INVITE', 200).body), 'recvonly', 'a refresh does not end the hold');
  call.ack(sdpText({ version: 3, port: 4200 }));
  await world.clock.advance(10);
  assert.equal(taken.told, ['established', 'media recvonly', 'media sendrecv']);
  assert.is(taken.media.at(-1)?.remote?.port, 4200);
  await endedQuietly(world, call);
});

test('a re-INVITE that is never acknowledged ends the call after 32 s', async () => {
  const { world, call, taken } = await established();
  call.request('INVITE', { body: sdpText({ version: 2 }) });
  await world.clock.advance(32_100);
  const bye = call.asked('BYE');
  assert.match(bye.headers.get('Reason') ?? '', /^SIP;cause=\d+;text="no ACK came for our 200"$/);
  world.peer.send(responseText(bye, 200));
  await world.clock.advance(10);
  assert.equal(taken.told, ['established', 'media sendrecv', 'ended failure']);
  await assertQuiet(world);
});

test('an ACK of the first INVITE that comes late does not acknowledge the second', async () => {
  const { world, call } = await established();
  const late = ackText(call.response('INVITE', 200));
  call.request('INVITE', { body: sdpText({ version: 2 }) });
  await world.clock.advance(10);
  world.peer.send(late);
  await world.clock.advance(600);
  assert.is(world.peer.statuses('INVITE').filter((status) => status === 200).length, 3, 'the second 200 is still repeated');
  call.ack();
  await endedQuietly(world, call);
});

test('a second re-INVITE before the first is acknowledged gets 500 with Retry-After', async () => {
  const { world, call } = await established();
  call.request('INVITE', { body: sdpText({ version: 2 }) });
  await world.clock.advance(10);
  const first = call.response('INVITE', 200);
  call.request('INVITE', { body: sdpText({ version: 3 }) });
  await world.clock.advance(10);
  const refused = call.response('INVITE', 500);
  assert.match(refused.headers.get('Retry-After') ?? '', /^([0-9]|10)$/);
  world.peer.send(ackText(refused));
  world.peer.send(ackText(first));
  await world.clock.advance(10);
  await endedQuietly(world, call);
});

test('an UPDATE with an offer before the call is answered gets 500, without one 200', async () => {
  const world = await agentWorld({ policy: (leg) => leg.ring() });
  const call = new RawCall(world);
  call.invite();
  await world.clock.advance(10);
  call.request('UPDATE', { body: sdpText({ version: 2 }) });
  await world.clock.advance(10);
  call.request('UPDATE');
  await world.clock.advance(10);
  assert.equal(world.peer.statuses('UPDATE'), [500, 200]);
  call.cancel();
  await world.clock.advance(10);
  world.peer.send(ackText(call.response('INVITE', 487)));
  await assertQuiet(world);
});

test('an UPDATE while our offer of a 200 is open gets 491', async () => {
  const world = await agentWorld();
  const call = new RawCall(world, { body: '' });
  call.invite();
  await world.clock.advance(10);
  call.request('UPDATE', { body: sdpText() });
  await world.clock.advance(10);
  assert.equal(world.peer.statuses('UPDATE'), [491]);
  call.ack(sdpText());
  await endedQuietly(world, call);
});

test('digits by INFO, in both forms, and what is none', async () => {
  const { world, call, taken } = await established();
  const bodies: [string, string][] = [
    ['application/dtmf-relay', 'Signal=5\r\nDuration=160'],
    ['application/dtmf-relay', 'Signal= *\r\nDuration= 250\r\n'],
    ['application/dtmf-relay', 'Signal=11\r\n'],
    ['application/dtmf', '7'],
    ['application/dtmf; charset=utf-8', 'A\r\n'],
    ['application/dtmf-relay', 'Signal=55'],
    ['text/plain', 'hello'],
  ];
  for (const [type, body] of bodies) {
    call.request('INFO', { body, type });
    await world.clock.advance(10);
  }
  call.request('INFO');
  await world.clock.advance(10);
  assert.equal(world.peer.statuses('INFO'), [200, 200, 200, 200, 200, 415, 415, 200]);
  assert.equal(taken.told.slice(1), ['digit 5 160', 'digit * 250', 'digit # 160', 'digit 7 160', 'digit A 160']);
  assert.match(world.peer.responses('INFO')[6]?.message.headers.get('Accept') ?? '', /application\/dtmf-relay/);
  await endedQuietly(world, call);
});

test('a repeated INFO is one digit', async () => {
  const { world, call, taken } = await established();
  call.request('INFO', { body: 'Signal=5', type: 'application/dtmf-relay', branch: 'info', cseq: 7 });
  await world.clock.advance(10);
  call.request('INFO', { body: 'Signal=5', type: 'application/dtmf-relay', branch: 'info', cseq: 7 });
  await world.clock.advance(10);
  assert.equal(world.peer.statuses('INFO'), [200, 200]);
  assert.equal(taken.told, ['established', 'digit 5 160']);
  call.request('BYE', { cseq: 8 });
  await assertQuiet(world);
});

test('within the dialog: OPTIONS is answered, an unknown method gets 405, an unknown extension 420', async () => {
  const { world, call } = await established();
  call.request('OPTIONS');
  await world.clock.advance(10);
  call.request('MESSAGE', { body: 'hello', type: 'text/plain' });
  await world.clock.advance(10);
  call.request('INFO', { headers: ['Require: telepathy'] });
  await world.clock.advance(10);
  assert.equal([world.peer.statuses('OPTIONS'), world.peer.statuses('MESSAGE'), world.peer.statuses('INFO')], [[200], [405], [420]]);
  assert.match(call.response('MESSAGE').headers.get('Allow') ?? '', /INVITE/);
  assert.is(call.response('INFO').headers.get('Unsupported'), 'telepathy');
  await endedQuietly(world, call);
});

test('BYE with a reason is told with it', async () => {
  const { world, call, taken } = await established();
  call.request('BYE', { headers: ['Reason: Q.850;cause=16;text="Normal"'] });
  await world.clock.advance(10);
  assert.match(taken.end?.text ?? '', /Q\.850;cause=16/);
  await assertQuiet(world);
});

test('nothing is told after the end, though the dialog still waits for its ACK', async () => {
  const world = await agentWorld({ policy: wait });
  const call = new RawCall(world);
  call.invite();
  await world.clock.advance(10);
  const taken = world.calls[0] as Taken;
  taken.leg.answer({ address: '10.0.0.2', rtpPort: 10_000, codecs: ['PCMU'] });
  await world.clock.advance(10);
  taken.leg.hangUp('changed my mind');
  call.request('INFO', { body: 'Signal=5', type: 'application/dtmf-relay' });
  call.request('UPDATE', { body: sdpText({ version: 2 }) });
  await world.clock.advance(10);
  assert.equal(taken.told, ['ended local']);
  call.ack();
  await world.clock.advance(10);
  world.peer.send(responseText(call.asked('BYE'), 200));
  await assertQuiet(world);
});

test.run();
