import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addressKeys, pickKeys } from '../../../../firmware/callflow/key-maps/common-keys.ts';
import { activityKeys, callTypeKeys, deliveryKeys, editKeys, greetingsKeys, hearKeys, listKeys, optionKeys, respondKeys, scanKeys } from '../../../../firmware/callflow/key-maps/intuity-keys.ts';
import type { KeyMap } from '../../../../firmware/callflow/key-maps/key-map.ts';
import type { MenuWorld } from '../../../support/menu-probe.ts';
import { MenuProbe, message } from '../../../support/menu-probe.ts';

const world: MenuWorld = { mode: 'intuity', messages: [message('a', { sender: '202' }), message('b'), message('s', { state: 'saved' }), message('o', { state: 'old' })] };
const activity = () => MenuProbe.inside(world).heard();
/** The header of the first of two new messages has been heard. */
const header = () => activity().keys('2').heard();
/** In its body. */
const hearing = () => header().keys('0');
/** After its body. */
const bodyHeard = () => hearing().heard();
const editing = () => activity().keys('1').heard().keys('1');
const addressing = () => activity().keys('1').heard().keys('#');
const delivery = () => addressing().keys('202##');

interface Place {
  readonly keys: KeyMap<string>;
  readonly there: () => MenuProbe;
  readonly table: Readonly<Record<string, readonly string[]>>;
}

const envelopeOf = (number: number, from: string) => ['collect.message', `number ${number}`, 'collect.received', 'dateTime', 'collect.from', `digits ${from}`];
const second = envelopeOf(2, '301');
const help = 'activity.help';
const everywhere = (first: readonly string[], undeleted: string) => ({
  '*7': [...first, help],
  '**7': [...first, 'collect.enter-mailbox'],
  '*8': [...first, 'connect.enter'],
  '*9': [...first, 'activity.wait'],
  '**6': [...first, 'names.spell'],
  '**8': [...first, 'ask deleted-messages', 'mark gone old', 'collect.undeleted', undeleted],
  '**9': [...first, 'goodbye'],
});
const options = 'options.help';
const greetings = 'greetings.help';
const lists = 'lists.help';

