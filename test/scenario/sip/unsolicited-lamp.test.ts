import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PeerSettings } from '../../../firmware/config/settings.ts';
import type { SipRequest } from '../../../firmware/sip/message.ts';
import type { MessageCounts } from '../../../firmware/sip/user-agent.ts';
import type { AgentWorld } from '../../support/sip/agent-world.ts';
import { agentWorld, assertQuiet } from '../../support/sip/agent-world.ts';
import { assertSha256, challengeLine, digestField } from '../../support/sip/digest-check.ts';
import { pbx, sipSettings } from '../../support/sip/layer-world.ts';
import { responseText, tagIn } from '../../support/sip/message-text.ts';
import { RawPeer } from '../../support/sip/raw-peer.ts';
import type { Answer } from '../../support/sip/script.ts';
import { script, silence } from '../../support/sip/script.ts';

const told: PeerSettings = { ...pbx, lamps: 'notify' };
const ok: Answer = (request) => responseText(request, 200);
const refusing = (status: number, ...headers: string[]): Answer => (request) => responseText(request, status, { headers });
const counts = (newMessages: number, oldMessages = 0): MessageCounts => ({ newMessages, oldMessages, urgentNew: 0, urgentOld: 0 });

async function lampWorld(answers: readonly Answer[] = [ok], peers: readonly PeerSettings[] = [told]): Promise<{ world: AgentWorld; log: string[] }> {
  const log: string[] = [];
  const world = await agentWorld({ peers, log: { write: (severity, event) => void log.push(`${severity} ${event}`) } });
  script(world.peer, { NOTIFY: answers, REGISTER: [ok] });
  return { world, log };
}

const voice = (notify: SipRequest): string => /^Voice-Message: (\S+) /m.exec(Buffer.from(notify.body).toString())?.[1] ?? '';
/** What was told, each NOTIFY once however often it was repeated. */
const notifies = (peer: RawPeer): SipRequest[] => [...new Map(peer.requests('NOTIFY').map(({ message }) => [message.headers.get('Via'), message])).values()];
const states = (peer: RawPeer): string[] => notifies(peer).map(voice);
/** When each NOTIFY was first sent. */
const times = (peer: RawPeer): number[] => [...new Map(peer.requests('NOTIFY').reverse().map(({ message, atMs }) => [message.headers.get('Via'), atMs])).values()].reverse();

test('a PBX that never asked is told at once', async () => {
  const { world } = await lampWorld();
  world.agent.lamp('201', { newMessages: 2, oldMessages: 3, urgentNew: 1, urgentOld: 1 });
  await world.clock.advance(10);
  const { message } = world.peer.request('NOTIFY');
  assert.is(message.uri, 'sip:201@10.0.0.1:5060');
  assert.is(message.headers.get('To'), '<sip:201@10.0.0.1>');
  assert.match(message.headers.get('From') ?? '', /^<sip:201@10\.0\.0\.2>;tag=[0-9a-f]+$/);
  assert.equal([message.headers.get('Event'), message.headers.get('Subscription-State'), message.headers.get('CSeq')], ['message-summary', 'terminated', '1 NOTIFY']);
  assert.is(message.headers.get('Contact'), '<sip:201@10.0.0.2:5060>');
  assert.is(Buffer.from(message.body).toString(), 'Messages-Waiting: yes\r\nMessage-Account: sip:201@10.0.0.2\r\nVoice-Message: 2/3 (1/1)\r\n');
  await assertQuiet(world);
});

test('only peers that are to be told are', async () => {
  const others = ['none', 'subscribe'] as const;
  for (const lamps of others) {
    const { world } = await lampWorld([ok], [{ ...pbx, lamps }, { ...told, name: 'second', host: '10.0.0.3', addresses: ['10.0.0.3'] }, { ...told, name: 'nowhere', host: null }]);
    const second = await RawPeer.open(world.network, '10.0.0.3');
    script(second, { NOTIFY: [ok] });
    world.agent.lamp('201', counts(1));
    await world.clock.advance(100);
    assert.equal([states(world.peer), states(second)], [[], ['1/0']], lamps);
    await assertQuiet(world);
  }
});

test('one series for each lamp: same Call-ID and tag, rising numbers', async () => {
  const { world } = await lampWorld();
  for (const [mailbox, number] of [['201', 1], ['202', 1], ['201', 2]] as const) {
    world.agent.lamp(mailbox, counts(number));
    await world.clock.advance(2000);
  }
  const series = notifies(world.peer).map((one) => [one.uri, one.headers.get('CSeq'), `${one.headers.get('Call-ID')} ${tagIn(one, 'From')}`]);
  assert.equal(series.map(([uri, cseq]) => `${uri} ${cseq}`), ['sip:201@10.0.0.1:5060 1 NOTIFY', 'sip:202@10.0.0.1:5060 1 NOTIFY', 'sip:201@10.0.0.1:5060 2 NOTIFY']);
  assert.is(series[0]?.[2], series[2]?.[2]);
  assert.is.not(series[0]?.[2], series[1]?.[2]);
  await assertQuiet(world);
});

