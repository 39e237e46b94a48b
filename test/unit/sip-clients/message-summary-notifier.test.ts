import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SipResponse } from '../../../firmware/sip/message.ts';
import { formatMessageSummary } from '../../../firmware/sip/subscription/message-summary.ts';
import { MessageSummaryNotifier } from '../../../firmware/sip/subscription/message-summary-notifier.ts';
import type { MessageCounts } from '../../../firmware/sip/user-agent.ts';
import type { Ask } from '../../support/sip/message-text.ts';
import { requestText, tagIn } from '../../support/sip/message-text.ts';
import type { ClientWorld, Sent } from './scripted-layer.ts';
import { asked, clientWorld, header, peerFlow } from './scripted-layer.ts';

const counts = (newMessages: number): MessageCounts => ({ newMessages, oldMessages: 8, urgentNew: 0, urgentOld: 2 });

interface World extends ClientWorld {
  readonly notifier: MessageSummaryNotifier;
  readonly mailboxes: Map<string, MessageCounts>;
  subscribe(ask?: Ask): SipResponse;
}

function notifierWorld(): World {
  const world = clientWorld();
  const mailboxes = new Map([['201', counts(2)], ['202', counts(0)]]);
  const notifier = new MessageSummaryNotifier(world.parts, (mailbox) => mailboxes.get(mailbox) ?? null);
  const subscribe = (ask: Ask = {}): SipResponse => {
    const transaction = asked(requestText('SUBSCRIBE', { ...ask, headers: ask.headers ?? ['Event: message-summary', 'Expires: 600'] }));
    notifier.subscribe(transaction);
    assert.is(transaction.responses.length, 1, 'one response to one request');
    return transaction.responses[0] as SipResponse;
  };
  return { ...world, notifier, mailboxes, subscribe };
}

const expires = (seconds: number | string): readonly string[] => ['Event: message-summary', `Expires: ${seconds}`];
const states = (world: ClientWorld): string[] => world.layer.sent.map(({ request }) => header(request, 'Subscription-State'));
const body = ({ request }: Sent): string => Buffer.from(request.body).toString();
const told = (world: ClientWorld): number[] => world.layer.sent.map((sent) => Number(/Voice-Message: ([0-9]+)/.exec(body(sent))?.[1]));

test('the body of RFC 3842', () => {
  const text = (given: MessageCounts): string => Buffer.from(formatMessageSummary('sip:201@unit', given)).toString();
  assert.is(text({ newMessages: 2, oldMessages: 8, urgentNew: 0, urgentOld: 2 }), 'Messages-Waiting: yes\r\nMessage-Account: sip:201@unit\r\nVoice-Message: 2/8 (0/2)\r\n');
  assert.is(text({ newMessages: 0, oldMessages: 8, urgentNew: 0, urgentOld: 0 }), 'Messages-Waiting: no\r\nMessage-Account: sip:201@unit\r\nVoice-Message: 0/8 (0/0)\r\n');
});

test('a subscription: 200, and the state at once within the dialog, along its route', async () => {
  const world = notifierWorld();
  const routes = ['Record-Route: <sip:10.0.0.8;lr>', 'Record-Route: <sip:10.0.0.9;lr>'];
  const response = world.subscribe({ headers: [...expires(600), ...routes], contact: '<sip:phone@10.0.0.1:5066>' });
  assert.equal([response.status, header(response, 'Expires'), header(response, 'Contact')], [200, '600', '<sip:201@10.0.0.2:5060>']);
  assert.equal(response.headers.all('Record-Route'), ['<sip:10.0.0.8;lr>', '<sip:10.0.0.9;lr>']);
  await world.clock.advance(100);
  const { request, to } = world.layer.newest;
  assert.equal([request.method, request.uri, to.remote.address], ['NOTIFY', 'sip:phone@10.0.0.1:5066', '10.0.0.8']);
  assert.equal(request.headers.all('Route'), ['<sip:10.0.0.8;lr>', '<sip:10.0.0.9;lr>']);
  assert.equal([tagIn(request, 'From'), tagIn(request, 'To'), header(request, 'Call-ID')], [tagIn(response, 'To'), 'ft', 'call-1']);
  assert.is.not(tagIn(response, 'To'), '');
  assert.equal([header(request, 'Event'), header(request, 'Subscription-State')], ['message-summary', 'active;expires=600']);
  assert.is(body(world.layer.newest), 'Messages-Waiting: yes\r\nMessage-Account: sip:201@10.0.0.2\r\nVoice-Message: 2/8 (0/2)\r\n');
  assert.equal([world.layer.sent.length, world.notifier.size], [1, 1]);
});

test('the id of the Event comes back in every notification', async () => {
  const world = notifierWorld();
  world.subscribe({ headers: ['Event: Message-Summary;id=7', 'Expires: 600'] });
  await world.clock.advance(10);
  assert.is(header(world.layer.newest.request, 'Event'), 'message-summary;id=7');
});

