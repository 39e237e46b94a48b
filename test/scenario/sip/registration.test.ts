import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PeerSettings } from '../../../firmware/config/settings.ts';
import type { SipRequest } from '../../../firmware/sip/message.ts';
import type { AgentWorld } from '../../support/sip/agent-world.ts';
import { agentWorld } from '../../support/sip/agent-world.ts';
import { assertSha256, challengeLine, digestField } from '../../support/sip/digest-check.ts';
import { pbx, sipSettings } from '../../support/sip/layer-world.ts';
import type { Reply } from '../../support/sip/message-text.ts';
import { responseText, tagIn } from '../../support/sip/message-text.ts';
import type { Answer } from '../../support/sip/script.ts';
import { script, silence } from '../../support/sip/script.ts';
import { RawPeer } from '../../support/sip/raw-peer.ts';

const register = { user: '900', authUser: 'unit', password: 'secret', expiresSec: 600 };
const registrar: PeerSettings = { ...pbx, register };

const answer = (status: number, reply: Reply = {}): Answer => (request) => responseText(request, status, reply);
/** 200 as registrars give it: the binding with what is left of it. */
const granted = (seconds: number): Answer => (request) => responseText(request, 200, { contact: `${request.headers.get('Contact')};expires=${seconds}` });
const asGiven: Answer = (request) => granted(Number(request.headers.get('Expires')))(request);
const challenged = (nonce: string, more = ''): Answer => answer(401, { headers: [challengeLine('WWW-Authenticate', 'pbx', `md5-${nonce}`, 'MD5', more), challengeLine('WWW-Authenticate', 'pbx', nonce, 'SHA-256', more)] });

/** A unit that registers at the raw peer, which answers so. */
async function registering(answers: readonly Answer[], peer: PeerSettings = registrar): Promise<{ world: AgentWorld; told: string[] }> {
  const told: string[] = [];
  const world = await agentWorld({ peers: [peer], log: { write: (severity, event) => void told.push(`${severity} ${event}`) } });
  script(world.peer, { REGISTER: answers });
  await world.clock.advance(100);
  return { world, told };
}

const registers = (world: AgentWorld): SipRequest[] => world.peer.requests('REGISTER').map(({ message }) => message);
const expiries = (world: AgentWorld): (string | undefined)[] => registers(world).map(({ headers }) => headers.get('Expires'));
const state = (world: AgentWorld): string | undefined => world.agent.peers()[0]?.registration;

/** Stops the unit; nothing of it may be left, and nothing may have been thrown. */
async function stopped(world: AgentWorld): Promise<void> {
  void world.agent.stop(500);
  await world.clock.advance(1000);
  assert.equal({ timers: world.clock.pending().map(({ name }) => name), caught: world.agent.counters().caught }, { timers: [], caught: 0 });
}

test('challenged with MD5 and SHA-256, the unit answers the stronger one and is registered', async () => {
  const { world, told } = await registering([challenged('n1'), asGiven]);
  const [first, second] = registers(world) as [SipRequest, SipRequest];
  assert.is(registers(world).length, 2);
  assert.is(first.uri, 'sip:10.0.0.1:5060');
  assert.is(first.headers.get('Contact'), '<sip:900@10.0.0.2:5060>');
  assert.is(first.headers.get('To'), '<sip:900@10.0.0.1>');
  assert.is(first.headers.get('Authorization'), undefined);
  assert.equal([first.headers.get('CSeq'), second.headers.get('CSeq')], ['1 REGISTER', '2 REGISTER']);
  for (const name of ['Call-ID', 'Contact', 'From', 'To', 'Expires']) assert.is(second.headers.get(name), first.headers.get(name), name);
  assertSha256(second, { user: 'unit', realm: 'pbx', password: 'secret' });
  assert.equal(world.agent.peers()[0], { name: 'pbx', registration: 'registered', detail: 'for 600 s as 900', watch: null, inUse: true, received: 2, sent: 2 });
  assert.equal(told, ['info registered']);
  await stopped(world);
});

