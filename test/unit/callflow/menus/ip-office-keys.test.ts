import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nameKeys, outcallingKeys } from '../../../../firmware/callflow/key-maps/common-keys.ts';
import { forwardKeys, greetingKeys, groupGreetingKeys, mainKeys, messageKeys, ownGreetingKeys } from '../../../../firmware/callflow/key-maps/ip-office-keys.ts';
import type { KeyMap } from '../../../../firmware/callflow/key-maps/key-map.ts';
import type { MenuWorld } from '../../../support/menu-probe.ts';
import { MenuProbe, message } from '../../../support/menu-probe.ts';

const world = { mode: 'ip-office', messages: [message('a'), message('b'), message('c', { state: 'old' }), message('d', { state: 'saved' })] } as const;
const group = { mode: 'ip-office', context: { book: { mode: () => 'ip-office', has: () => true, isGroup: () => true, named: () => [] } } } satisfies MenuWorld;

const atMain = () => MenuProbe.inside({ mode: 'ip-office' }).heard();
/** In the body of the first of two new messages. */
const hearing = () => MenuProbe.inside(world).heard(2);

interface Place {
  readonly keys: KeyMap<string>;
  readonly there: () => MenuProbe;
  /** Keys -> what is said, asked and done at once. */
  readonly table: Readonly<Record<string, readonly string[]>>;
}

const envelopeOf = (number: number) => ['collect.message', `number ${number}`, 'collect.received', 'dateTime', 'collect.from', 'digits 301'];
const stars = (first: readonly string[]) => ({
  '*01': [...first, 'ask email-all', 'email.all-sent'],
  '*02': [...first, 'ask set-email', 'email.on'],
  '*03': [...first, 'ask set-email', 'email.off'],
  '*04': [...first, 'pin.change-enter'],
  '*05': [...first, 'open-greeting name', 'naming.record', 'beep'],
  '*07': [...first, 'outcalling.help'],
  '*08': [...first, 'ask deleted-messages', 'mark gone old', 'collect.undeleted'],
  '*09': [...first, 'collect.enter-mailbox'],
});
const atMainAgain = (table: Readonly<Record<string, readonly string[]>>) => Object.fromEntries(Object.entries(table).map(([keys, said]) => [keys, /0[4579]$/.test(keys) ? said : [...said, 'collect.main-help']]));

const places: Readonly<Record<string, Place>> = {
  'the main menu': {
    keys: mainKeys,
    there: atMain,
    table: {
      '1': ['collect.you-have', '0 old'],
      '2': ['collect.you-have', '0 saved'],
      '3': ['menu.greeting-help'],
      '6': ['collect.you-have', '0 new'],
      '8': ['collect.more-help', 'collect.main-help'],
      '*4': ['collect.more-help', 'collect.main-help'],
      '0': ['goodbye'],
      ...atMainAgain(stars([])),
    },
  },
  'while a message plays': {
    keys: messageKeys,
    there: hearing,
    table: {
      '1': ['mark a old', 'collect.you-have', '2 old'],
      '2': ['mark a old', 'collect.you-have', '1 saved'],
      '3': ['mark a old', 'menu.greeting-help'],
      '4': ['mark a deleted', 'collect.deleted'],
      '5': ['mark a saved', 'collect.saved'],
      '6': ['mark a old', 'forward.help'],
      '7': envelopeOf(1),
      '8': ['collect.message-help'],
      '*4': ['seek -5000', 'collect.message-help'],
      '9': ['mark a old', ...envelopeOf(2)],
      '0': ['mark a old', 'goodbye'],
      '#': ['seek 5000'],
      '*': ['seek -5000'],
      '**': ['seek -5000', 'mark a old', 'connect.connecting', 'ask transfer', 'connect.busy'],
      '*06': ['seek -5000', 'mark a new', 'collect.marked-new'],
      ...stars(['seek -5000', 'mark a old']),
    },
  },
  'the greeting menu with a new greeting': {
    keys: greetingKeys,
    there: () => atMain().keys('32').heard().speak(4000),
    table: {
      '1': ['pendingGreeting', 'menu.greeting-help'],
      '2': ['open-greeting', 'menu.greeting-record', 'beep'],
      '3': ['commit-greeting', 'menu.greeting-saved', 'menu.greeting-help'],
      '4': ['commit-greeting', 'ask mailbox-options', 'menu.greeting-loop', 'menu.greeting-help'],
      '6': ['abandon-greeting', 'menu.own-greetings'],
      '7': ['remove-greeting', 'menu.greeting-removed', 'menu.greeting-help'],
      '8': ['abandon-greeting', 'collect.main-help'],
      '0': ['goodbye'],
    },
  },
  "which of an owner's greetings": {
    keys: ownGreetingKeys,
    there: () => atMain().keys('36'),
    table: Object.fromEntries(Object.keys(ownGreetingKeys).map((key) => [key, [key === '8' ? 'collect.main-help' : key === '0' ? 'goodbye' : 'menu.greeting-help']])),
  },
  "which of a group's greetings": {
    keys: groupGreetingKeys,
    there: () => MenuProbe.inside(group).heard().keys('3'),
    table: { '1': ['menu.greeting-help'], '2': ['menu.greeting-help'], '3': ['menu.greeting-help'], '4': ['menu.greeting-help'], '8': ['collect.main-help'], '0': ['goodbye'] },
  },
  'forwarding': {
    keys: forwardKeys,
    there: () => hearing().keys('6'),
    table: { '2': ['send.enter'], '3': ['open-draft', 'forward.record', 'beep'], '8': [] },
  },
  'outcalling options': {
    keys: outcallingKeys,
    there: () => atMain().keys('*07'),
    table: {
      '0': ['ask get-outcalling', 'outcalling.on', 'outcalling.mobile', 'digits 0170', 'outcalling.help'],
      '1': ['outcalling.which'],
      '6': ['ask set-outcalling', 'outcalling.off', 'outcalling.help'],
      '9': ['ask set-outcalling', 'outcalling.on', 'outcalling.help'],
      '8': ['collect.main-help'],
      '*7': ['collect.main-help'],
    },
  },
  'a new name': {
    keys: nameKeys,
    there: () => atMain().keys('*05').heard().speak(1500),
    table: {
      '1': ['pendingGreeting', 'naming.help'],
      '2': ['open-greeting name', 'naming.record', 'beep'],
      '3': ['commit-greeting', 'naming.saved', 'collect.main-help'],
      '#': ['commit-greeting', 'naming.saved', 'collect.main-help'],
      '8': ['abandon-greeting', 'collect.main-help'],
      '*7': ['abandon-greeting', 'collect.main-help'],
    },
  },
};