test('at most one a second for each mailbox, and the last state always', async () => {
  const { world } = await lampWorld();
  for (let number = 1; number <= 25; number++) {
    world.agent.lamp('201', counts(number));
    world.agent.lamp('202', counts(number));
    await world.clock.advance(100);
  }
  await world.clock.advance(5000);
  const first = notifies(world.peer).filter(({ uri }) => uri.startsWith('sip:201@'));
  assert.equal(first.map(voice), ['1/0', '10/0', '20/0', '25/0'], 'the state at 0, 1, 2 and 3 s');
  assert.is(notifies(world.peer).length, 8);
  await assertQuiet(world);
});

test('a PBX that is silent is told again until it answers, ever more rarely, and always the newest state', async () => {
  const { world, log } = await lampWorld([silence]);
  world.agent.lamp('201', counts(1));
  await world.clock.advance(60_000);
  world.agent.lamp('201', counts(2));
  await world.clock.advance(3600_000);
  const gaps = times(world.peer).slice(1).map((at, index) => at - (times(world.peer)[index] as number));
  assert.ok((gaps[0] as number) >= 35_700 && (gaps[0] as number) <= 37_010, `first again after ${gaps[0]} ms`);
  assert.ok(gaps.every((gap) => gap <= 332_010), `never more than five minutes and a time-out apart: ${gaps}`);
  assert.equal(states(world.peer).slice(0, 2), ['1/0', '1/0']);
  assert.equal([...new Set(states(world.peer).slice(2))], ['2/0']);
  assert.equal(log, ['warning lamp-failed']);
  script(world.peer, { NOTIFY: [ok] });
  await world.clock.advance(340_000);
  assert.is(states(world.peer).at(-1), '2/0');
  const count = notifies(world.peer).length;
  await assertQuiet(world);
  assert.is(notifies(world.peer).length, count);
});

for (const status of [404, 480, 500, 503]) {
  test(`a PBX that answers ${status} is told again`, async () => {
    const { world } = await lampWorld([refusing(status), refusing(status), ok]);
    world.agent.lamp('201', counts(1));
    await world.clock.advance(30_000);
    assert.equal(states(world.peer), ['1/0', '1/0', '1/0']);
    const [one = 0, two = 0, three = 0] = times(world.peer);
    assert.ok(two - one >= 3700 && two - one <= 5010 && three - two >= 7500 && three - two <= 10_010, `${two - one} and ${three - two} ms`);
    await assertQuiet(world);
  });
}

test('a PBX that challenges gets the credentials of the registration, once for each notification', async () => {
  const login = { user: '900', authUser: 'unit', password: 'secret', expiresSec: 600 };
  const challenge = refusing(401, challengeLine('WWW-Authenticate', 'pbx', 'n1', 'SHA-256'));
  const { world } = await lampWorld([challenge, ok, challenge, challenge, ok], [{ ...told, register: login }]);
  world.agent.lamp('201', counts(1));
  await world.clock.advance(5000);
  const [first, second] = notifies(world.peer) as [SipRequest, SipRequest];
  assert.is(first.headers.get('Authorization'), undefined);
  assertSha256(second, { user: 'unit', realm: 'pbx', password: 'secret' });
  assert.equal([first.headers.get('CSeq'), second.headers.get('CSeq')], ['1 NOTIFY', '2 NOTIFY']);
  world.agent.lamp('201', counts(2));
  await world.clock.advance(1000);
  assert.is(notifies(world.peer).length, 4, 'refused credentials are not sent again at once');
  assert.is(digestField(notifies(world.peer)[3]?.headers.get('Authorization') ?? '', 'nc'), '00000002');
  await world.clock.advance(10_000);
  assert.is(states(world.peer).at(-1), '2/0');
  assert.is(notifies(world.peer).length, 5);
  void world.agent.stop(100);
  await world.clock.advance(200);
});

test('a challenge without credentials is a failure like another', async () => {
  const { world } = await lampWorld([refusing(407, challengeLine('Proxy-Authenticate', 'pbx', 'n1', 'SHA-256')), ok]);
  world.agent.lamp('201', counts(1));
  await world.clock.advance(3000);
  assert.is(notifies(world.peer).length, 1);
  await world.clock.advance(10_000);
  assert.is(notifies(world.peer).length, 2);
  await assertQuiet(world);
});

test('a PBX whose name cannot be found yet is told when it can', async () => {
  const { world } = await lampWorld([ok], [{ ...told, host: 'pbx.example.com' }]);
  world.agent.lamp('201', counts(1));
  await world.clock.advance(1000);
  world.network.names.set('pbx.example.com', ['10.0.0.1']);
  await world.clock.advance(10_000);
  assert.equal(states(world.peer), ['1/0']);
  assert.is(world.peer.request('NOTIFY').message.uri, 'sip:201@pbx.example.com:5060');
  await assertQuiet(world);
});