test('it refreshes between 60 and 85 % of what was granted, for as long as it runs, and tells nobody', async () => {
  const { world, told } = await registering([granted(100)]);
  await world.clock.advance(3600_000);
  const times = world.peer.requests('REGISTER').map(({ atMs }) => atMs);
  const gaps = times.slice(1).map((at, index) => at - (times[index] as number));
  assert.ok(gaps.length >= 3600 / 85, `${gaps.length} refreshes`);
  for (const gap of gaps) assert.ok(gap >= 60_000 && gap <= 85_010, `${gap} ms between two`);
  assert.ok(new Set(gaps).size > 10, 'not all at the same distance');
  assert.is(new Set(registers(world).map(({ headers }) => headers.get('Call-ID'))).size, 1);
  assert.is(state(world), 'registered');
  assert.equal(told, ['info registered']);
  await stopped(world);
});

test('while a refresh is under way the registration still counts', async () => {
  const { world } = await registering([granted(100), silence]);
  while (registers(world).length === 1) await world.clock.advance(10);
  await world.clock.advance(31_900);
  assert.is(state(world), 'registered');
  await world.clock.advance(200);
  assert.is(state(world), 'failed');
  await stopped(world);
});

const uses = (world: AgentWorld): string[] => registers(world).map(({ headers }) => ['nonce', 'nc'].map((name) => digestField(headers.get('Authorization') ?? '', name)).join(' '));

test('a refresh and the removal carry credentials unasked, and the uses of the nonce are counted', async () => {
  const { world } = await registering([challenged('same'), granted(100)]);
  await world.clock.advance(90_000);
  assert.equal(uses(world), [' ', 'same 00000001', 'same 00000002']);
  assertSha256(registers(world)[2] as SipRequest, { user: 'unit', realm: 'pbx', password: 'secret' });
  await stopped(world);
  assert.equal([uses(world)[3], expiries(world)[3]], ['same 00000003', '0']);
});

for (const more of [', stale=true', '']) {
  test(`a registrar that has a new nonce at the refresh is answered at once, ${more === '' ? 'though it does not call the old one stale' : 'as the old one is stale'}`, async () => {
    const { world, told } = await registering([challenged('n1'), granted(100), challenged('n2', more), granted(100)]);
    await world.clock.advance(90_000);
    assert.equal(uses(world), [' ', 'n1 00000001', 'n1 00000002', 'n2 00000001']);
    assert.equal([state(world), told], ['registered', ['info registered']]);
    await stopped(world);
  });
}

test('a password that the registrar has changed is tried once more, asked for, and not again', async () => {
  const { world } = await registering([challenged('n1'), granted(100), challenged('n2')]);
  await world.clock.advance(86_000);
  assert.equal([uses(world).slice(2, 4), state(world)], [['n1 00000002', 'n2 00000001'], 'failed']);
  await stopped(world);
});

test('a registrar that refuses a nonce it has forgotten is asked anew, without credentials', async () => {
  const { world } = await registering([challenged('n1'), granted(100), answer(403), challenged('n2'), granted(100)]);
  await world.clock.advance(89_000);
  assert.equal(uses(world), [' ', 'n1 00000001', 'n1 00000002', ' ', 'n2 00000001']);
  assert.is(state(world), 'registered');
  await stopped(world);
});

test('a nonce that grew stale is replaced; a password that is wrong is not sent again', async () => {
  const { world } = await registering([challenged('old'), challenged('new', ', stale=true'), asGiven]);
  assert.equal(registers(world).map(({ headers }) => digestField(headers.get('Authorization') ?? '', 'nonce')), ['', 'old', 'new']);
  assert.is(state(world), 'registered');
  await stopped(world);

  const wrong = await registering([challenged('n1'), challenged('n2')]);
  assert.is(registers(wrong.world).length, 2);
  assert.is(state(wrong.world), 'failed');
  assert.match(wrong.world.agent.peers()[0]?.detail ?? '', /^401/);
  assert.equal(wrong.told, ['warning registration-failed']);
  await stopped(wrong.world);
});

