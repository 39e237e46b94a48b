import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SipRequest, SipResponse } from '../../../firmware/sip/message.ts';
import type { MessageCounts } from '../../../firmware/sip/user-agent.ts';
import type { AgentWorld } from '../../support/sip/agent-world.ts';
import { agentWorld, assertQuiet } from '../../support/sip/agent-world.ts';
import type { Ask } from '../../support/sip/message-text.ts';
import { requestText, responseText, tagIn } from '../../support/sip/message-text.ts';
import { RawPeer } from '../../support/sip/raw-peer.ts';
import type { Answer } from '../../support/sip/script.ts';
import { script, silence } from '../../support/sip/script.ts';

const ok: Answer = (request) => responseText(request, 200);
const refusing = (status: number, ...headers: string[]): Answer => (request) => responseText(request, status, { headers });

const counts = (newMessages: number, oldMessages = 0, urgentNew = 0, urgentOld = 0): MessageCounts => ({ newMessages, oldMessages, urgentNew, urgentOld });

/** A unit where mailbox 201 has what `box` says, and a subscriber. */
class LampWorld {
  readonly world: AgentWorld;
  readonly boxes: Map<string, MessageCounts>;
  #cseq = 0;
  #toTag: string | undefined;

  private constructor(world: AgentWorld, boxes: Map<string, MessageCounts>) {
    this.world = world;
    this.boxes = boxes;
  }

  static async open(answers: readonly Answer[] = [ok]): Promise<LampWorld> {
    const boxes = new Map([['201', counts(2, 3, 1, 0)]]);
    const world = await agentWorld({ options: { counts: (mailbox) => boxes.get(mailbox) ?? null } });
    script(world.peer, { NOTIFY: answers });
    return new LampWorld(world, boxes);
  }