const refusals: Readonly<Record<string, readonly [ask: Ask, status: number, field?: readonly [string, string]]>> = {
  'another event': [{ headers: ['Event: presence'] }, 489, ['Allow-Events', 'message-summary']],
  'no event': [{ headers: ['Expires: 600'] }, 489, ['Allow-Events', 'message-summary']],
  'no such mailbox': [{ uri: 'sip:299@10.0.0.2' }, 404],
  'no mailbox at all': [{ uri: 'sip:10.0.0.2' }, 404],
  'too short': [{ headers: expires(59) }, 423, ['Min-Expires', '60']],
  'a body that we cannot write': [{ headers: [...expires(600), 'Accept: application/pidf+xml'] }, 406],
  'nowhere to notify': [{ contact: null }, 400],
  'a dialog that we do not know': [{ toTag: 'never-heard-of' }, 481],
};

for (const [name, [ask, status, field]] of Object.entries(refusals)) {
  test(`refused: ${name}`, async () => {
    const world = notifierWorld();
    const response = world.subscribe(ask);
    assert.is(response.status, status);
    if (field !== undefined) assert.is(header(response, field[0]), field[1]);
    await world.clock.advance(1000);
    assert.equal([world.layer.sent.length, world.notifier.size, world.clock.pending().length], [0, 0, 0]);
  });
}

const taken: readonly (readonly [string, readonly string[], string])[] = [
  ['an hour when nothing is asked', ['Event: message-summary'], '3600'],
  ['a day at most', expires(999_999_999), '86400'],
  ['what cannot be read is as if not asked', expires('soon'), '3600'],
  ['a minute at least', expires(60), '60'],
  ['any application type will do', [...expires(600), 'Accept: text/plain, application/*;q=0.5'], '600'],
];

for (const [name, headers, granted] of taken) {
  test(`granted: ${name}`, () => assert.is(header(notifierWorld().subscribe({ headers }), 'Expires'), granted));
}

test('at most one notification a second, and the last state always goes out', async () => {
  const world = notifierWorld();
  world.subscribe();
  for (let number = 1; number <= 25; number++) {
    world.notifier.lamp('201', counts(number));
    await world.clock.advance(100);
  }
  await world.clock.advance(5000);
  assert.equal(world.layer.sent.map(({ atMs }) => atMs), [0, 1000, 2000, 3000]);
  assert.is(told(world).at(-1), 25);
  assert.equal(world.layer.sent.map(({ request }) => header(request, 'CSeq')), ['1 NOTIFY', '2 NOTIFY', '3 NOTIFY', '4 NOTIFY']);
});

test('a change is told to the subscribers of its mailbox only', async () => {
  const world = notifierWorld();
  world.subscribe({ callId: 'a' });
  world.subscribe({ callId: 'b' });
  world.subscribe({ callId: 'c', uri: 'sip:202@10.0.0.2' });
  await world.clock.advance(2000);
  world.notifier.lamp('201', counts(5));
  await world.clock.advance(10);
  assert.equal(world.layer.sent.slice(3).map(({ request }) => header(request, 'Call-ID')), ['a', 'b']);
});

test('a refresh: longer life, new target, the state at once', async () => {
  const world = notifierWorld();
  const toTag = tagIn(world.subscribe(), 'To');
  await world.clock.advance(300_000);
  const response = world.subscribe({ toTag, cseq: 2, contact: '<sip:phone@10.0.0.1:5099>' });
  assert.equal([response.status, tagIn(response, 'To')], [200, toTag]);
  await world.clock.advance(599_000);
  assert.equal([states(world), world.layer.newest.request.uri, world.notifier.size], [['active;expires=600', 'active;expires=600'], 'sip:phone@10.0.0.1:5099', 1]);
  await world.clock.advance(2000);
  assert.equal([states(world).at(-1), world.notifier.size], ['terminated;reason=timeout', 0]);
});

test('a refresh that is older than the last one changes nothing', async () => {
  const world = notifierWorld();
  const toTag = tagIn(world.subscribe({ cseq: 5 }), 'To');
  assert.is(world.subscribe({ toTag, cseq: 5, headers: expires(0) }).status, 500);
  assert.is(world.subscribe({ toTag, cseq: 4, headers: expires(0) }).status, 500);
  await world.clock.advance(1000);
  assert.equal([world.notifier.size, world.layer.sent.length], [1, 1]);
});