test('a registrar that calls every nonce stale is asked four times, then after a pause', async () => {
  const { world } = await registering([challenged('n', ', stale=true')]);
  assert.is(registers(world).length, 4);
  assert.is(state(world), 'failed');
  await stopped(world);
});

test('challenges that the unit cannot meet fail the registration', async () => {
  for (const line of ['WWW-Authenticate: Basic realm="pbx"', 'WWW-Authenticate: Digest realm="pbx", nonce="n", algorithm=WHIRL', 'WWW-Authenticate: Digest realm="pbx", nonce="n", qop="auth-int"', 'X-Nothing: 1']) {
    const { world } = await registering([answer(401, { headers: [line] })]);
    assert.is(registers(world).length, 1, line);
    assert.is(state(world), 'failed', line);
    await stopped(world);
  }
});

test('a proxy on the way challenges too (407): the registrar sees both credentials', async () => {
  const proxy = answer(407, { headers: [challengeLine('Proxy-Authenticate', 'edge', 'p1', 'SHA-256')] });
  const { world } = await registering([proxy, challenged('n1'), asGiven]);
  const last = registers(world)[2] as SipRequest;
  assertSha256(last, { user: 'unit', realm: 'pbx', password: 'secret' });
  assertSha256(last, { user: 'unit', realm: 'edge', password: 'secret' }, 'Proxy-Authorization');
  assert.is(state(world), 'registered');
  await stopped(world);
});

test('a registrar that wants longer registrations (423) gets them, now and at every refresh', async () => {
  const { world } = await registering([answer(423, { headers: ['Min-Expires: 1800'] }), asGiven]);
  assert.equal(expiries(world), ['600', '1800']);
  await world.clock.advance(1800_000);
  assert.equal([...new Set(expiries(world).slice(1))], ['1800']);
  assert.is(state(world), 'registered');
  await stopped(world);
});

test('a 423 that makes no sense fails the registration', async () => {
  for (const headers of [[], ['Min-Expires: 60'], ['Min-Expires: soon'], ['Min-Expires: 4000000000']]) {
    const { world } = await registering([answer(423, { headers })]);
    assert.is(registers(world).length, 1, String(headers));
    assert.is(state(world), 'failed', String(headers));
    await stopped(world);
  }
});

const grants: readonly [name: string, reply: (request: SipRequest) => Reply, seconds: number][] = [
  ['in our Contact, among those of others', ({ headers }) => ({ contact: `<sip:900@10.7.7.7:5060>;expires=30, ${headers.get('Contact')};expires=400` }), 400],
  ['in Expires, as there is none in the Contact', ({ headers }) => ({ contact: headers.get('Contact') ?? '', headers: ['Expires: 300'] }), 300],
  ['nowhere: what was asked for', () => ({ contact: null }), 600],
  ['as nothing: at least 10 s', ({ headers }) => ({ contact: `${headers.get('Contact')};expires=0` }), 10],
];

for (const [name, reply, seconds] of grants) {
  test(`what was granted is ${name}`, async () => {
    const { world } = await registering([(request) => responseText(request, 200, reply(request))]);
    assert.is(world.agent.peers()[0]?.detail, `for ${seconds} s as 900`);
    await stopped(world);
  });
}

