import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { grammar } from '../../../firmware/console/grammar.ts';
import { offeredCommands, parseLine } from '../../../firmware/console/parse-line.ts';
import { notifyConfiguration, NotifyWorld } from '../../support/notify-world.ts';
import { testSettings } from '../../support/sim-unit.ts';
import { ExampleUnit } from './example-unit.ts';

async function console() {
  const world = await NotifyWorld.start();
  const unit = new ExampleUnit();
  unit.notify = world.desk;
  const settings = unit.settings();
  unit.settings = () => ({ ...settings, settings: testSettings(notifyConfiguration) });
  unit.clock = () => ({ wallMs: world.clock.wall(), uptimeMs: 0, timeZone: 'Europe/Berlin' });
  const session = { monitor: () => false, configure: () => undefined, leaveConfigure: () => undefined, end: () => undefined, raw: () => null, cooked: () => undefined };
  const type = async (line: string): Promise<string> => {
    const parsed = parseLine(line, grammar, unit);
    if (parsed.kind !== 'command') return JSON.stringify(parsed);
    const lines: string[] = [];
    await parsed.command.run({ unit, given: parsed.given, options: parsed.options, print: (text) => void lines.push(text), signal: new AbortController().signal, session, clock: world.clock, who: 'ada', wait: async () => true });
    await world.clock.advance(10);
    return lines.join('\n');
  };
  return { world, type };
}

test('mail: the mode, what waits and what the server said, another try, and giving up', async () => {
  const { world, type } = await console();
  assert.match(await type('show mail'), /no mail waits\n\nno mail was sent yet/);
  assert.match(await type('mailbox 201 email forward'), 'new messages of mailbox 201 go to ada@example.org: forward');
  world.mail.answers.push({ kind: 'temporary', words: '451 greylisted\x1b[2J', server: false });
  await world.message('201');
  await world.clock.advance(1000);
  const shown = await type('show mail 201');
  assert.match(shown, /ada@example\.org +forward .*451 greylisted/);
  assert.not(shown.includes('\x1b'), 'what the server says cannot move the cursor');
  assert.match(await type('mail retry'), '1 mail is tried now');
  await world.clock.advance(1000);
  assert.match(await type('show mail'), /accepted +250 OK/);
  world.mail.down = true;
  await world.message('201');
  await world.clock.advance(1000);
  const id = world.desk.outbox.all()[0]?.id.slice(-8) ?? '';
  assert.match(await type(`mail drop ${id}`), /the mail to ada@example\.org is given up; message .* stays in mailbox 201/);
  assert.match(await type('show mail'), /dropped +by ada/);
  assert.match(await type(`mail drop ${id}`), `no mail ${id} waits`);
  await world.stop();
});

test('mail of a mailbox without an address is refused with the remedy', async () => {
  const { world, type } = await console();
  assert.match(await type('mailbox 202 email later'), 'it is one of off, copy, forward, alert');
  world.settings = testSettings(notifyConfiguration.replace(/^mail:.*$/m, ''));
  assert.match(await type('mailbox 201 email copy'), /set mailboxes\[201\]\.email and mail/);
  await world.stop();
});

test('outcalling: destinations, order, hours; what may not be called is refused at once', async () => {
  const { world, type } = await console();
  assert.match(await type('mailbox 201 destination mobile 0900'), '0900 may not be called: outgoing.allow has no pattern for it');
  assert.match(await type('mailbox 201 destination mobile 01701234 --ring 30'), /mobile +01701234, rings 30 s/);
  assert.match(await type('mailbox 201 escalation "mobile desk" --retries 3 --every "1 5" --window prime'), /order +mobile, desk\n +retries +3, after 1, 5 min\n +hours +prime/);
  assert.match(await type('mailbox 201 escalation "mobile pager"'), 'pager is none of desk, home');
  assert.match(await type('mailbox 201 outcalling on'), /outcalling +on/);
  await world.message('201');
  await world.clock.advance(1000);
  const shown = await type('show outcalls');
  assert.match(shown, /outcall +01701234 +201 +call-1/);
  assert.match(shown, '1 of 500 calls to numbers outside today, 50 for one mailbox');
  assert.match(await type('mailbox 201 callback 01709'), '01709 is called about new messages of mailbox 201');
  assert.match(await type('mailbox 201 callback off'), 'mailbox 201 has no callback');
  assert.match(await type('mailbox 201 ringback on'), 'ringback of mailbox 201 is on');
  assert.match(await type('show notices 201'), /e-mail +off, ada@example\.org\nringback +on\ncallback +off/);
  await world.stop();
});

test('alarms: set, shown, cancelled', async () => {
  const { world, type } = await console();
  const set = await type('alarm set 201 07:30 --weekly wed --words "Good morning" --retries 1 --code none');
  const id = /^alarm ([0-9a-f]{8}) rings at 2026-01-07 07:30/.exec(set)?.[1] ?? '';
  assert.match(await type('show alarms'), new RegExp(`${id} +201 +07:30 +weekly wed +2026-01-07 07:30.* 60 s +1 +- +Good morning`));
  assert.match(await type('alarm set 201 24:00'), 'a time of day is written like 07:30');
  assert.match(await type('alarm set 201 07:30 --code 12345'), 'a code has up to 4 digits');
  assert.match(await type(`alarm cancel ${id}`), `alarm ${id} is cancelled`);
  assert.match(await type(`alarm cancel ${id}`), `there is no alarm ${id}`);
  assert.is(await type('show alarms'), 'no alarms');
  await world.stop();
});

test('a unit that has not started offers none of it', () => {
  const forms = offeredCommands(grammar, new ExampleUnit()).map(({ form }) => form);
  assert.equal(forms.filter((form) => /mail |alarm|outcall/.test(form)), []);
});

test.run();
