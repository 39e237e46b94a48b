import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PeerSettings } from '../../../firmware/config/settings.ts';
import type { WatchTimes } from '../../../firmware/config/watch-times.ts';
import { watchTimes } from '../../../firmware/config/watch-times.ts';
import { mainPbx } from '../../../firmware/sip/watch/main-pbx.ts';
import type { PbxState } from '../../../firmware/sip/watch/pbx-machine.ts';
import { PbxWatch } from '../../../firmware/sip/watch/pbx-watch.ts';
import type { Answer, ClientWorld } from './scripted-layer.ts';
import { clientWorld, header, peerNamed } from './scripted-layer.ts';

const a = peerNamed('a', { host: '10.0.0.1' });
const b = peerNamed('b', { host: '10.0.0.3', backupOf: 'a' });
const standard = watchTimes({ watchMs: 500, watchMisses: 12, returnSec: 10 });

interface Watching {
  readonly world: ClientWorld;
  readonly watch: PbxWatch;
  /** 'a present>doubted' and so on. */
  readonly news: string[];
}

function watching(peers: readonly PeerSettings[], { all = false, times = () => standard, answer = 200 }: { all?: boolean; times?: () => WatchTimes; answer?: Answer } = {}): Watching {
  const world = clientWorld();
  world.layer.script = () => answer;
  const news: string[] = [];
  const watch = new PbxWatch(world.parts, { times, all, changed: (name, { from, to }) => void news.push(`${name} ${from}>${to}`) });
  watch.apply(peers);
  return { world, watch, news };
}

const ends = ({ world, watch }: Watching): void => {
  watch.stop();
  assert.equal(world.clock.pending().filter(({ name }) => name.startsWith('pbx-')), []);
};

test('the question: OPTIONS to the PBX itself, in one series', async () => {
  const watched = watching([a, { ...b, host: '2001:db8::3', port: 5070, transport: 'tcp' }]);
  const { sent } = watched.world.layer;
  await watched.world.clock.advance(600);
  const [one, two, three] = sent;
  assert.equal([one?.request.method, one?.request.uri, two?.request.uri], ['OPTIONS', 'sip:10.0.0.1:5060', 'sip:[2001:db8::3]:5070;transport=tcp']);
  assert.equal([one?.to, two?.to.transport], [{ transport: 'udp', remote: { address: '10.0.0.1', port: 5060 } }, 'tcp']);
  const head = ['To', 'From', 'Accept', 'Max-Forwards', 'CSeq'].map((name) => (one === undefined ? '' : header(one.request, name)));
  assert.equal(head.map((text) => text.replace(/tag=[0-9a-f]{12}$/, 'tag=..')), ['<sip:10.0.0.1>', '<sip:10.0.0.2>;tag=..', 'application/sdp', '70', '1 OPTIONS']);
  assert.equal(three === undefined || one === undefined ? [] : [header(three.request, 'CSeq'), header(three.request, 'Call-ID') === header(one.request, 'Call-ID')], ['2 OPTIONS', true]);
  ends(watched);
});

test('who is watched: a PBX with a backup and its backups, or every peer with a host', () => {
  const peers = [a, b, peerNamed('gateway'), peerNamed('phones', { host: null })];
  const seen = (all: boolean): string => {
    const watched = watching(peers, { all });
    const names = peers.flatMap(({ name }) => (watched.watch.state(name) === null ? [] : [name])).join(' ');
    ends(watched);
    return names;
  };
  assert.equal([seen(false), seen(true)], ['a b', 'a b gateway']);
});

test('a question waits its short time, is forgotten, and others follow ten times as fast', async () => {
  const watched = watching([a, b]);
  const { world, news } = watched;
  await world.clock.advance(100);
  world.layer.script = (request) => (request.uri.includes('10.0.0.1') ? 'silence' : 200);
  await world.clock.advance(4000);
  const asked = world.layer.sent.filter(({ request }) => request.uri.includes('10.0.0.1')).map(({ atMs }) => atMs);
  assert.equal(asked.slice(0, 4), [0, 500, 850, 900]);
  const lostMs = 500 + 300 + 11 * 50 + 300;
  assert.equal(news, ['a unknown>present', 'b unknown>present', 'a present>doubted', 'a doubted>lost']);
  assert.equal(asked.filter((atMs) => atMs >= lostMs), [1650, 3650], 'and then more rarely');
  assert.ok(world.layer.sent.filter(({ request, atMs }) => request.uri.includes('10.0.0.1') && atMs > 0 && atMs < 1500).every(({ abandoned }) => abandoned));
  assert.equal(world.logged, ['pbx-lost']);
  ends(watched);
});