const places: Readonly<Record<string, Place>> = {
  'the activity menu': {
    keys: activityKeys,
    there: activity,
    table: {
      '1': ['open-draft', 'send.record', 'beep'],
      '2': ['collect.you-have', '2 new', ...envelopeOf(1, '202')],
      '3': [greetings],
      '5': [options],
      '6': ['outcalling.help'],
      '7': ['activity.scan'],
      '*4': [help],
      ...everywhere([], help),
    },
  },
  'after a header': {
    keys: hearKeys,
    there: header,
    table: {
      '0': ['message a'],
      '1': ['respond.help'],
      '2': envelopeOf(1, '202'),
      '23': [...envelopeOf(1, '202'), ...envelopeOf(1, '202')],
      '3': ['hear.header-help'],
      '5': ['hear.header-help'],
      '6': ['hear.header-help'],
      '7': ['mark a saved', 'collect.saved'],
      '8': ['hear.header-help'],
      '9': ['hear.header-help'],
      '#': second,
      '*#': second,
      '*2': ['hear.first', 'hear.header-help'],
      '*3': ['mark a deleted', 'collect.deleted'],
      '*5': envelopeOf(1, '202'),
      '**4': ['collect.you-have', '1 saved', ...envelopeOf(1, '301')],
      '*4': ['hear.help'],
      ...everywhere([], 'hear.header-help'),
    },
  },
  'while the body plays': {
    keys: hearKeys,
    there: hearing,
    table: {
      '0': ['message a'],
      '1': ['mark a old', 'respond.help'],
      '2': ['message a'],
      '23': ['message a', ...envelopeOf(1, '202')],
      '3': ['pause'],
      '5': ['seek -5000'],
      '6': ['seek 5000'],
      '7': ['mark a saved', 'collect.saved'],
      '8': ['slower'],
      '9': ['faster'],
      '#': ['mark a old', ...second],
      '*#': ['mark a old', ...second],
      '*2': ['mark a old', 'hear.first', 'hear.body-help'],
      '*3': ['mark a deleted', 'collect.deleted'],
      '*5': ['message a'],
      '**4': ['collect.you-have', '1 saved', ...envelopeOf(1, '301')],
      '*4': ['hear.help'],
      ...everywhere(['mark a old'], 'hear.body-help'),
    },
  },
  'after the body': {
    keys: hearKeys,
    there: bodyHeard,
    table: {
      '0': ['message a'],
      '1': ['respond.help'],
      '2': ['message a'],
      '23': ['message a', ...envelopeOf(1, '202')],
      '3': ['hear.body-help'],
      '5': ['message a', 'seek 4000'],
      '6': ['hear.body-help'],
      '7': ['mark a saved', 'collect.saved'],
      '8': ['hear.body-help'],
      '9': ['hear.body-help'],
      '#': second,
      '*#': second,
      '*2': ['hear.first', 'hear.body-help'],
      '*3': ['mark a deleted', 'collect.deleted'],
      '*5': ['message a'],
      '**4': ['mark a unopened', 'collect.you-have', '1 saved', ...envelopeOf(1, '301')],
      '*4': ['hear.help'],
      ...everywhere([], 'hear.body-help'),
    },
  },
  'responding': {
    keys: respondKeys,
    there: () => header().keys('1'),
    table: {
      '0': ['connect.connecting', 'ask transfer', 'connect.busy', 'hear.header-help'],
      '1': ['open-draft', 'send.record', 'beep'],
      '2': ['open-draft', 'send.record', 'beep'],
      '3': ['send.enter', 'send.enter-more'],
      '*7': ['hear.header-help'],
    },
  },
  'a message in the making': {
    keys: editKeys,
    there: editing,
    table: {
      '1': ['open-draft', 'send.go-on', 'beep'],
      '23': ['draft', 'send.edit-help'],
      '*3': ['abandon-draft', 'send.deleted', help],
      '#': ['send.enter', 'send.enter-more'],
      '*4': ['send.edit-help'],
      '*7': ['abandon-draft', help],
    },
  },
  'addressing': {
    keys: addressKeys,
    there: () => addressing().keys('202#'),
    table: {
      '*2': ['names.spell'],
      '**6': ['names.spell'],
      '*5': ['send.enter-list'],
      '**5': ['send.enter-list'],
      '*3': ['send.dropped', 'send.enter', 'send.enter-more'],
      '*9': ['send.everyone', 'send.next'],
      '*4': ['send.enter-more', 'send.next'],
      '*7': ['send.edit-help'],
    },
  },
  'several of one name': {
    keys: pickKeys,
    there: () => addressing().keys('*22#'),
    table: Object.fromEntries(Object.keys(pickKeys).map((key) => [key, key === '1' ? ['name 201', 'send.next'] : key === '2' ? ['name 202', 'send.next'] : key === '0' || key === '*' ? ['send.enter', 'send.enter-more'] : ['names.for', 'name 201', 'names.press', 'number 1', 'names.for', 'name 202', 'names.press', 'number 2']])),
  },
  'delivery options': {
    keys: deliveryKeys,
    there: delivery,
    table: {
      '1': ['send.is-private', 'send.delivery-help'],
      '2': ['send.is-priority', 'send.delivery-help'],
      '3': ['send.enter-date'],
      '#': ['ask send-message', 'abandon-draft', 'send.sent', help],
      '*3': ['abandon-draft', 'send.deleted', help],
      '*7': ['abandon-draft', 'send.deleted', help],
      '*4': ['send.delivery-help'],
    },
  },
  'greetings': {
    keys: greetingsKeys,
    there: () => activity().keys('3'),
    table: {
      '0': ['greetings.which'],
      '1': ['greetings.which'],
      '2': ['ask greetings-of', 'greetings.all', 'greetings.number', 'number 3', greetings],
      '3': ['greetings.which'],
      '*3': ['greetings.which'],
      '*4': [greetings],
      '*7': [help],
    },
  },
  'which calls hear a greeting': {
    keys: callTypeKeys,
    there: () => activity().keys('334#'),
    table: {
      ...Object.fromEntries(['1', '2', '3', '4', '5', '6'].map((key) => [key, ['ask greetings-of', 'greetings.all', 'greetings.number', 'number 3', greetings]])),
      '7': ['ask greetings-of', 'greetings.days'],
      '*7': [greetings],
    },
  },
  'personal options': {
    keys: optionKeys,
    there: () => activity().keys('5'),
    table: {
      '1': [lists],
      '4': ['pin.change-enter'],
      '5': ['open-greeting name', 'naming.record', 'beep'],
      '71': ['ask mailbox-options', 'options.takes-calls', options],
      '72': ['ask mailbox-options', 'options.time-on', options],
      '73': ['ask mailbox-options', 'options.number-on', options],
      '74': ['ask mailbox-options', 'options.name-off', options],
      '75': ['ask mailbox-options', 'options.length-off', options],
      '*4': [options],
      '*7': [help],
    },
  },
  'lists': {
    keys: listKeys,
    there: () => activity().keys('51'),
    table: { ...Object.fromEntries(['1', '2', '3', '4', '5', '*3'].map((key) => [key, ['lists.which']])), '*4': [lists], '*7': [options] },
  },
  'scanning': {
    keys: scanKeys,
    there: () => activity().keys('7'),
    table: {
      '1': ['collect.you-have', '2 new', ...envelopeOf(1, '202')],
      '2': ['collect.you-have', '2 new', ...envelopeOf(1, '202')],
      '3': ['collect.you-have', '2 new'],
      '*7': [help],
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
}

test('the keys of Intuity mode that are known are those of the manuals', () => {
  const manual = { '0': 'play', '2': 'restart', '23': 'header', '3': 'pause', '5': 'back', '*5': 'restart', '6': 'ahead', '7': 'save', '1': 'respond', '*3': 'delete', '#': 'next', '*#': 'next', '*2': 'previous', '**4': 'hold', '**9': 'exit', '**6': 'names', '*4': 'help' };
  for (const [keys, action] of Object.entries(manual)) assert.is(hearKeys[keys], action);
  assert.equal([activityKeys['2'], activityKeys['5'], optionKeys['4'], optionKeys['71']], ['get', 'options', 'pin', 'call-answer']);
});

test('a message whose header was heard is unopened, one whose body was heard is old', () => {
  assert.equal([...header().marks], [['a', 'unopened']]);
  assert.equal([...bodyHeard().marks], [['a', 'old']]);
});

test('new messages come first, then saved ones, then old ones', () => {
  const probe = activity();
  probe.take();
  probe.keys('2').heard().keys('#').heard().keys('#').heard().keys('#').heard().keys('#');
  assert.equal(probe.take().filter((said) => /^[0-9]/.test(said) || said === 'collect.no-more'), ['2 new', '1 saved', '1 old', 'collect.no-more']);
});

test('a pause ends by its key, and by itself after a while', () => {
  const probe = hearing().keys('3');
  probe.take();
  assert.equal(probe.keys('3').take(), ['resume']);
  assert.equal(hearing().keys('3').waits().take().at(-1), 'resume');
});

test('a lone star in a pause does not make it last for ever', () => {
  for (const key of ['*', '*1']) {
    const probe = hearing().keys('3').keys(key).waits();
    assert.not.ok(probe.stuck, key);
    assert.is(probe.waits().take().at(-1), 'resume', key);
  }
});

test('nobody takes a message that was recorded: back to its recipients, and it is still there', () => {
  let full = true;
  const refusing: MenuWorld = { ...world, answer: ({ kind }) => (kind !== 'send-message' || !full ? undefined : { accepted: 0, refused: [{ mailbox: '202', fault: 'mailbox-full' }], fault: null, id: null }) };
  const probe = MenuProbe.inside(refusing).heard().keys('1').heard().keys('#').keys('202##').keys('#');
  const told = probe.take();
  assert.ok(told.includes('leave.full') && !told.includes('abandon-draft'));
  full = false;
  probe.keys('203##').keys('#');
  assert.equal((probe.requests.at(-1) as { readonly to?: unknown }).to, [{ mailbox: '203' }]);
  assert.ok(probe.take().includes('send.sent'));
});

test('the last destination of outcalling is taken away', () => {
  const probe = activity().keys('6').heard().keys('1').heard();
  probe.take();
  probe.keys('3').keys('#');
  const request = probe.requests.at(-1) as { readonly options?: { readonly destinations?: unknown; readonly escalation?: unknown } };
  assert.equal([request.options?.destinations, request.options?.escalation], [{}, ['desk']]);
});

test('a message is recorded in two pieces, heard, made private, and sent to two mailboxes and a list', () => {
  const probe = activity().keys('1').heard().keys('1');
  assert.equal(probe.take().slice(-2), ['finish-draft', 'send.edit-help']);
  probe.keys('1').heard().keys('#').keys('202#203#*51##').keys('1#');
  assert.equal(probe.requests.at(-1), {
    kind: 'send-message', from: '201', to: [{ mailbox: '202' }, { mailbox: '203' }, { list: { mailbox: '201', number: 1 } }], content: { draft: true }, as: 'message', private: true,
  });
});

test('a reply goes to who sent the message, urgent and later', () => {
  const probe = header().keys('11').heard().keys('##').waits();
  probe.take();
  const later = header().keys('11').heard().keys('#');
  assert.equal(later.take().slice(-1), ['send.delivery-help'], 'its recipient is known');
  later.keys('23').keys('1224#').keys('1730#');
  assert.equal(later.take().slice(-3), ['send.later-at', 'dateTime', 'send.delivery-help']);
  later.keys('#');
  assert.equal(later.requests.at(-1), { kind: 'send-message', from: '201', to: [{ mailbox: '202' }], content: { draft: true }, as: 'reply', priority: true, atMs: 5_000_000 });
});

test('a day that there is not is no time to deliver', () => {
  const probe = delivery().keys('3').keys('1340#').keys('0900#');
  assert.equal(probe.take().slice(-2), ['send.past', 'send.delivery-help']);
});

test('who has no mailbox gets no reply', () => {
  const probe = MenuProbe.inside({ mode: 'intuity', messages: [message('x', { callerNumber: '0301234' })] }).heard().keys('2').heard().keys('11');
  assert.equal(probe.take().slice(-2), ['respond.no-mailbox', 'respond.help']);
});

test('a message is forwarded with words, and comes back to hand', () => {
  const probe = header().keys('12').heard().keys('#').keys('203##').keys('#');
  assert.equal(probe.requests.at(-1), { kind: 'send-message', from: '201', to: [{ mailbox: '203' }], content: { message: { mailbox: '201', id: 'a' }, introduced: true }, as: 'forwarded' });
  assert.equal(probe.take().slice(-2), ['send.sent', 'hear.header-help']);
});

test('a message to everyone is a broadcast', () => {
  addressing();
  const probe = addressing().keys('*9##').keys('#');
  assert.equal([probe.requests.at(-1)].map((one) => (one as { as?: string }).as), ['broadcast']);
});

test('greeting 3 is recorded, kept, and becomes that of busy calls', () => {
  const probe = activity().keys('313#').heard().speak(4000);
  assert.ok(probe.take().includes('open-greeting greeting-3'));
  probe.keys('3');
  assert.equal(probe.take().slice(-3), ['commit-greeting', 'menu.greeting-saved', greetings]);
  probe.keys('33#4');
  assert.equal(probe.requests.at(-1), { kind: 'greetings-of', mailbox: '201', set: { use: { kind: 'busy', greeting: 'greeting-3' } } });
});

test('a temporary greeting counts for so many days', () => {
  const probe = activity().keys('332#72#');
  assert.equal(probe.requests.at(-1), { kind: 'greetings-of', mailbox: '201', set: { untilMs: 1000 + 2 * 86_400_000 } });
  assert.equal(activity().keys('332#7#').requests.at(-1), { kind: 'greetings-of', mailbox: '201', set: { untilMs: null } });
});

test('lists are filled, heard, shared, copied and deleted', () => {
  const asked = (keys: string) => activity().keys('51').keys(keys).requests.at(-1);
  assert.equal(asked('12#202#203##'), { kind: 'change-list', mailbox: '201', number: 2, add: ['202', '203'] });
  assert.equal(asked('32#202##'), { kind: 'change-list', mailbox: '201', number: 2, remove: ['202'] });
  assert.equal(asked('22#'), { kind: 'read-list', mailbox: '201', number: 2 });
  assert.equal(asked('42#'), { kind: 'change-list', mailbox: '201', number: 2, public: true });
  assert.equal(asked('52#202#4#'), { kind: 'change-list', mailbox: '201', number: 2, importFrom: { mailbox: '202', number: 4 } });
  assert.equal(asked('*32#'), { kind: 'delete-list', mailbox: '201', number: 2 });
});

test('closing the mailbox to callers is asked for and told', () => {
  const probe = activity().keys('571');
  assert.equal(probe.requests.at(-1), { kind: 'mailbox-options', mailbox: '201', set: { takesCalls: false } });
});

test('a scan goes on without a key, and ends in the main menu', () => {
  const headers = activity().keys('72');
  headers.take();
  for (let count = 0; count < 12; count += 1) headers.heard();
  assert.equal(headers.take().filter((said) => said.startsWith('message ') || said === 'collect.no-more'), ['collect.no-more']);
  const bodies = activity().keys('73');
  for (let count = 0; count < 12; count += 1) bodies.heard();
  assert.equal(bodies.take().filter((said) => said.startsWith('message ')), ['message a', 'message b', 'message s', 'message o']);
});

test('the directory says the number behind a name', () => {
  assert.equal(activity().keys('**6236#').take().slice(-3), ['name 202', 'digits 202', help]);
  assert.equal(activity().keys('**699#').take().slice(-2), ['names.none', help]);
});

test.run();