  /** A SUBSCRIBE, within the dialog once there is one (unless it has another Call-ID), and what it was answered with. */
  async subscribe(expires: number | string | null = 600, ask: Ask = {}, event = 'message-summary'): Promise<SipResponse> {
    this.#cseq += 1;
    const headers = [`Event: ${event}`, ...(expires === null ? [] : [`Expires: ${expires}`]), ...(ask.headers ?? [])];
    this.world.peer.send(requestText('SUBSCRIBE', { callId: 'lamp', cseq: this.#cseq, ...(this.#toTag === undefined || ask.callId !== undefined ? {} : { toTag: this.#toTag }), ...ask, headers }));
    await this.world.clock.advance(10);
    const { message } = this.world.peer.response('SUBSCRIBE');
    if (message.status === 200 && ask.callId === undefined) this.#toTag = tagIn(message, 'To');
    return message;
  }

  /** The mailbox changes, and the unit is told. */
  change(changed: MessageCounts, mailbox = '201'): void {
    this.boxes.set(mailbox, changed);
    this.world.agent.lamp(mailbox, changed);
  }

  get notifies(): SipRequest[] {
    const seen = new Map(this.world.peer.requests('NOTIFY').map(({ message }) => [message.headers.get('Via'), message]));
    return [...seen.values()];
  }

  get newest(): SipRequest {
    return this.world.peer.request('NOTIFY').message;
  }

  /** The Voice-Message values that were told, in order. */
  get told(): string[] {
    return this.notifies.map(voice);
  }

  /** Ends what still runs; nothing may be left. */
  async done(): Promise<void> {
    await this.subscribe(0);
    assert.is(this.world.agent.counters().subscriptions, 0);
    await assertQuiet(this.world);
  }
}

const voice = (notify: SipRequest): string => /^Voice-Message: (.*)\r$/m.exec(Buffer.from(notify.body).toString())?.[1] ?? '';
const stateOf = (notify: SipRequest): string => notify.headers.get('Subscription-State') ?? '';

test('a subscriber gets 200 and the state at once', async () => {
  const lamps = await LampWorld.open();
  const accepted = await lamps.subscribe();
  assert.equal([accepted.status, accepted.headers.get('Expires'), accepted.headers.get('Contact')], [200, '600', '<sip:201@10.0.0.2:5060>']);
  assert.is(lamps.world.agent.counters().subscriptions, 1);
  const { newest } = lamps;
  assert.is(newest.uri, 'sip:ada@10.0.0.1:5060');
  assert.is(tagIn(newest, 'From'), tagIn(accepted, 'To'));
  assert.is(tagIn(newest, 'To'), 'ft');
  assert.is(newest.headers.get('Call-ID'), 'lamp');
  assert.is(newest.headers.get('CSeq'), '1 NOTIFY');
  assert.is(newest.headers.get('Event'), 'message-summary');
  assert.is(newest.headers.get('Contact'), '<sip:201@10.0.0.2:5060>');
  assert.is(newest.headers.get('Content-Type'), 'application/simple-message-summary');
  assert.is(stateOf(newest), 'active;expires=600');
  assert.is(Buffer.from(newest.body).toString(), 'Messages-Waiting: yes\r\nMessage-Account: sip:201@10.0.0.2\r\nVoice-Message: 2/3 (1/0)\r\n');
  await lamps.done();
});

test('the answer comes before the first notification', async () => {
  const lamps = await LampWorld.open();
  await lamps.subscribe();
  assert.is(lamps.world.peer.summary(), '200/SUBSCRIBE NOTIFY');
  await lamps.done();
});

test('each change is told, with rising numbers and what is left of the time', async () => {
  const lamps = await LampWorld.open();
  await lamps.subscribe();
  await lamps.world.clock.advance(60_000);
  lamps.change(counts(3, 3, 1));
  await lamps.world.clock.advance(2000);
  lamps.change(counts(0, 6));
  await lamps.world.clock.advance(10);
  assert.equal(lamps.told, ['2/3 (1/0)', '3/3 (1/0)', '0/6 (0/0)']);
  assert.equal(lamps.notifies.map(({ headers }) => headers.get('CSeq')), ['1 NOTIFY', '2 NOTIFY', '3 NOTIFY']);
  assert.is(stateOf(lamps.notifies[1] as SipRequest), 'active;expires=540');
  assert.match(Buffer.from(lamps.newest.body).toString(), /^Messages-Waiting: no\r\n/);
  await lamps.done();
});

test('the lamp of another mailbox is not told', async () => {
  const lamps = await LampWorld.open();
  await lamps.subscribe();
  lamps.change(counts(9), '202');
  await lamps.world.clock.advance(5000);
  assert.equal(lamps.told, ['2/3 (1/0)']);
  await lamps.done();
});

test('at most one a second, and the last state always', async () => {
  const lamps = await LampWorld.open();
  await lamps.subscribe();
  await lamps.world.clock.advance(5000);
  for (let number = 1; number <= 25; number++) {
    lamps.change(counts(number));
    await lamps.world.clock.advance(100);
  }
  await lamps.world.clock.advance(5000);
  const times = lamps.world.peer.requests('NOTIFY').map(({ atMs }) => atMs);
  for (const [index, at] of times.slice(1).entries()) assert.ok(at - (times[index] as number) >= 999, `${at - (times[index] as number)} ms between two`);
  assert.equal(lamps.told, ['2/3 (1/0)', '1/0 (0/0)', '10/0 (0/0)', '20/0 (0/0)', '25/0 (0/0)']);
  await lamps.done();
});

test('a refresh extends the time and is answered with the state, whatever the pace', async () => {
  const lamps = await LampWorld.open();
  const first = await lamps.subscribe(600);
  const second = await lamps.subscribe(700, { contact: '<sip:ada@10.0.0.1:5099>' });
  assert.equal([second.status, second.headers.get('Expires'), tagIn(second, 'To')], [200, '700', tagIn(first, 'To')]);
  assert.equal(lamps.notifies.map(stateOf), ['active;expires=600'], 'the second went to the new Contact');
  const moved = await RawPeer.open(lamps.world.network, '10.0.0.1', 5099);
  script(moved, { NOTIFY: [ok] });
  await lamps.world.clock.advance(699_000);
  assert.is(lamps.world.agent.counters().subscriptions, 1);
  await lamps.world.clock.advance(1010);
  assert.is(lamps.world.agent.counters().subscriptions, 0);
  assert.equal(moved.requests('NOTIFY').map(({ message }) => stateOf(message)).at(-1), 'terminated;reason=timeout');
  await assertQuiet(lamps.world);
});

test('when its time is up the subscription ends with a last word', async () => {
  const lamps = await LampWorld.open();
  await lamps.subscribe(120);
  lamps.change(counts(5));
  await lamps.world.clock.advance(119_900);
  assert.is(lamps.world.agent.counters().subscriptions, 1);
  await lamps.world.clock.advance(200);
  assert.equal([stateOf(lamps.newest), voice(lamps.newest)], ['terminated;reason=timeout', '5/0 (0/0)']);
  lamps.change(counts(6));
  await lamps.world.clock.advance(5000);
  assert.is(voice(lamps.newest), '5/0 (0/0)');
  assert.is((await lamps.subscribe(600)).status, 481, 'it cannot be refreshed any more');
  await assertQuiet(lamps.world);
});

test('Expires 0 without a subscription asks once', async () => {
  const lamps = await LampWorld.open();
  const accepted = await lamps.subscribe(0);
  assert.equal([accepted.status, accepted.headers.get('Expires')], [200, '0']);
  assert.equal([stateOf(lamps.newest), voice(lamps.newest)], ['terminated;reason=timeout', '2/3 (1/0)']);
  await assertQuiet(lamps.world);
  assert.is(lamps.notifies.length, 1);
});

test('Expires 0 within the dialog ends the subscription', async () => {
  const lamps = await LampWorld.open();
  await lamps.subscribe(600);
  assert.is((await lamps.subscribe(0)).status, 200);
  assert.equal(lamps.notifies.map(stateOf), ['active;expires=600', 'terminated;reason=timeout']);
  assert.is(lamps.world.agent.counters().subscriptions, 0);
  await assertQuiet(lamps.world);
});

const granted: readonly [asked: number | null, status: number, header: string | undefined][] = [[null, 200, '3600'], [100_000, 200, '86400'], [60, 200, '60'], [59, 423, undefined], [1, 423, undefined]];

for (const [asked, status, expires] of granted) {
  test(`Expires ${asked ?? 'not given'}: ${status} ${expires ?? 'with Min-Expires'}`, async () => {
    const lamps = await LampWorld.open();
    const answer = await lamps.subscribe(asked);
    assert.equal([answer.status, answer.headers.get('Expires')], [status, expires]);
    if (status === 423) assert.is(answer.headers.get('Min-Expires'), '60');
    await (status === 200 ? lamps.done() : assertQuiet(lamps.world));
  });
}

const refused: readonly [what: string, status: number, ask: Ask, event: string][] = [
  ['a mailbox that does not exist', 404, { uri: 'sip:999@10.0.0.2' }, 'message-summary'],
  ['an event that we do not have', 489, {}, 'presence'],
  ['an event that only begins like ours', 489, {}, 'message-summary.winfo'],
  ['a subscriber that takes another body', 406, { headers: ['Accept: application/pidf+xml'] }, 'message-summary'],
  ['a subscriber without Contact', 400, { contact: null }, 'message-summary'],
  ['an extension that we do not have', 420, { headers: ['Require: eventlist'] }, 'message-summary'],
  ['a dialog that we do not know', 481, { toTag: 'never-given' }, 'message-summary'],
];

for (const [what, status, ask, event] of refused) {
  test(`refused: ${what}: ${status}`, async () => {
    const lamps = await LampWorld.open();
    const answer = await lamps.subscribe(600, ask, event);
    assert.is(answer.status, status);
    if (status === 489) assert.is(answer.headers.get('Allow-Events'), 'message-summary');
    if (status === 420) assert.is(answer.headers.get('Unsupported'), 'eventlist');
    assert.is(lamps.notifies.length, 0);
    await assertQuiet(lamps.world);
  });
}

for (const accept of ['application/simple-message-summary', 'text/plain, application/*', '*/*', 'Application/Simple-Message-Summary;q=0.5']) {
  test(`a subscriber that takes ${accept} is served`, async () => {
    const lamps = await LampWorld.open();
    assert.is((await lamps.subscribe(600, { headers: [`Accept: ${accept}`] })).status, 200);
    await lamps.done();
  });
}

test('the id of an event is repeated, its other parameters are not', async () => {
  const lamps = await LampWorld.open();
  await lamps.subscribe(600, {}, 'Message-Summary;id=7;x=y');
  assert.is(lamps.newest.headers.get('Event'), 'message-summary;id=7');
  await lamps.done();
});

test('a SUBSCRIBE that comes again is one subscription', async () => {
  const lamps = await LampWorld.open();
  const text = requestText('SUBSCRIBE', { callId: 'twice', branch: 'sub-twice', headers: ['Event: message-summary', 'Expires: 600'] });
  for (const waitMs of [500, 1000]) {
    lamps.world.peer.send(text);
    await lamps.world.clock.advance(waitMs);
  }
  const [one, again, ...more] = lamps.world.peer.responses('SUBSCRIBE').map(({ text }) => text);
  assert.is(one, again);
  assert.equal(more, []);
  assert.is(lamps.notifies.length, 1);
  assert.is(lamps.world.agent.counters().subscriptions, 1);
});

test('an old SUBSCRIBE that comes late in the dialog gets 500', async () => {
  const lamps = await LampWorld.open();
  await lamps.subscribe(600);
  const late = await lamps.subscribe(0, { cseq: 1 });
  assert.is(late.status, 500);
  assert.is(lamps.world.agent.counters().subscriptions, 1);
  await lamps.done();
});

test('two subscribers to one mailbox are both told', async () => {
  const lamps = await LampWorld.open();
  await lamps.subscribe(600);
  await lamps.subscribe(600, { callId: 'other', cseq: 1 });
  lamps.change(counts(4));
  await lamps.world.clock.advance(3000);
  const last = new Map(lamps.notifies.map((notify) => [notify.headers.get('Call-ID'), voice(notify)]));
  assert.equal([...last], [['lamp', '4/0 (0/0)'], ['other', '4/0 (0/0)']]);
  assert.is(lamps.world.agent.counters().subscriptions, 2);
});

test('a NOTIFY that is lost comes again until it is answered', async () => {
  const lamps = await LampWorld.open([silence, ok]);
  lamps.world.peer.react = null;
  await lamps.subscribe(600);
  await lamps.world.clock.advance(1600);
  assert.is(lamps.world.peer.requests('NOTIFY').length, 3, '0, .5 and 1.5 s');
  lamps.world.peer.send(responseText(lamps.newest, 200));
  await lamps.world.clock.advance(10_000);
  assert.is(lamps.world.peer.requests('NOTIFY').length, 3);
  assert.is(lamps.world.agent.counters().subscriptions, 1);
  script(lamps.world.peer, { NOTIFY: [ok] });
  await lamps.done();
});

test('a subscriber that is silent is forgotten after 32 s', async () => {
  const lamps = await LampWorld.open([silence]);
  await lamps.subscribe(600);
  await lamps.world.clock.advance(31_900);
  assert.is(lamps.world.agent.counters().subscriptions, 1);
  await lamps.world.clock.advance(200);
  assert.is(lamps.world.agent.counters().subscriptions, 0);
  lamps.change(counts(8));
  await assertQuiet(lamps.world);
  assert.is(lamps.notifies.length, 1);
});

for (const status of [481, 404, 489, 603]) {
  test(`a subscriber that answers ${status} is forgotten`, async () => {
    const lamps = await LampWorld.open([ok, refusing(status)]);
    await lamps.subscribe(600);
    await lamps.world.clock.advance(2000);
    lamps.change(counts(8));
    await lamps.world.clock.advance(100);
    assert.is(lamps.world.agent.counters().subscriptions, 0);
    await assertQuiet(lamps.world);
  });
}

for (const status of [500, 503]) {
  test(`a subscriber that answers ${status} is told again after 5 s, and then ever more rarely`, async () => {
    const lamps = await LampWorld.open([ok, refusing(status), refusing(status), ok]);
    await lamps.subscribe(600);
    await lamps.world.clock.advance(2000);
    lamps.change(counts(8));
    await lamps.world.clock.advance(30_000);
    const times = lamps.world.peer.requests('NOTIFY').map(({ atMs }) => atMs);
    const [firstWait, secondWait] = [(times[2] as number) - (times[1] as number), (times[3] as number) - (times[2] as number)];
    assert.ok(firstWait >= 3700 && firstWait <= 5010, `${firstWait} ms`);
    assert.ok(secondWait >= 7500 && secondWait <= 10_010, `${secondWait} ms`);
    assert.equal(lamps.told, ['2/3 (1/0)', '8/0 (0/0)', '8/0 (0/0)', '8/0 (0/0)']);
    await lamps.done();
  });
}

test('a mailbox that was removed ends its subscription at the next refresh', async () => {
  const lamps = await LampWorld.open();
  await lamps.subscribe(600);
  lamps.boxes.delete('201');
  assert.is((await lamps.subscribe(600)).status, 404);
  assert.is(stateOf(lamps.newest), 'terminated;reason=noresource');
  assert.is(lamps.world.agent.counters().subscriptions, 0);
  await assertQuiet(lamps.world);
});

test('when the unit stops its subscribers are told to come again', async () => {
  const lamps = await LampWorld.open();
  await lamps.subscribe(600);
  let stoppedAfter = -1;
  const before = lamps.world.clock.monotonic();
  void lamps.world.agent.stop(5000).then(() => (stoppedAfter = lamps.world.clock.monotonic() - before));
  await lamps.world.clock.advance(6000);
  assert.is(stateOf(lamps.newest), 'terminated;reason=deactivated');
  assert.ok(stoppedAfter >= 0 && stoppedAfter < 100, `${stoppedAfter} ms`);
  assert.equal(lamps.world.clock.pending(), []);
});

test('when the unit stops and the subscriber is silent, it stops in time; who subscribes meanwhile gets 503', async () => {
  const lamps = await LampWorld.open([ok, silence]);
  await lamps.subscribe(600);
  let done = false;
  void lamps.world.agent.stop(500).then(() => (done = true));
  assert.is((await lamps.subscribe(600, { callId: 'new' })).status, 503);
  await lamps.world.clock.advance(480);
  assert.not(done);
  await lamps.world.clock.advance(20);
  assert.ok(done);
  assert.equal(lamps.world.clock.pending(), []);
});

test('a subscriber that is reached over a proxy is told over that proxy', async () => {
  const lamps = await LampWorld.open();
  const proxy = await RawPeer.open(lamps.world.network, '10.0.0.5');
  script(proxy, { NOTIFY: [ok] });
  const accepted = await lamps.subscribe(600, { headers: ['Record-Route: <sip:10.0.0.5;lr>'] });
  assert.is(accepted.headers.get('Record-Route'), '<sip:10.0.0.5;lr>');
  const { message } = proxy.request('NOTIFY');
  assert.equal([message.uri, message.headers.get('Route')], ['sip:ada@10.0.0.1:5060', '<sip:10.0.0.5;lr>']);
});

test('1,000 subscriptions at a time, the next gets 503', async () => {
  const lamps = await LampWorld.open();
  for (let number = 0; number < 1000; number++) await lamps.subscribe(3600, { callId: `many-${number}` });
  assert.is(lamps.world.agent.counters().subscriptions, 1000);
  const next = await lamps.subscribe(3600, { callId: 'too-many' });
  assert.is(next.status, 503);
  assert.match(next.headers.get('Retry-After') ?? '', /^[0-9]+$/);
  lamps.change(counts(1));
  await lamps.world.clock.advance(3700_000);
  assert.is(lamps.world.agent.counters().subscriptions, 0);
  await assertQuiet(lamps.world);
});

test.run();