test('a registrar that is silent is tried again and again, ever more rarely, and told of once; when it is back the unit registers', async () => {
  const { world, told } = await registering([silence]);
  assert.is(state(world), 'registering');
  await world.clock.advance(32_000);
  assert.is(state(world), 'failed');
  await world.clock.advance(3600_000);
  const tries = [...new Map(world.peer.requests('REGISTER').reverse().map(({ message, atMs }) => [message.headers.get('CSeq'), atMs])).values()].reverse();
  const waits = tries.slice(1).map((at, index) => at - (tries[index] as number) - 32_000);
  assert.ok((waits[0] as number) >= 1500 && (waits[0] as number) <= 2000, `first after ${waits[0]} ms`);
  assert.ok(waits.every((wait) => wait <= 120_010), `never longer than two minutes: ${waits}`);
  assert.ok((waits.at(-1) as number) >= 90_000 && tries.length < 40, `${tries.length} tries in an hour`);
  assert.equal(told, ['warning registration-failed']);
  script(world.peer, { REGISTER: [asGiven] });
  await world.clock.advance(160_000);
  assert.is(state(world), 'registered');
  assert.equal(told, ['warning registration-failed', 'info registered']);
  await stopped(world);
});

test('Retry-After is respected', async () => {
  const { world } = await registering([answer(503, { headers: ['Retry-After: 300 (I am busy)'] }), asGiven]);
  await world.clock.advance(299_000);
  assert.is(registers(world).length, 1);
  await world.clock.advance(2000);
  assert.is(registers(world).length, 2);
  await stopped(world);
});

test('a host name is looked up each time; one that is not found is tried again', async () => {
  const { world } = await registering([asGiven], { ...registrar, host: 'pbx.example.com' });
  assert.is(state(world), 'failed');
  world.network.names.set('pbx.example.com', ['10.0.0.1']);
  await world.clock.advance(3000);
  assert.is(state(world), 'registered');
  assert.is(registers(world)[0]?.uri, 'sip:pbx.example.com:5060');
  assert.is(registers(world)[0]?.headers.get('To'), '<sip:900@pbx.example.com>');
  await stopped(world);
});

test('over TCP the Contact says so, and one connection carries all', async () => {
  const world = await agentWorld({ peers: [{ ...registrar, transport: 'tcp' }], startLater: true });
  const heard: string[] = [];
  let connections = 0;
  await world.network.host('10.0.0.1').stream.listen({ address: '10.0.0.1', port: 5060 }, (connection) => {
    connections += 1;
    connection.received = (bytes) => {
      const text = Buffer.from(bytes).toString();
      heard.push(text);
      const fields = text.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq|Contact|Expires):/.test(line));
      connection.write(Buffer.from(`SIP/2.0 200 OK\r\n${fields.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`));
    };
  });
  await world.agent.start();
  await world.clock.advance(1000_000);
  assert.ok(heard.length >= 2, 'registered and refreshed');
  assert.is(connections, 1);
  assert.match(heard[0] ?? '', /^REGISTER sip:10\.0\.0\.1:5060;transport=tcp SIP\/2\.0\r\nVia: SIP\/2\.0\/TCP /);
  assert.match(heard[0] ?? '', /\r\nContact: <sip:900@10\.0\.0\.2:5060;transport=tcp>\r\n/);
  assert.is(state(world), 'registered');
  await stopped(world);
  assert.match(heard.at(-1) ?? '', /\r\nExpires: 0\r\n/);
});

test('when the unit stops the registration is taken back, and stopping ends with the answer', async () => {
  const { world } = await registering([challenged('n1'), asGiven, challenged('n2'), asGiven]);
  let stoppedAt = 0;
  const before = world.clock.monotonic();
  void world.agent.stop(5000).then(() => (stoppedAt = world.clock.monotonic()));
  await world.clock.advance(6000);
  assert.equal(expiries(world), ['600', '600', '0', '0']);
  assertSha256(registers(world)[3] as SipRequest, { user: 'unit', realm: 'pbx', password: 'secret' });
  assert.is(registers(world)[3]?.headers.get('Call-ID'), registers(world)[0]?.headers.get('Call-ID'));
  assert.ok(stoppedAt > before && stoppedAt - before < 100, `${stoppedAt - before} ms`);
  assert.equal(world.clock.pending(), []);
});