for (const [name, { keys, there, table }] of Object.entries(places)) {
  test(`${name}: every key of the map does what the table says`, () => {
    assert.equal(Object.keys(table).sort(), Object.keys(keys).sort(), 'the table has all keys, and no others');
    for (const [pressed, said] of Object.entries(table)) {
      const probe = there();
      probe.take();
      assert.equal(probe.keys(pressed).take(), said, `${name}, keys ${pressed}`);
      assert.not(probe.stuck, `${name}, keys ${pressed}: something follows`);
    }
  });

  test(`${name}: any other key is no trap`, () => {
    for (const other of [...'0123456789*#'].filter((key) => !Object.keys(keys).some((sequence) => sequence.startsWith(key)))) {
      const probe = there();
      probe.take();
      probe.keys(other);
      assert.not(probe.stuck, `${name}, key ${other}`);
      assert.not(probe.over);
    }
  });
}

test('the keys of IP Office mode are those of the manuals', () => {
  const manual = { '1': 'old', '2': 'saved', '3': 'greeting', '4': 'delete', '5': 'save', '6': 'forward', '7': 'repeat', '9': 'skip', '#': 'ahead', '*': 'back', '**': 'call-sender', '*4': 'help', '8': 'help', '*01': 'mail-all', '*02': 'mail-on', '*03': 'mail-off', '*04': 'change-pin', '*05': 'record-name', '*06': 'mark-new', '*07': 'outcalling' };
  for (const [keys, action] of Object.entries(manual)) assert.is(messageKeys[keys], action);
});

test('a message is forwarded with words before it to two mailboxes, and comes back to hand', () => {
  const probe = hearing().keys('63').heard();
  assert.ok(probe.recording !== null);
  probe.keys('#').keys('202#203##');
  assert.equal(probe.requests.at(-1), { kind: 'send-message', from: '201', to: [{ mailbox: '202' }, { mailbox: '203' }], content: { message: { mailbox: '201', id: 'a' }, introduced: true }, as: 'forwarded' });
  assert.equal(probe.take().slice(-2), ['abandon-draft', 'send.sent']);
  assert.equal(probe.heard().waits().take(), envelopeOf(2), 'and the next message follows');
});

test('who does not get a message is named, and why', () => {
  const refusing = { ...world, answer: (request: { kind: string }) => (request.kind === 'send-message' ? { accepted: 1, refused: [{ mailbox: '203', fault: 'mailbox-full' }], fault: null, id: 's' } : undefined) };
  const probe = MenuProbe.inside(refusing).heard(2).keys('62202#203##');
  assert.equal(probe.take().slice(-4), ['send.sent', 'send.not-to', 'name 203', 'leave.full']);
});

