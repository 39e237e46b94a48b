import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PeerSettings } from '../../../firmware/config/settings.ts';
import type { SipRequest } from '../../../firmware/sip/message.ts';
import { Registration } from '../../../firmware/sip/registration/registration.ts';
import type { Answer, ClientWorld } from './scripted-layer.ts';
import { clientWorld, header, peerNamed } from './scripted-layer.ts';

const register = { user: 'vm', authUser: 'vm-login', password: 'secret', expiresSec: 600 };
const peer = peerNamed('pbx', { register });

interface Started extends ClientWorld {
  readonly registration: Registration;
}

async function started(script: (request: SipRequest, index: number) => Answer, settings: PeerSettings = peer): Promise<Started> {
  const world = clientWorld();
  world.layer.script = script;
  const registration = new Registration(world.parts, settings);
  registration.start();
  await world.clock.advance(100);
  return { ...world, registration };
}

/** Start times of the tries of a registration that is challenged by nobody. */
const times = (world: ClientWorld): number[] => world.layer.sent.map(({ atMs }) => atMs);
const requests = (world: ClientWorld): SipRequest[] => world.layer.sent.map(({ request }) => request);
const all = (world: ClientWorld, name: string): string[] => requests(world).map((request) => header(request, name));
const with_ = (status: number, ...headers: readonly (readonly [string, string])[]): Answer => ({ status, headers: headers.map(([name, value]) => ({ name, value })) });

const digestOf = (nonce: string, more = ''): [string, string] => ['WWW-Authenticate', `Digest realm="pbx", nonce="${nonce}", qop="auth", algorithm=SHA-256${more}`];

/** What a registrar does with credentials (RFC 7616 section 3.4.1), written down here a second time. */
function proves({ headers, uri }: SipRequest, nonce: string, password = 'secret', name = 'Authorization'): boolean {
  const field = (key: string): string => new RegExp(`\\b${key}="?([^",]*)`).exec(headers.get(name) ?? '')?.[1] ?? '';
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  const proof = hash(`${hash(`vm-login:pbx:${password}`)}:${nonce}:${field('nc')}:${field('cnonce')}:auth:${hash(`REGISTER:${uri}`)}`);
  return field('username') === 'vm-login' && field('uri') === uri && field('response') === proof;
}

test('a REGISTER as RFC 3261 10.2 wants it', async () => {
  const { layer, registration, logged } = await started(() => 200);
  const { request, to } = layer.newest;
  assert.equal([request.method, request.uri, to], ['REGISTER', 'sip:pbx.example:5060', { transport: 'udp', remote: { address: '10.0.0.1', port: 5060 } }]);
  assert.is(header(request, 'To'), '<sip:vm@pbx.example>');
  assert.match(header(request, 'From'), /^<sip:vm@pbx\.example>;tag=[0-9a-f]{12}$/);
  assert.equal([header(request, 'Contact'), header(request, 'Expires'), header(request, 'CSeq')], ['<sip:vm@10.0.0.2:5060>', '600', '1 REGISTER']);
  assert.equal(registration.status(), { registration: 'registered', detail: 'for 600 s as vm' });
  assert.equal(logged, ['registered']);
});

test('by TCP at an IPv6 registrar with a port of its own', async () => {
  const { layer } = await started(() => 200, peerNamed('pbx', { register, host: '2001:db8::1', port: 5070, transport: 'tcp' }));
  const { request, to } = layer.newest;
  assert.equal([request.uri, header(request, 'To')], ['sip:[2001:db8::1]:5070;transport=tcp', '<sip:vm@[2001:db8::1]>']);
  assert.equal(to, { transport: 'tcp', remote: { address: '2001:db8::1', port: 5070 } });
  assert.is(header(request, 'Contact'), '<sip:vm@10.0.0.2:5060;transport=tcp>');
});

test('a challenge is met at once, in the same series of requests', async () => {
  const world = await started((request) => (proves(request, 'n1') ? 200 : with_(401, digestOf('n1'))));
  assert.is(world.registration.status().registration, 'registered');
  assert.equal(all(world, 'CSeq'), ['1 REGISTER', '2 REGISTER']);
  assert.is(new Set(all(world, 'Call-ID')).size, 1);
});