test('a new configuration forgets nothing that a PBX was still to be told', async () => {
  const { world } = await lampWorld([refusing(503), ok]);
  world.agent.lamp('201', counts(1));
  await world.clock.advance(100);
  world.agent.apply(sipSettings, [{ ...told, addresses: ['10.0.0.1', '10.0.0.9'] }]);
  await world.clock.advance(10_000);
  assert.equal(states(world.peer), ['1/0', '1/0']);
  await assertQuiet(world);
});

test('a PBX that moved is told at its new place, with what is still to be told', async () => {
  const { world } = await lampWorld([silence]);
  const moved = await RawPeer.open(world.network, '10.0.0.3');
  script(moved, { NOTIFY: [ok] });
  world.agent.lamp('201', counts(1));
  await world.clock.advance(100);
  world.agent.apply(sipSettings, [{ ...told, host: '10.0.0.3', addresses: ['10.0.0.1', '10.0.0.3'] }]);
  await world.clock.advance(45_000);
  assert.equal(states(moved), ['1/0']);
  await assertQuiet(world);
});

for (const [what, peers] of [['is gone', []], ['is to be told no more', [pbx]]] as const) {
  test(`a PBX that ${what} is not told what waited for it`, async () => {
    const { world } = await lampWorld([refusing(503), ok]);
    world.agent.lamp('201', counts(1));
    await world.clock.advance(100);
    world.agent.apply(sipSettings, peers);
    world.agent.lamp('201', counts(2));
    await world.clock.advance(60_000);
    assert.equal(states(world.peer), ['1/0']);
    await assertQuiet(world);
  });
}

test('nothing is told any more while the unit stops', async () => {
  const { world } = await lampWorld([refusing(503), ok]);
  world.agent.lamp('201', counts(1));
  await world.clock.advance(100);
  void world.agent.stop(60_000);
  world.agent.lamp('201', counts(2));
  await world.clock.advance(60_000);
  assert.equal(states(world.peer), ['1/0']);
  assert.equal(world.clock.pending(), []);
});

test('the name of a mailbox is escaped', async () => {
  const { world } = await lampWorld();
  world.agent.lamp('front desk', counts(1));
  await world.clock.advance(100);
  assert.is(world.peer.request('NOTIFY').message.uri, 'sip:front%20desk@10.0.0.1:5060');
  await assertQuiet(world);
});

test('a mailbox with a PBX of its own: that one is told, and the one before once more that there is nothing', async () => {
  const at: Record<string, string | null> = { '201': 'pbx', '202': 'second', '203': null };
  const second: PeerSettings = { ...told, name: 'second', host: '10.0.0.3', addresses: ['10.0.0.3'] };
  const world = await agentWorld({ peers: [{ ...told, name: 'pbx' }, second], options: { lampPeer: (mailbox) => at[mailbox] ?? null, mailboxes: () => Object.keys(at), counts: () => counts(1) } });
  const other = await RawPeer.open(world.network, '10.0.0.3');
  for (const peer of [world.peer, other]) script(peer, { NOTIFY: [ok] });
  const mailboxesOf = (peer: RawPeer): string[] => notifies(peer).map((notify) => `${/sip:(\d+)@/.exec(notify.uri)?.[1]} ${voice(notify)}`).sort();
  for (const mailbox of Object.keys(at)) world.agent.lamp(mailbox, counts(1));
  await world.clock.advance(100);
  assert.equal([mailboxesOf(world.peer), mailboxesOf(other)], [['201 1/0', '203 1/0'], ['202 1/0', '203 1/0']]);
  at['201'] = 'second';
  world.agent.lamp('201', counts(2));
  await world.clock.advance(2000);
  assert.equal([mailboxesOf(world.peer), mailboxesOf(other)], [['201 0/0', '201 1/0', '203 1/0'], ['201 2/0', '202 1/0', '203 1/0']]);
  world.agent.tellLamps();
  await world.clock.advance(2000);
  assert.is(notifies(other).length, 6, 'all that are its own, once more');
  assert.is(notifies(world.peer).length, 4);
  await assertQuiet(world);
});

test('a mailbox of a PBX that is lost: its backup has the lamp', async () => {
  const second: PeerSettings = { ...told, name: 'second', host: '10.0.0.3', addresses: ['10.0.0.3'], backupOf: 'pbx' };
  const world = await agentWorld({ peers: [{ ...told, name: 'pbx' }, second], options: { lampPeer: () => 'pbx', mailboxes: () => ['201'], counts: () => counts(1) } });
  const other = await RawPeer.open(world.network, '10.0.0.3');
  script(world.peer, { OPTIONS: [silence], NOTIFY: [silence] });
  script(other, { OPTIONS: [ok], NOTIFY: [ok] });
  await world.clock.advance(5000);
  assert.equal(states(other), ['1/0']);
  await world.agent.stop(100);
});

test.run();