test('Expires 0 within the dialog ends it with a last notification', async () => {
  const world = notifierWorld();
  const toTag = tagIn(world.subscribe(), 'To');
  const response = world.subscribe({ toTag, cseq: 2, headers: expires(0) });
  await world.clock.advance(5000);
  assert.equal([response.status, header(response, 'Expires')], [200, '0']);
  assert.equal([states(world), world.notifier.size], [['active;expires=600', 'terminated;reason=timeout'], 0]);
  assert.is(world.subscribe({ toTag, cseq: 3 }).status, 481);
  assert.equal(world.clock.pending(), []);
});

test('Expires 0 without a dialog fetches the state once', async () => {
  const world = notifierWorld();
  assert.is(world.subscribe({ headers: expires(0) }).status, 200);
  await world.clock.advance(5000);
  assert.equal([states(world), told(world), world.notifier.size], [['terminated;reason=timeout'], [2], 0]);
  assert.equal(world.clock.pending(), []);
});

test('what nobody refreshes ends at its time, and says so', async () => {
  const world = notifierWorld();
  world.subscribe();
  await world.clock.advance(599_000);
  assert.is(world.notifier.size, 1);
  await world.clock.advance(2000);
  assert.equal([states(world).at(-1), world.notifier.size, world.clock.pending().length], ['terminated;reason=timeout', 0, 0]);
});

for (const answer of [481, 404, 489, 'timeout'] as const) {
  test(`a subscriber that answers ${answer} is forgotten`, async () => {
    const world = notifierWorld();
    world.layer.script = () => answer;
    world.subscribe();
    await world.clock.advance(33_000);
    world.notifier.lamp('201', counts(9));
    await world.clock.advance(5000);
    assert.equal([world.notifier.size, world.layer.sent.length, world.clock.pending().length], [0, 1, 0]);
  });
}

test('a subscriber in trouble is told again, later, with the newest state', async () => {
  const world = notifierWorld();
  world.layer.script = (_request, index) => (index < 2 ? 503 : 200);
  world.subscribe();
  await world.clock.advance(1500);
  world.notifier.lamp('201', counts(9));
  await world.clock.advance(30_000);
  assert.equal([told(world), world.notifier.size], [[2, 9, 9], 1]);
  const [first = 0, second = 0] = world.layer.sent.map(({ atMs }) => atMs);
  assert.ok(second - first >= 3750 && second - first <= 5100, `${second - first} ms`);
});

test('a mailbox that was removed: 404, and the subscription ends', async () => {
  const world = notifierWorld();
  const toTag = tagIn(world.subscribe(), 'To');
  world.mailboxes.delete('201');
  assert.is(world.subscribe({ toTag, cseq: 2 }).status, 404);
  await world.clock.advance(1000);
  assert.equal([states(world).at(-1), world.notifier.size], ['terminated;reason=noresource', 0]);
});

test('1,000 subscriptions are the most; those that are there may be refreshed', async () => {
  const world = notifierWorld();
  const tags = Array.from({ length: 1000 }, (_, number) => tagIn(world.subscribe({ callId: `c${number}` }), 'To'));
  const refused = world.subscribe({ callId: 'one-too-many' });
  assert.equal([refused.status, header(refused, 'Retry-After'), world.notifier.size], [503, '60', 1000]);
  assert.is(world.subscribe({ callId: 'c7', toTag: tags[7] as string, cseq: 2 }).status, 200);
  assert.is(world.subscribe({ callId: 'c8', toTag: tags[8] as string, cseq: 2, headers: expires(0) }).status, 200);
  assert.is(world.subscribe({ callId: 'now-there-is-room' }).status, 200);
});

test('stop tells every subscriber to come again, and ends when all have answered', async () => {
  const world = notifierWorld();
  world.subscribe({ callId: 'a' });
  world.subscribe({ callId: 'b', uri: 'sip:202@10.0.0.2' });
  await world.clock.advance(100);
  world.layer.script = (request) => (header(request, 'Call-ID') === 'a' ? 200 : 'timeout');
  let done = false;
  void world.notifier.stop().then(() => (done = true));
  await world.clock.advance(31_000);
  assert.equal([states(world).slice(2), done], [['terminated;reason=deactivated', 'terminated;reason=deactivated'], false]);
  assert.is(world.subscribe({ callId: 'c' }).status, 503, 'nobody is taken any more');
  await world.clock.advance(2000);
  assert.equal([done, world.notifier.size, world.clock.pending().length], [true, 0, 0]);
});

test('a subscriber that came by TCP is notified on its connection', async () => {
  const world = notifierWorld();
  const transaction = asked(requestText('SUBSCRIBE', { headers: expires(600), contact: '<sip:phone@192.168.7.7:5060;transport=tcp>' }), { ...peerFlow, transport: 'tcp', connection: 4 });
  world.notifier.subscribe(transaction);
  await world.clock.advance(10);
  const { to } = world.layer.newest;
  assert.equal([to.transport, to.connection, to.remote.address], ['tcp', 4, '10.0.0.1']);
});

test.run();
