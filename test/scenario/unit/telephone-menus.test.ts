import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MenuMode } from '../../../firmware/config/telephone-settings.ts';
import type { Message } from '../../../firmware/mailbox/message.ts';
import { SimSite, voice } from '../../support/sim-site.ts';
import { testSettings } from '../../support/sim-unit.ts';

const configuration = (mode: MenuMode, more = '') => `
unit: { timeZone: UTC }
ports: 4
peers:
  - { name: pbx, addresses: [10.0.0.1], host: 10.0.0.1, lamps: notify }
messages: { minSec: 1, silenceSec: 7, maxSec: 60 }
telephone: { mode: ${mode} ${more} }
mailboxes:
  - { number: "201", name: Ada }
  - { number: "202", name: Ben }
  - { number: "203", name: Cem }
`;

/** A unit in this mode, and its owner 201 who keys a script after the log-in. */
async function site(mode: MenuMode, more = ''): Promise<{ readonly site: SimSite; owner(script: string, speak?: Int16Array): Promise<void>; leave(ms?: number): Promise<Message> }> {
  const made = await SimSite.start({ settings: testSettings(configuration(mode, more)) });
  const pin = await made.during(made.unit.owners.resetPin('201'));
  return {
    site: made,
    async owner(script, speak) {
      const call = made.phone({ target: '*17', from: '201', script: `w2 201# w2 ${pin}# w2 ${script}`, ...(speak === undefined ? {} : { speak }) });
      await made.during(call.end, 180_000);
      await made.clock.advance(3000);
    },
    async leave(ms = 4000) {
      await made.during(made.phone({ target: '201', speak: voice(ms), script: 's' }).end);
      await made.clock.advance(2000);
      return made.unit.store.list('201').at(-1) as Message;
    },
  };
}

test('IP Office mode: an owner forwards a message with words before it to two mailboxes', async () => {
  const { site: unit, owner, leave } = await site('ip-office');
  const left = await leave();
  await owner('w8 63 s # w2 202# w2 203# w2 # w3 0 w2', voice(3000, 523));
  for (const mailbox of ['202', '203']) {
    const [got, ...others] = unit.unit.store.list(mailbox);
    assert.is(others.length, 0, `${mailbox} has one message`);
    assert.is(got?.sender, '201');
    assert.is(got?.sentAs, 'forwarded');
    assert.ok((got?.durationMs ?? 0) > left.durationMs + 2000, `it lasts ${got?.durationMs} ms: the words and the message`);
  }
  assert.is(unit.unit.store.list('201').length, 1, 'and keeps it');
  await unit.stop();
});

test('IP Office mode: a deleted message is brought back, and marked as new again', async () => {
  const { site: unit, owner, leave } = await site('ip-office');
  await leave();
  await owner('w8 4 w6 *08 w3 0 w2');
  assert.is(unit.unit.store.list('201')[0]?.state, 'old');
  await owner('w3 1 w8 *06 w4 0 w2');
  assert.is(unit.unit.store.list('201')[0]?.state, 'new');
  assert.equal(unit.lamps.at(-1), { mailbox: '201', waiting: true, counts: '1/0' });
  await unit.stop();
});

test('IP Office mode: an owner records a name and a greeting for busy calls', async () => {
  const { site: unit, owner } = await site('ip-office');
  await owner('w2 *05 s # w3 3 w3 0 w2', voice(1500));
  assert.ok(unit.unit.store.greetings.current('201', 'name') !== null, 'the name is kept');
  await owner('w2 36 w1 3 w1 2 s # w3 3 w3 0 w2', voice(3000));
  assert.ok(unit.unit.store.greetings.current('201', 'busy') !== null, 'the greeting is kept');
  assert.is(unit.unit.store.greetings.current('201', 'greeting'), null, 'and the standard one is as it was');
  await unit.stop();
});

test('IP Office mode: a first log-in records the name and sets a PIN before the menu', async () => {
  const { site: unit, owner } = await site('ip-office', ', firstLogIn: name-and-pin');
  await owner('w2 864297# w2 864297# s # w3 3 w3 0 w2', voice(1500));
  assert.ok(unit.unit.store.greetings.current('201', 'name') !== null, 'the name is kept');
  assert.is(await unit.during(unit.unit.owners.login('201', '864297')), 'ok');
  await unit.stop();
});

test('Intuity mode: an owner records a message in two pieces and sends it, urgent and private, to two mailboxes', async () => {
  const { site: unit, owner } = await site('intuity');
  await owner('w3 1 s 1 w2 1 w3 w2 # w2 202# w2 203# w2 # w2 1 w2 2 w2 # w3 **9 w2', voice(3000));
  for (const mailbox of ['202', '203']) {
    const [got] = unit.unit.store.list(mailbox);
    assert.equal([got?.sender, got?.priority, got?.private], ['201', true, true], mailbox);
    assert.ok((got?.durationMs ?? 0) > 3500, `both pieces: ${got?.durationMs} ms`);
  }
  await unit.stop();
});

test('Intuity mode: a header alone leaves a message unopened and the lamp lit, its body puts it out, **8 brings back what was deleted', async () => {
  const { site: unit, owner, leave } = await site('intuity');
  await leave();
  await owner('w3 2 w6 **9 w2');
  assert.is(unit.unit.store.list('201')[0]?.state, 'unopened');
  assert.is(unit.lamps.at(-1)?.waiting, true);
  await owner('w3 2 w4 0 w8 *3 w3 **8 w3 **9 w2');
  assert.is(unit.unit.store.list('201')[0]?.state, 'old');
  assert.is(unit.lamps.at(-1)?.waiting, false);
  await unit.stop();
});

test('Intuity mode: a reply goes to who sent the message', async () => {
  const { site: unit, owner } = await site('intuity');
  const pin = await unit.during(unit.unit.owners.resetPin('202'));
  await owner('w3 1 s # w2 202# w2 # w2 # w3 **9 w2', voice(3000));
  await unit.during(unit.phone({ target: '*17', from: '202', speak: voice(2500), script: `w2 202# w2 ${pin}# w4 2 w6 1 w1 1 s # w2 # w3 **9 w2` }).end, 180_000);
  await unit.clock.advance(3000);
  const [got] = unit.unit.store.list('201');
  assert.equal([got?.sender, got?.sentAs], ['202', 'reply']);
  await unit.stop();
});

test('Intuity mode: greeting 2 is recorded and given to calls that are not answered', async () => {
  const { site: unit, owner } = await site('intuity');
  await owner('w3 3 w2 1 w1 2# s # w3 3 w3 3 w1 2# w2 5 w3 **9 w2', voice(3000));
  assert.ok(unit.unit.store.greetings.current('201', 'greeting-2') !== null, 'the greeting is kept');
  assert.equal(unit.unit.store.openedChoices('201')?.state.use, { 'no-answer': 'greeting-2' });
  await unit.stop();
});

test.run();
