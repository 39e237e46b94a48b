import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SipRequest } from '../../../firmware/sip/message.ts';
import type { Log } from '../../../firmware/log.ts';
import { silentLog } from '../../../firmware/log.ts';
import type { PeerSettings } from '../../../firmware/config/settings.ts';
import type { AgentWorld } from '../../support/sip/agent-world.ts';
import { agentWorld } from '../../support/sip/agent-world.ts';
import { assertSha256, challengeLine } from '../../support/sip/digest-check.ts';
import { pbx } from '../../support/sip/layer-world.ts';
import { requestText, responseText, tagIn } from '../../support/sip/message-text.ts';
import type { Answer } from '../../support/sip/script.ts';
import { script, silence } from '../../support/sip/script.ts';

const granted = (seconds: number): Answer => (request) => responseText(request, 200, { toTag: 'sub', headers: [`Expires: ${Math.min(seconds, Number(request.headers.get('Expires')))}`] });
const refusing = (status: number): Answer => (request) => responseText(request, status);

const phone = { key: '201@', number: '201', peer: pbx };

/** A unit that watches one telephone at a raw PBX. */
class WatchWorld {
  readonly world: AgentWorld;
  readonly lines: string[];
  #cseq = 0;
  #version = -1;

  private constructor(world: AgentWorld, lines: string[]) {
    this.world = world;
    this.lines = lines;
  }

  static async open(answers: readonly Answer[], peer: PeerSettings = pbx): Promise<WatchWorld> {
    const lines: string[] = [];
    const world = await agentWorld({ peers: [peer], options: { phoneChanged: (_key, line) => void lines.push(line) } });
    script(world.peer, { SUBSCRIBE: answers });
    world.agent.watchPhones([{ ...phone, peer }]);
    await world.clock.advance(50);
    return new WatchWorld(world, lines);
  }

  get subscribes(): SipRequest[] {
    return this.world.peer.requests('SUBSCRIBE').map(({ message }) => message);
  }

