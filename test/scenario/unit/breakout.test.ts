import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CallFacts } from '../../../firmware/sip/leg.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { TransferSite } from '../../support/transfer-site.ts';

const contains = (codes: Uint8Array, within: Uint8Array): boolean => Buffer.from(within).includes(Buffer.from(codes));
const messages = ({ site }: TransferSite, mailbox = '201'): number => site.unit.store.list(mailbox).length;

/** The caller hears the greeting of 201 and has pressed a key. */
async function pressed(scene: TransferSite, key: string, afterMs = 600, mailbox = '201'): Promise<void> {
  scene.caller.call(mailbox);
  await scene.advance(afterMs);
  scene.caller.keys(key);
  await scene.advance(400);
}

test('a key in the greeting leads to the reception: they hear each other, keys cross, and both calls end together', async () => {
  const scene = await TransferSite.start();
  const { caller, target } = scene;
  await pressed(scene, '0');
  await scene.advance(300);
  assert.equal(target.taken.map(({ dialled, originalTarget, caller: { number, name } }) => [dialled, originalTarget, number, name]), [['300', '201', '500', 'Eve']]);
  assert.is(scene.inUse, 2);
  const [words, answer] = [new SimRandom(1).bytes(8000), new SimRandom(2).bytes(8000)];
  caller.speak(words);
  target.speak(answer);
  await scene.advance(2000);
  caller.keys('7');
  await scene.advance(500);
  assert.is(target.digits, '7');
  target.hangUp();
  await scene.advance(1000);
  assert.ok(contains(words, target.heard), 'the target hears the caller');
  assert.ok(contains(answer, caller.heard), 'the caller hears the target');
  assert.is(caller.end?.by, 'remote');
  assert.equal([scene.inUse, messages(scene)], [0, 0]);
  await scene.stop();
});

test('a mailbox has keys of its own, and those that it lacks are the unit\'s', async () => {
  const scene = await TransferSite.start();
  scene.target.policy = { status: 486 };
  await pressed(scene, '0', 600, '202');
  await pressed(scene, '2', 600, '202');
  await pressed(scene, '3', 600, '202');
  assert.equal(scene.target.taken.map(({ dialled }) => dialled), ['310', '302']);
  await scene.stop();
});

for (const [title, policy, waitMs] of [['busy', { status: 486 }, 500], ['silent', { ring: true }, 20_500], ['not there', { status: 404 }, 500]] as const) {
  test(`the reception is ${title}: the caller comes back and leaves a message`, async () => {
    const scene = await TransferSite.start();
    scene.target.policy = policy;
    await pressed(scene, '0');
    await scene.advance(waitMs);
    await scene.advance(1800); // told so, and the tone
    scene.caller.speak(new SimRandom(3).bytes(24_000));
    await scene.advance(3000);
    scene.caller.hangUp();
    await scene.advance(1000);
    assert.equal([messages(scene), scene.inUse], [1, 0]);
    await scene.stop();
  });
}

test('a caller who hangs up while it rings: the telephone stops ringing', async () => {
  const scene = await TransferSite.start();
  scene.target.policy = { ring: true };
  await pressed(scene, '0');
  assert.is(scene.inUse, 2);
  scene.caller.hangUp();
  await scene.advance(1000);
  assert.is(scene.target.end?.by, 'remote');
  assert.is(scene.inUse, 0);
  await scene.stop();
});

test('a caller who hangs up during the conversation ends it', async () => {
  const scene = await TransferSite.start();
  await pressed(scene, '0');
  await scene.advance(500);
  scene.caller.hangUp();
  await scene.advance(1000);
  assert.equal([scene.target.end?.by, scene.inUse], ['remote', 0]);
  await scene.stop();
});

test('a key while a message is spoken: the message is kept, and the caller goes on', async () => {
  const scene = await TransferSite.start();
  scene.caller.call('201');
  await scene.advance(3000);
  scene.caller.speak(new SimRandom(4).bytes(24_000));
  await scene.advance(3200);
  scene.caller.keys('0');
  await scene.advance(1200);
  assert.equal([messages(scene), scene.target.taken.length], [1, 1]);
  scene.target.hangUp();
  await scene.advance(500);
  assert.is(scene.inUse, 0);
  await scene.stop();
});

test('a call that cannot be placed takes no port for ever', async () => {
  const { site, ...scene } = await TransferSite.start();
  for (let tries = 0; tries < 6; tries += 1) {
    assert.throws(() => site.unit.calls.place(() => {
      throw new RangeError('no phone port has number 300');
    }), /no phone port/);
  }
  assert.is(site.unit.calls.ports.inUse, 0);
  await scene.caller.stop();
  await scene.target.stop();
  await site.stop();
});

for (const [title, policy, waitMs] of [['answered', { answerMs: 0 }, 500], ['busy', { status: 486 }, 500], ['not there', { status: 404 }, 500], ['not answered', { ring: true }, 20_500]] as const) {
  test(`who left the greeting for a number that is ${title}, and calls that number later, is that number's`, async () => {
    const scene = await TransferSite.start();
    const { returned } = scene.site.unit.transfers;
    const facts = { caller: { number: '500', name: '', uri: '' }, originalTarget: '302', dialled: 'voicemail' } as CallFacts;
    scene.target.policy = policy;
    await pressed(scene, '2');
    await scene.advance(waitMs);
    assert.is(scene.target.taken.length, 1);
    assert.is(returned.mailboxOf(facts), null);
    await scene.stop();
  });
}

test('no port for a second call: the caller is told, and leaves a message', async () => {
  const scene = await TransferSite.start();
  const ports = scene.site.unit.calls.ports;
  const taken = [ports.take('leave'), ports.take('leave'), ports.take('leave')];
  await pressed(scene, '0');
  assert.is(scene.target.taken.length, 0);
  await scene.advance(1800);
  scene.caller.speak(new SimRandom(3).bytes(16_000));
  await scene.advance(2000);
  scene.caller.hangUp();
  await scene.advance(1000);
  assert.is(messages(scene), 1);
  for (const port of taken) if (port !== null) ports.give(port);
  await scene.stop();
});

test('a conversation ends when it has lasted as long as it may', async () => {
  const scene = await TransferSite.start('transfers: { talkMin: 1 }');
  await pressed(scene, '0');
  await scene.advance(61_000);
  assert.equal([scene.target.end?.by, scene.caller.end?.by, scene.inUse], ['remote', 'remote', 0]);
  await scene.stop();
});

test.run();