test('an answer that comes after its time is a sign of life', async () => {
  const watched = watching([a, b], { answer: 'silence' });
  const { world, watch, news } = watched;
  await world.clock.advance(700);
  watch.heard({ address: '10.0.0.1', port: 5060 }, false);
  assert.equal(news, ['a unknown>present']);
  ends(watched);
});

test('what comes from another port or address is none; a refusal shows no more than that the way is there', async () => {
  const watched = watching([a, b], { answer: 'silence' });
  const { world, watch, news } = watched;
  await world.clock.advance(100);
  for (const [address, port] of [['10.0.0.1', 5061], ['10.0.0.2', 5060]] as const) watch.heard({ address, port }, false);
  assert.is(watch.aliveMs(), Infinity);
  watch.heard({ address: '10.0.0.1', port: 5060 }, true);
  await world.clock.advance(250);
  assert.equal([watch.aliveMs(), news], [250, []]);
  ends(watched);
});

test('how long ago anybody was heard', async () => {
  const watched = watching([a, b]);
  const { world, watch } = watched;
  assert.is(watch.aliveMs(), Infinity);
  await world.clock.advance(400);
  assert.is(watch.aliveMs(), 390);
  world.layer.script = (request) => (request.uri.includes('10.0.0.1') ? 'silence' : 200);
  await world.clock.advance(10_000);
  assert.ok((watch.aliveMs() ?? Infinity) <= 500, 'the backup answers');
  world.layer.script = () => 'silence';
  await world.clock.advance(10_000);
  assert.ok((watch.aliveMs() ?? 0) > 9500);
  watch.apply([]);
  assert.is(watch.aliveMs(), null, 'there is nobody to ask');
  ends(watched);
});

test('the main PBX: lost from the loss until it has answered for the return time; unknown before the first answer, and where none has a backup', async () => {
  const watched = watching([a, b, peerNamed('gateway')], { all: true });
  const { world, watch } = watched;
  assert.is(watch.main(), 'unknown');
  await world.clock.advance(600);
  assert.is(watch.main(), 'heard');
  world.layer.script = (request) => (request.uri.includes('10.0.0.1') ? 'silence' : 200);
  await world.clock.advance(800);
  assert.equal([watch.state('a'), watch.main()], ['doubted', 'heard']);
  await world.clock.advance(3000);
  assert.equal([watch.state('a'), watch.state('b'), watch.main()], ['lost', 'present', 'lost']);
  world.layer.script = () => 200;
  await world.clock.advance(5000);
  assert.equal([watch.state('a'), watch.main()], ['returning', 'lost']);
  await world.clock.advance(10_000);
  assert.is(watch.main(), 'heard');
  world.layer.script = (request) => (request.uri.includes('10.0.0.3') ? 'silence' : 200);
  await world.clock.advance(5000);
  assert.equal([watch.state('b'), watch.main()], ['lost', 'heard']);
  watch.apply([a]);
  assert.is(watch.main(), 'unknown');
  ends(watched);
});

test('several main PBXs: one that is lost is enough, and all must be heard', () => {
  const cases: readonly (readonly [readonly (PbxState | null)[], string])[] = [
    [[], 'unknown'], [[null], 'unknown'], [['present', 'unknown'], 'unknown'], [['present', 'doubted'], 'heard'], [['unknown', 'lost'], 'lost'], [['present', 'returning'], 'lost'],
  ];
  for (const [states, expected] of cases) assert.is(mainPbx(states), expected, states.join(' '));
});

test('whether anybody is there now: asked at once, answered by the first message, and without asking by one of just before', async () => {
  const watched = watching([a, b], { answer: 'silence' });
  const { world, watch } = watched;
  await world.clock.advance(100);
  const before = world.layer.sent.length;
  const answers: boolean[] = [];
  const ask = (maxAgeMs: number): void => void watch.hears(150, maxAgeMs).then((heard) => answers.push(heard));
  ask(0);
  await world.clock.advance(20);
  assert.is(world.layer.sent.length, before + 2, 'each is asked');
  watch.heard({ address: '10.0.0.3', port: 5060 }, true);
  await world.clock.advance(0);
  assert.equal(answers, [true]);
  ask(0);
  await world.clock.advance(151);
  assert.equal(answers, [true, false]);
  ask(1000);
  await world.clock.advance(0);
  assert.equal(answers, [true, false, true]);
  ask(0);
  watch.stop();
  await world.clock.advance(0);
  assert.equal(answers, [true, false, true, false]);
  assert.is(await watch.hears(150, 0), false, 'there is nobody to ask');
  ends(watched);
});

