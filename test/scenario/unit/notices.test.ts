// Whole units that leave a word by themselves: mail, calls about messages with log-in by keys, ringback, callback flows, alarm calls.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AlarmWish } from '../../../firmware/callflow/requests/notify-requests.ts';
import { wavHeaderBytes } from '../../../firmware/mailbox/wav.ts';
import { extensionAddress, SipExtension } from '../../support/sip-extension.ts';
import { SimSite, voice } from '../../support/sim-site.ts';
import { testConfiguration, testSettings } from '../../support/sim-unit.ts';

const pin = '482913';
const settings = testSettings(
  `${testConfiguration
    .replace('lamps: notify }', `lamps: notify }\n  - { name: phones, addresses: [${extensionAddress}], host: ${extensionAddress} }`)
    .replace('name: Ada }', 'name: Ada, email: ada@example.org }')}mail: { host: mail.example.org, from: voicemail@example.org }\noutgoing: { peer: phones }\n`,
);

async function world() {
  const site = await SimSite.start({ settings });
  const extension = await SipExtension.start(site);
  await site.during(site.unit.owners.setPin('201', pin));
  const { notify } = site.unit;
  const message = async (): Promise<void> => {
    await site.during(site.phone({ target: '201', speak: voice(4000), script: 's' }).end);
    await site.clock.advance(500);
  };
  const passes = (ms: number): Promise<void> => site.clock.advance(ms);
  const states = (): string[] => site.unit.store.list('201', true).map(({ state }) => state);
  const nothingLeft = async (): Promise<void> => {
    await passes(20_000);
    assert.equal([site.unit.calls.ports.inUse, site.unit.calls.summaries().length, site.unit.sip.counters().legs], [0, 0, 0]);
    assert.equal(site.clock.pending().map(({ name }) => name).filter((name) => /placed|outgoing|patience/.test(name)), []);
    await extension.stop();
    await site.stop();
  };
  return { site, extension, notify, message, passes, states, nothingLeft };
}

const isUp = ({ extension }: { extension: SipExtension }): boolean => extension.established && extension.end === null;

test('a message, a call to the desk, number and PIN by keys: the owner hears it, and is not called again', async () => {
  const here = await world();
  const { site, extension, notify, message, passes, states, nothingLeft } = here;
  await site.during(notify.setOutcalling('201', { on: true, retries: 2, intervalsMin: [1] }));
  extension.policy = { answerMs: 2000 };
  await message();
  await passes(4000);
  assert.equal([extension.taken[0]?.dialled, extension.taken[0]?.caller.name, isUp(here)], ['201', 'understudy', true]);
  assert.match(site.unit.calls.summaries()[0]?.doing ?? '', 'announcing');
  extension.keys('201#');
  await passes(3000);
  extension.keys(`${pin}#`);
  await passes(3000);
  assert.match(site.unit.calls.summaries()[0]?.doing ?? '', /announcing|envelope|body/);
  await passes(12_000);
  assert.equal(states(), ['old']);
  extension.hangUp();
  await passes(5 * 60_000);
  assert.is(extension.taken.length, 1);
  await nothingLeft();
});

test('voicemail-loop: the PBX diverts the unanswered call of the unit to voicemail; it leaves no message to itself', async () => {
  const { site, extension, notify, message, passes, states, nothingLeft } = await world();
  await site.during(notify.setOutcalling('201', { on: true, retries: 0 }));
  extension.policy = { ring: true };
  await message();
  await passes(4000);
  assert.is(extension.taken.length, 1);
  const diverted = await site.during(site.phone({ target: '201', from: 'voicemail', speak: voice(4000), script: 's' }).end);
  assert.equal([diverted.answered, states()], [false, ['new']]);
  assert.match(diverted.text, '486');
  const other = await site.during(site.phone({ target: '201', speak: voice(4000), script: 's' }).end);
  assert.equal([other.answered, states().length], [true, 2], 'others leave theirs meanwhile');
  await passes(60_000);
  await nothingLeft();
});

test('an answering machine talks and hangs up: nobody was reached, and it is tried again; star hash ends that', async () => {
  const { site, extension, notify, message, passes, states, nothingLeft } = await world();
  await site.during(notify.setOutcalling('201', { on: true, retries: 3, intervalsMin: [1] }));
  extension.policy = { answerMs: 1000 };
  await message();
  await passes(6000);
  extension.hangUp();
  await passes(80_000);
  assert.is(extension.taken.length, 2);
  extension.keys('*#');
  await passes(10_000);
  assert.match(extension.end?.text ?? '', /BYE|far end|hung up/i);
  await passes(10 * 60_000);
  assert.equal([extension.taken.length, states()], [2, ['new']]);
  await nothingLeft();
});