  /** A NOTIFY of the newest subscription, and what it was answered with. */
  async notify(dialogs: string, { state = 'full', version = ++this.#version, subscription = 'active;expires=500', callId, cseq = ++this.#cseq }: { state?: string; version?: number; subscription?: string; callId?: string; cseq?: number } = {}): Promise<number> {
    const asked = this.subscribes.at(-1) as SipRequest;
    const body = `<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="${state}" entity="sip:201@pbx">${dialogs}</dialog-info>`;
    this.world.peer.send(requestText('NOTIFY', {
      uri: 'sip:unit@10.0.0.2', callId: callId ?? asked.headers.get('Call-ID') ?? '', cseq, fromTag: 'sub', toTag: tagIn(asked, 'From'), contact: '<sip:pbx@10.0.0.1:5060>',
      headers: ['Event: dialog', `Subscription-State: ${subscription}`], body, type: 'application/dialog-info+xml',
    }));
    await this.world.clock.advance(20);
    return this.world.peer.response('NOTIFY').message.status;
  }

  async done(): Promise<void> {
    void this.world.agent.stop(500);
    await this.world.clock.advance(1000);
    assert.equal({ timers: this.world.clock.pending().map(({ name }) => name), caught: this.world.agent.counters().caught }, { timers: [], caught: 0 });
  }
}

const busy = '<dialog id="a"><state>confirmed</state></dialog>';
const gone = '<dialog id="a"><state>terminated</state></dialog>';

test('a telephone is subscribed to, told busy and free, and refreshed before its time', async () => {
  const world = await WatchWorld.open([granted(600)]);
  const [first] = world.subscribes as [SipRequest];
  assert.equal(['Event', 'Accept', 'Expires'].map((name) => first.headers.get(name)), ['dialog', 'application/dialog-info+xml', '600']);
  assert.is(first.uri, 'sip:201@10.0.0.1:5060');
  assert.is(world.world.agent.watchState('201@'), 'active');
  assert.is(await world.notify(''), 200);
  await world.notify(busy, { state: 'partial' });
  await world.notify(gone, { state: 'partial' });
  assert.equal(world.lines, ['free', 'busy', 'free']);
  await world.world.clock.advance(515_000);
  assert.is(world.subscribes.length, 2);
  const second = world.subscribes[1] as SipRequest;
  assert.equal([second.uri, tagIn(second, 'To'), second.headers.get('CSeq')], ['sip:pbx@10.0.0.1:5060', 'sub', '2 SUBSCRIBE'], 'within the dialog, at the contact');
  assert.is(world.lines.at(-1), 'free', 'a refresh changes nothing');
  await world.done();
  assert.is(world.subscribes.at(-1)?.headers.get('Expires'), '0', 'taken back when the unit stops');
});

test('password-changed: the telephone is subscribed to by the new one', async () => {
  const register = { user: 'unit', authUser: 'unit', password: 'before', expiresSec: 600 } as unknown as NonNullable<PeerSettings['register']>;
  const world = await WatchWorld.open([granted(600)], { ...pbx, register });
  const calls = (): string[] => [...new Set(world.subscribes.map(({ headers }) => headers.get('Call-ID') ?? ''))];
  const watch = async (change: object): Promise<void> => {
    world.world.agent.watchPhones([{ ...phone, peer: { ...pbx, register: { ...register, ...change } } }]);
    await world.world.clock.advance(50);
  };
  await watch({});
  assert.is(calls().length, 1, 'nothing has changed');
  for (const change of [{ password: 'after' }, { password: 'after', authUser: 'other' }, { password: 'after', authUser: 'other', user: 'other' }]) await watch(change);
  assert.is(calls().length, 4);
  await world.done();
});

test('too-many-telephones: the log tells it once, not at each look at the settings', async () => {
  const told: string[] = [];
  const log = { ...silentLog, write: (_severity: string, event: string) => void told.push(event) } as unknown as Log;
  const world = await agentWorld({ peers: [pbx], log });
  const phones = Array.from({ length: 258 }, (_, at) => ({ key: `${at}@`, number: String(at), peer: pbx }));
  for (let look = 0; look < 5; look++) world.agent.watchPhones(phones.slice(0, 257));
  assert.is(told.filter((event) => event === 'too-many-watched').length, 1);
  world.agent.watchPhones(phones);
  assert.is(told.filter((event) => event === 'too-many-watched').length, 2, 'the count is another');
  void world.agent.stop(500);
  await world.clock.advance(40_000);
});

test('a NOTIFY that overtakes the 200 counts', async () => {
  let heard = 0;
  const world = await WatchWorld.open([(request) => (heard++ === 0 ? null : granted(600)(request))]);
  assert.is(await world.notify(busy), 200);
  assert.equal(world.lines, ['busy']);
  await world.world.clock.advance(1000);
  assert.is(world.world.agent.watchState('201@'), 'active');
  assert.equal(world.lines, ['busy']);
  await world.done();
});

test('489: the PBX has no dialog events; the telephone stays unknown and is asked about again half an hour later', async () => {
  const world = await WatchWorld.open([refusing(489), granted(600)]);
  assert.is(world.world.agent.watchState('201@'), 'refused');
  await world.world.clock.advance(29 * 60_000);
  assert.is(world.subscribes.length, 1);
  await world.world.clock.advance(2 * 60_000);
  assert.is(world.world.agent.watchState('201@'), 'active');
  assert.equal(world.lines, []);
  await world.done();
});

test('a PBX that was restarted knows nothing of the subscription (481): it is begun anew, and the telephone is unknown meanwhile', async () => {
  const world = await WatchWorld.open([granted(100), refusing(481), granted(100)]);
  await world.notify(busy);
  await world.world.clock.advance(86_000);
  assert.equal(world.lines, ['busy', 'unknown']);
  const last = world.subscribes.at(-1) as SipRequest;
  assert.is(tagIn(last, 'To'), '', 'outside of a dialog');
  const [first] = world.subscribes as [SipRequest];
  assert.equal([last.headers.get('Call-ID') === first.headers.get('Call-ID'), tagIn(last, 'From') === tagIn(first, 'From'), last.headers.get('CSeq')], [false, false, '1 SUBSCRIBE'], 'a dialog of its own');
  assert.is(await world.notify(busy, { callId: first.headers.get('Call-ID') ?? '', cseq: 9 }), 481, 'the one before is nobody\'s');
  await world.notify('', { cseq: 1, version: 0 });
  assert.equal(world.lines, ['busy', 'unknown', 'free'], 'the PBX counts from 0 again');
  await world.done();
});

test('a PBX that is gone: unknown, and tried again at growing intervals', async () => {
  const world = await WatchWorld.open([granted(60), silence]);
  await world.notify(busy);
  await world.world.clock.advance(51_000 + 33_000);
  assert.equal(world.lines, ['busy', 'unknown']);
  assert.is.not(world.world.agent.watchState('201@'), 'active');
  await world.world.clock.advance(20 * 60_000);
  const tries = new Set(world.subscribes.map(({ headers }) => headers.get('Call-ID'))).size;
  assert.ok(tries > 4 && tries < 14, `${tries} in 20 minutes`);
  await world.done();
});

test('the PBX ends the subscription: deactivated is begun anew at once, rejected is not', async () => {
  for (const [reason, count] of [['deactivated', 2], ['timeout', 2], ['rejected', 1], ['noresource', 1]] as const) {
    const world = await WatchWorld.open([granted(600)]);
    await world.notify(busy);
    assert.is(await world.notify('', { subscription: `terminated;reason=${reason}` }), 200);
    await world.world.clock.advance(100);
    assert.is(world.subscribes.length, count, reason);
    assert.is(world.lines.at(-1), 'unknown', reason);
    await world.done();
  }
});

test('a lost notification is noticed, and the whole state asked for, not more often than every 5 s', async () => {
  const world = await WatchWorld.open([granted(600)]);
  await world.notify('');
  await world.notify(busy, { state: 'partial', version: 5 });
  assert.is(world.subscribes.length, 2);
  for (let version = 7; version < 27; version += 2) await world.notify(busy, { state: 'partial', version });
  assert.is(world.subscribes.length, 2);
  await world.notify(busy, { version: 30 });
  assert.equal(world.lines, ['free', 'busy']);
  await world.done();
});

test('a NOTIFY that is not for us, is older than one before, or is no such document, changes nothing', async () => {
  const world = await WatchWorld.open([granted(600)]);
  await world.notify(busy);
  assert.is(await world.notify('', { callId: 'another' }), 481);
  assert.is(await world.notify('', { cseq: 1 }), 500);
  assert.is(await world.notify('<dialog>'), 200);
  assert.equal(world.lines, ['busy']);
  await world.done();
});

test('a PBX that asks for credentials gets them', async () => {
  const peer: PeerSettings = { ...pbx, register: { user: '900', authUser: 'unit', password: 'secret', expiresSec: 600 } };
  const challenge: Answer = (request) => responseText(request, 401, { headers: [challengeLine('WWW-Authenticate', 'pbx', 'n1', 'SHA-256')] });
  const world = await WatchWorld.open([challenge, granted(600)], peer);
  assertSha256(world.subscribes[1] as SipRequest, { user: 'unit', realm: 'pbx', password: 'secret' });
  assert.is(world.world.agent.watchState('201@'), 'active');
  void world.world.agent.stop(500);
  await world.world.clock.advance(1000);
});

test('a standby watches nobody, and whoever serves again begins anew', async () => {
  const world = await WatchWorld.open([granted(600)]);
  await world.notify(busy);
  world.world.agent.serve(false);
  await world.world.clock.advance(100);
  assert.equal(world.lines, ['busy', 'unknown']);
  assert.is(world.subscribes.at(-1)?.headers.get('Expires'), '0');
  world.world.agent.serve(true);
  await world.world.clock.advance(100);
  assert.is(world.world.agent.watchState('201@'), 'active');
  assert.is(world.subscribes.length, 3);
  await world.done();
});

test.run();