test('when the unit stops and the registrar is silent, it stops in time', async () => {
  const { world } = await registering([asGiven, silence]);
  let done = false;
  void world.agent.stop(500).then(() => (done = true));
  await world.clock.advance(499);
  assert.not(done);
  await world.clock.advance(2);
  assert.ok(done);
  await world.clock.advance(10);
  assert.equal(world.clock.pending(), []);
});

test('stopped in the middle of registering: what comes late does not bring the registration back', async () => {
  const { world } = await registering([silence, asGiven]);
  void world.agent.stop(2000);
  await world.clock.advance(1);
  world.peer.send(challenged('late')(registers(world)[0] as SipRequest) ?? '');
  await world.clock.advance(3000);
  assert.is(expiries(world).at(-1), '0');
  assert.equal([...new Set(registers(world).map(({ headers }) => `${headers.get('CSeq')} ${headers.get('Expires')}`))], ['1 REGISTER 600', '2 REGISTER 0']);
  assert.equal(world.clock.pending(), []);
});

test('a new configuration that leaves the registration as it is does not touch it', async () => {
  const { world } = await registering([asGiven]);
  world.agent.apply(sipSettings, [{ ...registrar, register: { ...register }, lamps: 'notify', addresses: ['10.0.0.1', '10.0.0.9'] }]);
  await world.clock.advance(1000);
  assert.is(registers(world).length, 1);
  assert.equal(world.agent.peers()[0], { name: 'pbx', registration: 'registered', detail: 'for 600 s as 900', watch: null, inUse: true, received: 1, sent: 1 });
  await stopped(world);
});

test('a peer without registration any more is unregistered; one that is new is registered', async () => {
  const { world } = await registering([asGiven]);
  const other = await RawPeer.open(world.network, '10.0.0.3');
  script(other, { REGISTER: [asGiven] });
  const second: PeerSettings = { ...registrar, name: 'second', addresses: ['10.0.0.3'], host: '10.0.0.3' };
  world.agent.apply(sipSettings, [{ ...registrar, register: null }, second]);
  assert.equal(world.agent.peers().map(({ registration }) => registration), ['off', 'registering']);
  await world.clock.advance(1000);
  assert.equal(expiries(world), ['600', '0']);
  assert.equal(other.requests('REGISTER').map(({ message }) => message.headers.get('Expires')), ['600']);
  assert.equal(world.agent.peers().map(({ registration }) => registration), ['off', 'registered']);
  await stopped(world);
});

test('a registration that moves to another registrar does not wait for the old one', async () => {
  const { world } = await registering([asGiven, silence]);
  const other = await RawPeer.open(world.network, '10.0.0.3');
  script(other, { REGISTER: [asGiven] });
  world.agent.apply(sipSettings, [{ ...registrar, addresses: ['10.0.0.1', '10.0.0.3'], host: '10.0.0.3' }]);
  await world.clock.advance(100);
  assert.equal(expiries(world), ['600', '0']);
  assert.is(state(world), 'registered');
  await stopped(world);
});

test('a changed registration at the same registrar begins when the old one is gone, so that it is not taken back with it', async () => {
  const { world } = await registering([asGiven]);
  script(world.peer, { REGISTER: [silence, asGiven] });
  world.agent.apply(sipSettings, [{ ...registrar, register: { ...register, expiresSec: 900 } }]);
  await world.clock.advance(700);
  assert.equal(expiries(world), ['600', '0', '0'], 'the removal was lost once');
  world.peer.send(asGiven(registers(world)[1] as SipRequest) ?? '');
  await world.clock.advance(1000);
  assert.equal(expiries(world), ['600', '0', '0', '900']);
  assert.is.not(tagIn(registers(world).at(-1) as SipRequest, 'From'), tagIn(registers(world)[0] as SipRequest, 'From'));
  assert.is(state(world), 'registered');
  await stopped(world);
});

test.run();