test('nobody takes a message: its words stay, and it may go to others', () => {
  let full = true;
  const refusing = { ...world, answer: (request: { kind: string }) => (request.kind !== 'send-message' || !full ? undefined : { accepted: 0, refused: [{ mailbox: '202', fault: 'mailbox-full' }], fault: null, id: null }) };
  const probe = MenuProbe.inside(refusing).heard(2).keys('63').heard().keys('#202##');
  const told = probe.take();
  assert.equal(told.slice(-5), ['send.to-nobody', 'send.not-to', 'name 202', 'leave.full', 'send.enter']);
  assert.not.ok(told.includes('abandon-draft'));
  full = false;
  probe.keys('203##');
  assert.equal((probe.requests.at(-1) as { readonly to?: unknown; readonly content?: unknown }).to, [{ mailbox: '203' }]);
  assert.ok(probe.take().includes('abandon-draft'), 'sent: the draft goes');
  assert.not.ok(probe.stuck);
});

test('a temporary greeting gets an end, or none', () => {
  for (const [keys, untilMs] of [['3#', 1000 + 3 * 86_400_000], ['#', null]] as const) {
    const probe = atMain().keys('36').keys('72').heard().speak(4000);
    probe.take();
    probe.keys('3').heard();
    assert.ok(probe.take().includes('greetings.days'));
    probe.keys(keys);
    assert.equal(probe.requests.at(-1), { kind: 'greetings-of', mailbox: '201', set: { untilMs } });
    assert.ok(probe.take().includes('menu.greeting-saved'));
    assert.not.ok(probe.stuck);
  }
});

test('mail on is what the administrator set', () => {
  const probe = MenuProbe.inside(world).heard(2).keys('*03').heard().keys('*02');
  assert.equal(probe.requests.filter(({ kind }) => kind === 'set-email').map((one) => (one as { mode?: unknown }).mode), ['off', null]);
});

test('a private message is not forwarded, and the words for it go', () => {
  const refusing = { ...world, answer: (request: { kind: string }) => (request.kind === 'send-message' ? { accepted: 0, refused: [], fault: 'private', id: null } : undefined) };
  const probe = MenuProbe.inside(refusing).heard(2).keys('63').heard().keys('#202##');
  assert.ok(probe.take().includes('send.private'));
  probe.feed({ type: 'hung-up' });
  assert.is(probe.done, 1);
});

test('a mailbox that does not exist is said, and the others stay', () => {
  const probe = hearing().keys('62202#');
  probe.take();
  assert.equal(probe.keys('999#').take(), ['send.no-mailbox', 'send.next']);
  probe.keys('#');
  assert.equal((probe.requests.at(-1) as { readonly to?: unknown }).to, [{ mailbox: '202' }]);
});

test('broadcasts come first, then what is urgent', () => {
  const probe = MenuProbe.inside({ mode: 'ip-office', messages: [message('plain'), message('urgent', { priority: true }), message('all', { sentAs: 'broadcast' })] }).heard();
  const order = [0, 1, 2].map(() => {
    probe.heard();
    const said = probe.take().find((one) => one.startsWith('message '));
    probe.keys('9');
    return said;
  });
  assert.equal(order, ['message all', 'message urgent', 'message plain']);
});

test('a first log-in asks for a PIN of the own and a name, then comes the menu', () => {
  const probe = MenuProbe.inside({ mode: 'ip-office', owner: { named: false, options: { takesCalls: true, loopGreeting: false, pinGiven: true, envelope: { number: true, name: false, time: true, length: false } } }, context: { firstLogIn: 'name-and-pin' } });
  assert.equal(probe.take().slice(-1), ['pin.change-enter']);
  probe.keys('8642#8642#');
  assert.equal(probe.take(), ['pin.change-again', 'change-pin 8642', 'open-greeting name', 'naming.record', 'beep']);
  probe.heard().speak(1500).keys('3');
  assert.equal(probe.take().slice(-2), ['commit-greeting', 'collect.no-messages']);
});

test('an owner who will not record a name gets to the menu all the same', () => {
  const probe = MenuProbe.inside({ mode: 'ip-office', owner: { named: false }, context: { firstLogIn: 'name' } });
  probe.heard().speak(1500).keys('8');
  assert.equal(probe.take().slice(-2), ['abandon-greeting', 'collect.no-messages']);
});

test('the envelope says what its owner wants to hear', () => {
  const envelope = (parts: object) => {
    const probe = MenuProbe.inside({ ...world, owner: { options: { takesCalls: true, loopGreeting: false, pinGiven: false, envelope: { number: false, name: false, time: false, length: false, ...parts } } } });
    probe.take();
    return probe.heard().take();
  };
  assert.equal(envelope({}), ['collect.message', 'number 1']);
  assert.equal(envelope({ length: true }), ['collect.message', 'number 1', 'collect.lasts', 'durationMs']);
  assert.equal(envelope({ name: true }), ['collect.message', 'number 1', 'collect.from', 'name 301']);
  assert.equal(envelope({ name: true, number: true, time: true }), ['collect.message', 'number 1', 'collect.received', 'dateTime', 'collect.from', 'name 301', 'digits 301']);
});

test.run();
