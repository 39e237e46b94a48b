import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { settle } from '../../../hal/sim/sim-clock.ts';
import type { MessageCounts } from '../../../firmware/sip/user-agent.ts';
import { UnsolicitedNotifier } from '../../../firmware/sip/subscription/unsolicited-notifier.ts';
import type { ClientWorld, Sent } from './scripted-layer.ts';
import { clientWorld, header, peerNamed } from './scripted-layer.ts';

const pbx = peerNamed('pbx', { lamps: 'notify' });
const counts = (newMessages: number): MessageCounts => ({ newMessages, oldMessages: 2, urgentNew: 1, urgentOld: 0 });
const body = ({ request }: Sent): string => Buffer.from(request.body).toString();
/** New messages told, in the order they were sent. */
const told = (world: ClientWorld): number[] => world.layer.sent.map((sent) => Number(/Voice-Message: ([0-9]+)/.exec(body(sent))?.[1]));
const times = (world: ClientWorld): number[] => world.layer.sent.map(({ atMs }) => atMs);

test('a NOTIFY outside of any dialog, as PBXs take it', async () => {
  const world = clientWorld();
  new UnsolicitedNotifier(world.parts, [pbx]).lamp('201', counts(3));
  await world.clock.advance(5000);
  const { request, to } = world.layer.newest;
  assert.is(world.layer.sent.length, 1);
  assert.equal([request.method, request.uri, to.remote], ['NOTIFY', 'sip:201@pbx.example:5060', { address: '10.0.0.1', port: 5060 }]);
  assert.is(header(request, 'To'), '<sip:201@pbx.example>');
  assert.match(header(request, 'From'), /^<sip:201@10\.0\.0\.2>;tag=[0-9a-f]+$/);
  assert.equal([header(request, 'Event'), header(request, 'Subscription-State')], ['message-summary', 'terminated']);
  assert.equal([header(request, 'Contact'), header(request, 'Content-Type')], ['<sip:201@10.0.0.2:5060>', 'application/simple-message-summary']);
  assert.is(body(world.layer.newest), 'Messages-Waiting: yes\r\nMessage-Account: sip:201@10.0.0.2\r\nVoice-Message: 3/2 (1/0)\r\n');
  assert.equal(world.clock.pending(), []);
});

test('by TCP to an IPv6 peer', async () => {
  const world = clientWorld();
  new UnsolicitedNotifier(world.parts, [{ ...pbx, host: '2001:db8::1', port: 5070, transport: 'tcp' }]).lamp('201', counts(1));
  await world.clock.advance(10);
  assert.is(world.layer.newest.request.uri, 'sip:201@[2001:db8::1]:5070;transport=tcp');
  assert.equal(world.layer.newest.to, { transport: 'tcp', remote: { address: '2001:db8::1', port: 5070 } });
});

test('one a second for each mailbox and peer, and the last state always goes out', async () => {
  const world = clientWorld();
  const notifier = new UnsolicitedNotifier(world.parts, [pbx]);
  for (let number = 1; number <= 25; number++) {
    notifier.lamp('201', counts(number));
    await world.clock.advance(100);
  }
  await world.clock.advance(5000);
  assert.is(told(world).at(-1), 25);
  assert.equal(times(world), [0, 1000, 2000, 3000]);
  assert.equal(world.layer.sent.map(({ request }) => header(request, 'CSeq')), ['1 NOTIFY', '2 NOTIFY', '3 NOTIFY', '4 NOTIFY']);
  assert.is(new Set(world.layer.sent.map(({ request }) => header(request, 'Call-ID'))).size, 1);
});

test('mailboxes and peers do not wait for each other, and only peers with lamps are told', async () => {
  const world = clientWorld();
  const other = peerNamed('other', { lamps: 'notify', host: '10.0.0.9' });
  const notifier = new UnsolicitedNotifier(world.parts, [pbx, other, peerNamed('quiet', { lamps: 'subscribe' }), peerNamed('nowhere', { lamps: 'notify', host: null })]);
  notifier.lamp('201', counts(1));
  notifier.lamp('202', counts(1));
  await world.clock.advance(0);
  assert.equal(world.layer.sent.map(({ request }) => request.uri).sort(), ['sip:201@10.0.0.9:5060', 'sip:201@pbx.example:5060', 'sip:202@10.0.0.9:5060', 'sip:202@pbx.example:5060']);
});

test('an older state that is still being repeated is never followed by a newer one that it could overtake', async () => {
  const world = clientWorld();
  world.layer.script = (_request, index) => (index === 0 ? 'silence' : 200);
  const notifier = new UnsolicitedNotifier(world.parts, [pbx]);
  notifier.lamp('201', counts(1));
  await world.clock.advance(2000);
  notifier.lamp('201', counts(2));
  notifier.lamp('201', counts(0));
  await world.clock.advance(5000);
  assert.equal(told(world), [1]);
  world.layer.sent[0]?.answer(200);
  await world.clock.advance(2000);
  assert.equal(told(world), [1, 0]);
});