test('a stale nonce is replaced, and the uses of one nonce are counted', async () => {
  let nonce = 'n1';
  const world = await started((request) => {
    if (proves(request, nonce)) return 200;
    const stale = request.headers.has('Authorization') ? ', stale=true' : '';
    if (nonce === 'n1' && stale === '') return with_(401, digestOf('n1'));
    nonce = 'n2';
    return with_(401, digestOf('n2', stale));
  });
  assert.is(world.registration.status().registration, 'registered');
  await world.clock.advance(600_000);
  nonce = 'n3';
  await world.clock.advance(600_000);
  assert.is(world.registration.status().registration, 'registered');
  assert.equal(world.logged, ['registered'], 'refreshes are no news');
});

test('wrong credentials are sent once for each try, and tries become rare', async () => {
  const world = await started((_request, index) => with_(401, digestOf(`n${index}`)));
  assert.is(world.layer.sent.length, 2);
  assert.equal(world.registration.status(), { registration: 'failed', detail: '401 Unauthorized' });
  await world.clock.advance(3_600_000);
  assert.ok(world.layer.sent.length < 100, `${world.layer.sent.length} REGISTERs in an hour`);
  assert.equal(world.logged, ['registration-failed']);
});

test('a challenge that cannot be met is a failure', async () => {
  const world = await started(() => with_(401, ['WWW-Authenticate', 'Digest realm="pbx", nonce="n", algorithm=SHA-3']));
  assert.equal([world.layer.sent.length, world.registration.status().registration], [1, 'failed']);
});

test('a proxy on the way and the registrar both see their credentials', async () => {
  const world = await started((request) => {
    if (!proves(request, 'p', 'secret', 'Proxy-Authorization')) return with_(407, ['Proxy-Authenticate', digestOf('p')[1]]);
    return proves(request, 'r') ? 200 : with_(401, digestOf('r'));
  });
  assert.equal([world.layer.sent.length, world.registration.status().registration], [3, 'registered']);
});

test('a registrar that challenges for ever is left after three answers', async () => {
  const world = await started((_request, index) => with_(401, digestOf(`n${index}`, ', stale=true')));
  assert.is(world.layer.sent.length, 4);
  assert.is(world.registration.status().registration, 'failed');
});

test('423 is answered with the time it names, which stays', async () => {
  const world = await started((request) => (Number(header(request, 'Expires')) < 1800 ? with_(423, ['Min-Expires', '1800']) : 200));
  assert.equal(all(world, 'Expires'), ['600', '1800']);
  await world.clock.advance(1_700_000);
  assert.equal(all(world, 'Expires'), ['600', '1800', '1800']);
});

for (const least of ['', '600', '60', '999999', 'x']) {
  test(`423 with Min-Expires '${least}' is a failure, not a loop`, async () => {
    const world = await started(() => with_(423, ['Min-Expires', least]));
    assert.equal([world.layer.sent.length, world.registration.status().detail], [1, '423 Interval Too Brief']);
  });
}

const grants: readonly (readonly [string, Answer, number])[] = [
  ['the expires of our Contact among others', with_(200, ['Contact', '<sip:vm@10.0.0.77:5060>;expires=30, <sip:vm@10.0.0.2:5060>;expires=120'], ['Expires', '3600']), 120],
  ['Expires when our Contact has none', with_(200, ['Contact', '<sip:vm@10.0.0.2:5060>'], ['Expires', '300']), 300],
  ['what we asked for when nothing is said', 200, 600],
  ['more than we asked for', with_(200, ['Expires', '7200']), 7200],
  ['ten seconds at least', with_(200, ['Expires', '0']), 10],
  ['a day at most', with_(200, ['Expires', '99999999']), 86_400],
];

for (const [what, answer, granted] of grants) {
  test(`granted: ${what}`, async () => {
    const world = await started(() => answer);
    assert.is(world.registration.status().detail, `for ${granted} s as vm`);
    await world.clock.advance(granted * 1000);
    const refreshed = (times(world)[1] as number) - world.layer.delayMs;
    assert.ok(refreshed >= granted * 600 && refreshed <= granted * 850, `refreshed after ${refreshed} ms`);
  });
}

test('a refresh under way does not make it any less registered; one that fails does', async () => {
  const world = await started((_request, index) => (index === 0 ? 200 : 'timeout'));
  await world.clock.until(() => world.layer.sent.length === 2, 600_000, 1000);
  assert.is(world.registration.status().registration, 'registered');
  await world.clock.advance(33_000);
  assert.equal(world.registration.status(), { registration: 'failed', detail: 'no answer within 32 s' });
  assert.equal(world.logged, ['registered', 'registration-failed']);
});