test('a wrong number and a wrong PIN let nobody in', async () => {
  const { site, extension, notify, message, passes, states, nothingLeft } = await world();
  await site.during(notify.setOutcalling('201', { on: true, retries: 0 }));
  extension.policy = { answerMs: 0 };
  await message();
  await passes(3000);
  extension.keys('202#');
  await passes(3000);
  assert.match(site.unit.calls.summaries()[0]?.doing ?? '', 'announcing');
  extension.keys('201#');
  await passes(3000);
  extension.keys('000000#');
  await passes(60_000);
  assert.equal(states(), ['new']);
  extension.hangUp();
  await nothingLeft();
});

test('the desk is busy: the next destination rings, nobody takes it, the call ends after its time', async () => {
  const { site, extension, notify, message, passes, nothingLeft } = await world();
  await site.during(notify.setOutcalling('201', { on: true, retries: 0, destinations: { other: { number: '202', ringSec: 10 } }, escalation: ['desk', 'other'] }));
  extension.policy = { status: 486 };
  await message();
  await passes(1500);
  extension.policy = { ring: true };
  await passes(25_000);
  assert.equal(extension.taken.map(({ dialled }) => dialled), ['201', '202']);
  assert.ok(extension.end !== null && !extension.established, 'it was cancelled');
  await nothingLeft();
});

test('ringback: the extension rings, and asks for the PIN', async () => {
  const here = await world();
  const { site, extension, notify, message, passes, states, nothingLeft } = here;
  await site.during(notify.setCallback('201', { ringback: true }));
  await message();
  await passes(13_000);
  assert.ok(isUp(here));
  extension.keys(`${pin}#`);
  await passes(15_000);
  assert.equal(states(), ['old']);
  extension.hangUp();
  await nothingLeft();
});

test('callback runs the flow of the site at the start point Callback', async () => {
  const { site, extension, notify, message, passes, nothingLeft } = await world();
  const flow = { form: 1, name: 'Back', starts: [{ scope: 'default', point: 'Callback' }], first: 'Say', actions: { Say: { action: 'Disconnect', prompts: [{ prompt: 'goodbye' }] } } };
  const put = await site.during(site.unit.flows.library.put(JSON.stringify(flow)));
  assert.equal(put, { put: true });
  await site.during(notify.setCallback('201', { callback: '202' }));
  extension.policy = { answerMs: 500 };
  await message();
  await passes(5000);
  assert.equal([extension.taken[0]?.dialled, extension.established, extension.end !== null], ['202', true, true]);
  await passes(20 * 60_000);
  assert.is(extension.taken.length, 1, 'who answered was reached');
  await nothingLeft();
});

const alarm: AlarmWish = { number: '201', mailbox: '201', time: '09:05', repeat: 'single', day: null, prompt: null, text: '', ringSec: 30, retries: 1, intervalMin: 2, cancelCode: '99' };

test('an alarm call: told until its code is keyed; without the code it comes again', async () => {
  const { site, extension, notify, passes, nothingLeft } = await world();
  assert.is((await site.during(notify.alarms.set(alarm))).outcome, 'ok');
  await passes(5 * 60_000);
  assert.is(extension.taken.length, 1);
  extension.keys('9');
  await passes(3000);
  extension.hangUp();
  await passes(3 * 60_000);
  assert.is(extension.taken.length, 2);
  extension.keys('99');
  await passes(5000);
  assert.equal([extension.end !== null, notify.alarms.all()], [true, []]);
  await nothingLeft();
});

test('a message goes by mail as it was heard, and is deleted when the server has it', async () => {
  const { site, notify, message, passes, states, nothingLeft } = await world();
  await site.during(notify.setEmail('201', 'forward'));
  site.made.mail.answers.push({ kind: 'temporary', words: '451 later', server: false });
  await message();
  const [stored] = site.unit.store.list('201');
  await passes(2000);
  assert.equal([states(), site.made.mail.taken.length], [['new'], 0]);
  await passes(61_000);
  assert.equal([states(), site.made.mail.taken[0]?.attachment?.bytes.length], [['deleted'], wavHeaderBytes + 2 * (stored?.bytes ?? 0)]);
  await nothingLeft();
});

test('the unit stops while it calls and while a mail is under way: both end, and go on at the next start', async () => {
  const { site, extension, notify, message, passes } = await world();
  await site.during(notify.setOutcalling('201', { on: true }));
  await site.during(notify.setEmail('201', 'copy'));
  site.made.mail.takesMs = 30_000;
  extension.policy = { ring: true };
  await message();
  await passes(1000);
  assert.is(extension.taken.length, 1);
  await site.stop();
  await extension.stop();
  const again = await SimSite.start({ settings, storage: site.storage, clock: site.clock });
  const phone = await SipExtension.start(again);
  await again.clock.advance(10 * 60_000);
  assert.ok(again.made.mail.taken.length >= 1, 'the mail went out');
  assert.ok(phone.taken.length >= 1, 'the owner was called');
  await phone.stop();
  await again.stop();
});

test.run();