test('a peer that does not answer is tried again, ever more rarely, with the newest state', async () => {
  const world = clientWorld();
  world.layer.script = (_request, index) => (index < 8 ? 503 : 200);
  const notifier = new UnsolicitedNotifier(world.parts, [pbx]);
  notifier.lamp('201', counts(1));
  await world.clock.advance(2000);
  notifier.lamp('201', counts(2));
  await world.clock.advance(3_600_000);
  assert.equal(told(world), [1, 2, 2, 2, 2, 2, 2, 2, 2]);
  const waits = times(world).slice(1).map((at, index) => at - (times(world)[index] as number) - world.layer.delayMs);
  waits.forEach((wait, index) => {
    const full = Math.min(300_000, 5000 * 2 ** index);
    assert.ok(wait <= full && wait >= full * 0.75, `wait ${index}: ${wait} of ${full}`);
  });
  assert.equal(world.logged, ['lamp-failed'], 'the same trouble is told once');
  assert.equal(world.clock.pending(), []);
});

test('a silent peer, and a name that is not known yet', async () => {
  const world = clientWorld();
  world.hosts.clear();
  world.layer.script = (_request, index) => (index === 0 ? 'timeout' : 200);
  new UnsolicitedNotifier(world.parts, [pbx]).lamp('201', counts(1));
  await world.clock.advance(1000);
  assert.is(world.layer.sent.length, 0);
  world.hosts.set('pbx.example', '10.0.0.1');
  await world.clock.advance(100_000);
  assert.is(world.layer.sent.length, 2);
});

const challenge = { status: 401, headers: [{ name: 'WWW-Authenticate', value: 'Digest realm="pbx", nonce="n1", qop="auth"' }] };
const register = { user: 'vm', authUser: 'vm', password: 'secret', expiresSec: 600 };

test('a peer that challenges gets the credentials of the registration, once', async () => {
  const world = clientWorld();
  world.layer.script = ({ headers }) => (headers.has('Authorization') ? 200 : challenge);
  const notifier = new UnsolicitedNotifier(world.parts, [{ ...pbx, register }]);
  notifier.lamp('201', counts(1));
  notifier.lamp('202', counts(1));
  await world.clock.advance(10_000);
  const fields = world.layer.sent.map(({ request }) => header(request, 'Authorization')).filter((field) => field !== '');
  assert.is(world.layer.sent.length, 4);
  assert.equal(fields.map((field) => /nc=([0-9]+)/.exec(field)?.[1]).sort(), ['00000001', '00000002'], 'both count the uses of one nonce');
});

test('credentials that are refused are not sent again at once', async () => {
  const world = clientWorld();
  world.layer.script = () => challenge;
  new UnsolicitedNotifier(world.parts, [{ ...pbx, register }]).lamp('201', counts(1));
  await world.clock.advance(3000);
  assert.is(world.layer.sent.length, 2);
});

test('a peer that goes is told nothing more, one that comes is told of the next change', async () => {
  const world = clientWorld();
  world.layer.script = () => 503;
  const notifier = new UnsolicitedNotifier(world.parts, [pbx]);
  notifier.lamp('201', counts(1));
  await world.clock.advance(100);
  notifier.apply([{ ...pbx, name: 'other', host: '10.0.0.9' }]);
  await world.clock.advance(600_000);
  assert.is(world.layer.sent.length, 1);
  world.layer.script = () => 200;
  notifier.lamp('201', counts(2));
  await world.clock.advance(100);
  assert.is(world.layer.newest.to.remote.address, '10.0.0.9');
});

test('a peer that moves is told at once where it is now, however long the next try was away', async () => {
  const world = clientWorld();
  world.layer.script = () => 503;
  const notifier = new UnsolicitedNotifier(world.parts, [pbx]);
  notifier.lamp('201', counts(1));
  await world.clock.advance(100_000);
  const before = world.layer.sent.length;
  world.layer.script = () => 200;
  notifier.apply([{ ...pbx, host: '10.0.0.9' }]);
  await world.clock.advance(0);
  assert.equal([world.layer.sent.length, world.layer.newest.to.remote.address], [before + 1, '10.0.0.9']);
  notifier.apply([{ ...pbx, host: '10.0.0.9' }]);
  await world.clock.advance(600_000);
  assert.is(world.layer.sent.length, before + 1, 'a peer that did not move is not told again');
});

test('after stop nothing is sent and nothing waits, whatever was under way', async () => {
  const world = clientWorld();
  world.layer.script = (request) => (request.uri.includes('201') ? 503 : 'silence');
  const notifier = new UnsolicitedNotifier(world.parts, [pbx]);
  notifier.lamp('201', counts(1));
  notifier.lamp('202', counts(1));
  await world.clock.advance(100);
  notifier.lamp('203', counts(1));
  notifier.stop();
  notifier.lamp('204', counts(1));
  await world.clock.advance(0);
  world.layer.sent.forEach((sent) => sent.answer(503));
  await world.clock.advance(600_000);
  assert.equal(world.layer.sent.map(({ request }) => request.uri.slice(4, 7)), ['201', '202']);
  assert.equal(world.clock.pending(), []);
});

test('20,000 lamps are the most; what is beyond is said', async () => {
  const world = clientWorld();
  world.layer.script = () => 'silence';
  const notifier = new UnsolicitedNotifier(world.parts, [pbx]);
  for (let number = 0; number < 20_001; number++) notifier.lamp(String(number), counts(1));
  await settle();
  assert.is(world.layer.sent.length, 20_000);
  assert.equal(world.logged, ['lamp-dropped']);
  notifier.stop();
});

test.run();