test('failures are spaced from 2 s to 120 s, each within a quarter of the schedule, and told once; so is the recovery', async () => {
  const world = await started((_request, index) => (index < 10 ? 500 : 200));
  await world.clock.advance(1_200_000);
  const waits = times(world).slice(1, 11).map((at, index) => at - (times(world)[index] as number) - world.layer.delayMs);
  waits.forEach((wait, index) => {
    const full = Math.min(120_000, 2000 * 2 ** index);
    assert.ok(wait <= full && wait >= full * 0.75, `wait ${index}: ${wait} of ${full}`);
  });
  assert.equal(world.logged, ['registration-failed', 'registered']);
});

const pauses: readonly (readonly [string, number, number])[] = [
  ['300', 300_000, 300_000],
  ['18 (I am busy);duration=60', 18_000, 18_000],
  ['7200', 3_600_000, 3_600_000],
  ['soon', 1500, 2000],
  ['0', 1500, 2000],
];

for (const [value, least, most] of pauses) {
  test(`Retry-After: ${value}`, async () => {
    const world = await started((_request, index) => (index === 0 ? with_(503, ['Retry-After', value]) : 200));
    await world.clock.advance(7_300_000);
    const wait = (times(world)[1] as number) - world.layer.delayMs;
    assert.ok(wait >= least && wait <= most, `tried again after ${wait} ms`);
  });
}

test('a name that is not known yet is asked for again', async () => {
  const world = clientWorld();
  world.hosts.clear();
  const registration = new Registration(world.parts, peer);
  registration.start();
  await world.clock.advance(1000);
  assert.match(registration.status().detail, /pbx\.example/);
  world.hosts.set('pbx.example', '10.0.0.1');
  await world.clock.advance(10_000);
  assert.is(registration.status().registration, 'registered');
});

async function stopped(world: Started): Promise<boolean> {
  let done = false;
  void world.registration.stop().then(() => (done = true));
  await world.clock.advance(100);
  return done;
}

test('stop takes the registration back, with credentials when asked, and leaves nothing behind', async () => {
  let nonce = 'n1';
  const world = await started((request) => (proves(request, nonce) ? 200 : with_(401, digestOf(nonce))));
  nonce = 'n2';
  assert.ok(await stopped(world));
  assert.equal(all(world, 'Expires'), ['600', '600', '0', '0']);
  assert.equal(world.registration.status().registration, 'off');
  await world.clock.advance(3_600_000);
  assert.equal([world.layer.sent.length, world.clock.pending().length], [4, 0]);
});

test('stop ends with the transaction when the registrar is silent', async () => {
  const world = await started((_request, index) => (index === 0 ? 200 : 'timeout'));
  assert.not(await stopped(world));
  let done = false;
  void world.registration.stop().then(() => (done = true));
  await world.clock.advance(32_000);
  assert.ok(done);
  assert.equal(world.clock.pending(), []);
});

test('stop twice resolves twice', async () => {
  const world = await started(() => 200);
  const ends: number[] = [];
  void world.registration.stop().then(() => ends.push(1));
  void world.registration.stop().then(() => ends.push(2));
  await world.clock.advance(100);
  void world.registration.stop().then(() => ends.push(3));
  await world.clock.advance(100);
  assert.equal([ends, all(world, 'Expires')], [[1, 2, 3], ['600', '0']]);
});

test('a late answer to the REGISTER does not bring back what was taken back', async () => {
  const world = await started((_request, index) => (index === 0 ? 'silence' : 200));
  assert.ok(await stopped(world));
  world.layer.sent[0]?.answer(200);
  await world.clock.advance(3_600_000);
  assert.equal([all(world, 'Expires'), world.registration.status().registration], [['600', '0'], 'off']);
  assert.equal(world.clock.pending(), []);
});

for (const [what, script] of [['that never began', null], ['that waits for its next try', 500]] as const) {
  test(`a registration ${what} stops at once, without a word`, async () => {
    const world = clientWorld();
    world.layer.script = () => 500;
    const registration = new Registration(world.parts, peer);
    if (script !== null) registration.start();
    await world.clock.advance(100);
    const before = world.layer.sent.length;
    assert.ok(await stopped({ ...world, registration }));
    assert.equal([world.layer.sent.length, world.clock.pending().length], [before, 0]);
  });
}

test.run();