for (const [how, transport, expected] of [['transport', 'tcp', []], ['silence', 'tcp', ['10.0.0.1:5060']], ['silence', 'udp', []]] as const) {
  test(`lost by ${how} on ${transport}: ${expected.length === 0 ? 'no connection is ended' : 'its connection is ended, for it may only look alive'}`, async () => {
    const watched = watching([{ ...a, transport }, b]);
    const { world, news } = watched;
    await world.clock.advance(100);
    world.layer.script = (request) => (request.uri.includes('10.0.0.1') ? how : 200);
    await world.clock.advance(1900);
    assert.is(news.at(-1), 'a doubted>lost');
    assert.equal(world.disconnected, expected);
    ends(watched);
  });
}

test('refused by the network: one try more, then lost', async () => {
  const watched = watching([a, b]);
  const { world, news } = watched;
  await world.clock.advance(100);
  world.layer.script = (request) => (request.uri.includes('10.0.0.1') ? 'transport' : 200);
  await world.clock.advance(400 + 10 + 50 + 9);
  assert.is(news.at(-1), 'a present>doubted');
  await world.clock.advance(1);
  assert.is(news.at(-1), 'a doubted>lost');
  ends(watched);
});

test('a name is looked up once a minute, and a name server in trouble is no loss of the PBX', async () => {
  const watched = watching([peerNamed('a'), b]);
  const { world, news } = watched;
  let lookups = 0;
  const { resolve } = world.parts.net;
  world.parts.net.resolve = (host) => {
    if (host === 'pbx.example') lookups += 1;
    return resolve(host);
  };
  await world.clock.advance(59_000);
  assert.is(lookups, 1);
  world.hosts.delete('pbx.example');
  await world.clock.advance(120_000);
  assert.ok(lookups > 1);
  assert.equal(news, ['a unknown>present', 'b unknown>present']);
  world.hosts.set('pbx.example', '10.0.0.8');
  await world.clock.advance(2000);
  assert.is(world.layer.sent.filter(({ request }) => request.uri.includes('example')).at(-1)?.to.remote.address, '10.0.0.8');
  ends(watched);
});

test('a name that is never found: lost, and found later', async () => {
  const watched = watching([peerNamed('a', { host: 'other.example' }), b]);
  const { world, news } = watched;
  await world.clock.advance(5000);
  assert.equal([news, world.logged], [['b unknown>present', 'a unknown>lost'], ['pbx-lost']]);
  world.hosts.set('other.example', '10.0.0.8');
  await world.clock.advance(13_000);
  assert.equal(news.slice(2), ['a lost>returning', 'a returning>present']);
  ends(watched);
});

test('new settings: who stays where it is goes on, who moved is asked afresh, who is gone is asked no more', async () => {
  const watched = watching([a, b]);
  const { world, watch, news } = watched;
  await world.clock.advance(1000);
  watch.apply([{ ...a, lamps: 'notify' }, { ...b, port: 5070 }]);
  assert.equal([watch.state('a'), watch.state('b')], ['present', 'unknown']);
  await world.clock.advance(1000);
  assert.equal(news.slice(2), ['b unknown>present']);
  watch.apply([a]);
  const before = world.layer.sent.length;
  await world.clock.advance(5000);
  assert.equal([watch.state('a'), watch.state('b'), world.layer.sent.length], [null, null, before]);
  ends(watched);
});

test('new times hold from the next question on', async () => {
  let times = standard;
  const watched = watching([a, b], { times: () => times });
  const { world } = watched;
  await world.clock.advance(900);
  times = watchTimes({ watchMs: 100, watchMisses: 12, returnSec: 10 });
  const before = world.layer.sent.length;
  await world.clock.advance(1000);
  assert.ok(world.layer.sent.length - before >= 18, `${world.layer.sent.length - before}`);
  ends(watched);
});

test.run();
