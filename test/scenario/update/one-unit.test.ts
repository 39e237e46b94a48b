import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeRelease, ownRelease } from '../../../firmware/update/release-facts.ts';
import type { TestCallEnd } from '../../../firmware/console/parts/test-phone.ts';
import { leaveMessage } from '../../support/leave-message.ts';
import { firstVersion, UpdateMachine } from '../../support/update-machine-world.ts';

const by = 'bob';

async function running(machine = new UpdateMachine()): Promise<UpdateMachine> {
  await machine.during(machine.powerOn());
  await machine.until('the first version is good', () => machine.events().includes('marked-good'));
  return machine;
}

const settled = (machine: UpdateMachine): boolean => machine.run !== null && machine.run.unit.running && machine.update.status().phase === 'idle' && machine.update.status().slots?.booted.good === true;
const lastOutcome = (machine: UpdateMachine) => machine.update.status().record.outcomes[0];

let callers = 77;

/** Resolves when the message is left. */
const leaves = (machine: UpdateMachine, seconds: number): Promise<TestCallEnd> => leaveMessage(machine, '10.0.0.2', seconds, callers++);

test('a machine that starts proves itself by a call of its own, and is marked good then', async () => {
  const machine = new UpdateMachine();
  await machine.during(machine.powerOn());
  assert.is(machine.update.status().phase === 'proving' || machine.update.status().phase === 'idle', true);
  await machine.until('it is good', () => settled(machine));
  assert.ok(machine.slots.calls.includes('mark good'));
  assert.equal([machine.run?.unit.calls.counters.active, machine.run?.unit.calls.ports.inUse, machine.run?.unit.store.list('201').length], [0, 0, 0]);
  await machine.off();
  await machine.clock.advance(70_000);
  assert.equal(machine.clock.pending().map(({ name }) => name), []);
});

test('a good update is checked, installed beside calls, tried when no call is up, proved and marked good; messages are there before and after', async () => {
  const machine = await running();
  await machine.during(leaves(machine, 3));
  const call = leaves(machine, 20);
  await machine.clock.advance(3000);
  const answer = await machine.during(machine.update.order(machine.file('/media/new.raucb', '0.2.0'), by, 'idle'));
  assert.equal(answer, { ok: true, text: 'it is checked, and installed beside calls' });
  await machine.until('it waits for the call', () => machine.update.status().phase === 'waiting');
  await machine.clock.advance(5000);
  assert.equal([machine.version, machine.update.status().phase], [firstVersion, 'waiting'], 'the call goes on');
  await machine.during(call);
  await machine.until('the new version is good', () => machine.version === '0.2.0' && settled(machine));
  assert.equal(machine.ran, [firstVersion, '0.2.0']);
  assert.equal([lastOutcome(machine)?.end, lastOutcome(machine)?.from, lastOutcome(machine)?.version], ['good', firstVersion, '0.2.0']);
  const events = machine.events();
  for (const event of ['update-ordered', 'update-checked', 'update-installed', 'update-restart', 'update-tried']) assert.ok(events.includes(event), event);
  assert.equal((await machine.run?.unit.store.messages('201'))?.length, 2);
  assert.is(machine.slots.boot(), 'B', 'and it stays');
  await machine.off();
});

for (const [what, fault, reason] of [['without sound', 'mute', /no call of its own was answered in time: .*0 of them with a sound/], ['that does not come up', 'dead', /did not come up/], ['whose program ends again and again', 'ends', /the program ended 3 times/]] as const) {
  test(`an update ${what} is rolled back by itself, with the reason and an alarm`, async () => {
    const machine = await running();
    await machine.during(machine.update.order(machine.file('/media/bad.raucb', '0.2.0', {}, { fault }), by, 'idle'));
    await machine.until('it is back', () => machine.ran.includes('0.2.0') && machine.version === firstVersion && settled(machine), 900_000);
    const outcome = lastOutcome(machine);
    assert.equal([outcome?.end, outcome?.version], ['rolled-back', '0.2.0']);
    assert.match(outcome?.reason ?? '', reason);
    assert.is(machine.log.find(({ event }) => event === 'update-rolled-back')?.severity, 'alert');
    assert.is(machine.update.status().record.floor, ownRelease.floor);
    await machine.off();
  });
}

const refusals = {
  'a foreign key': [{ fault: 'not-trusted' }, /not signed by anybody whom this unit trusts/],
  'a tampered bundle': [{ fault: 'damaged' }, /it is damaged/],
  'a wrong board': [{ board: 'understudy-else' }, /it is made for understudy-else, and this unit is understudy-sim/],
  'a version below the floor': [{ version: '0.0.9' }, /version 0\.0\.9 is older than 0\.1\.0/],
  'a bundle that tells nothing': [{ description: 'hello' }, /does not say which version/],
  'data that a way back could not read': [{ description: describeRelease({ ...ownRelease, data: 9, dataFrom: 5 }) }, /takes data format 5, and this version, to which a failed update comes back, reads up to 1/],
} as const;

for (const [what, [more, reason]] of Object.entries(refusals)) {
  test(`${what} is refused with the reason, and nothing is changed`, async () => {
    const machine = await running();
    const before = await machine.slots.status();
    machine.file('/media/x.raucb', '0.2.0', more);
    await machine.during(machine.update.order('/media/x.raucb', by, 'idle'));
    await machine.until('it is refused', () => lastOutcome(machine)?.end === 'refused');
    assert.match(lastOutcome(machine)?.reason ?? '', reason);
    assert.equal(await machine.slots.status(), before);
    assert.not.ok(machine.slots.calls.some((call) => call.startsWith('install')));
    await machine.clock.advance(30_000);
    assert.equal([machine.ran, machine.slots.boot()], [[firstVersion], 'A']);
    await machine.off();
  });
}

test('the floor rises with a version that is good, and an older one above it is installed with a remark', async () => {
  const machine = await running();
  const raised = { ...ownRelease, floor: '0.2.0' };
  await machine.during(machine.update.order(machine.file('/a', '0.3.0', {}, { release: raised }), by, 'idle'));
  await machine.until('0.3.0 is good', () => machine.version === '0.3.0' && settled(machine));
  assert.is(machine.update.status().record.floor, '0.2.0');
  await machine.during(machine.update.order(machine.file('/b', '0.1.5'), by, 'idle'));
  await machine.until('0.1.5 is refused', () => lastOutcome(machine)?.end === 'refused');
  await machine.during(machine.update.order(machine.file('/c', '0.2.5', {}, { release: raised }), by, 'idle'));
  await machine.until('0.2.5 is good', () => machine.version === '0.2.5' && settled(machine));
  assert.match(machine.log.filter(({ event }) => event === 'update-checked').at(-1)?.text ?? '', 'version 0.2.5 is older than 0.3.0, which runs');
  assert.is(machine.update.status().record.floor, '0.2.0');
  await machine.off();
});

test('from the web a bundle comes in several goes, is installed and removed; one that the disk has no room for is refused', async () => {
  const machine = await running();
  const url = machine.web('https://firmware.example/new.raucb', '0.2.0');
  const file = machine.downloads.files.get(url);
  assert.ok(file !== undefined);
  file.breaksAfter = { bytes: 60_000, times: 2 };
  await machine.during(machine.update.order(url, by, 'command'));
  await machine.until('it is installed', () => machine.update.status().phase === 'waiting');
  assert.equal(machine.downloads.asked.map(({ from }) => from > 0), [false, true, true]);
  assert.is(await machine.storage.stat('update/incoming.raucb'), null);
  assert.ok((await machine.during(Promise.resolve(machine.update.now()))).ok);
  await machine.until('it is good', () => machine.version === '0.2.0' && settled(machine));
  machine.downloads.files.set('https://firmware.example/huge', { content: new Uint8Array(300 * 1024 * 1024) });
  await machine.during(machine.update.order('https://firmware.example/huge', by, 'idle'));
  await machine.until('it is refused', () => lastOutcome(machine)?.end === 'refused');
  assert.match(lastOutcome(machine)?.reason ?? '', 'more than');
  await machine.off();
});

test('an installation that the medium breaks is told, and so is one that is asked for while another goes on', async () => {
  const machine = await running();
  await machine.during(machine.update.order(machine.file('/x', '0.2.0', { breaks: 'io' }), by, 'idle'));
  const second = await machine.during(machine.update.order('/x', by, 'idle'));
  assert.not.ok(second.ok);
  await machine.until('it failed', () => lastOutcome(machine)?.end === 'failed');
  assert.equal([machine.slots.boot(), machine.ran], ['A', [firstVersion]]);
  await machine.off();
});

test('a cancelled update is not tried, and `slot` takes the version before back', async () => {
  const machine = await running();
  await machine.during(machine.update.order(machine.file('/x', '0.2.0'), by, 'command'));
  await machine.until('it waits', () => machine.update.status().phase === 'waiting');
  assert.equal(machine.update.cancel(by), { ok: true, text: 'the update is cancelled' });
  await machine.clock.advance(1000);
  assert.equal([machine.slots.boot(), lastOutcome(machine)?.end], ['A', 'cancelled']);
  await machine.slots.markGood();
  await machine.during(machine.update.order('/x', by, 'idle'));
  await machine.until('0.2.0 is good', () => machine.version === '0.2.0' && settled(machine));
  const back = await machine.during(machine.update.order('slot', by, 'idle'));
  assert.ok(back.ok, back.text);
  await machine.until('0.1.0 is good', () => machine.version === firstVersion && settled(machine));
  assert.equal([lastOutcome(machine)?.end, lastOutcome(machine)?.version, lastOutcome(machine)?.from], ['good', firstVersion, '0.2.0']);
  await machine.off();
});

test('power cut at every moment of an update: the machine always runs a version that answers, and no message is lost', async () => {
  for (let cutMs = 100; cutMs <= 12_000; cutMs += cutMs < 3000 ? 130 : 700) {
    const machine = await running(new UpdateMachine({ seed: cutMs }));
    await machine.during(leaves(machine, 2));
    const url = machine.web('https://firmware.example/new.raucb', '0.2.0');
    void machine.update.order(cutMs % 2 === 0 ? url : machine.file('/x', '0.2.0'), by, 'idle');
    await machine.clock.advance(cutMs);
    machine.cutPower(cutMs % 3 === 0 ? 'keep' : 'drop');
    await machine.during(machine.powerOn());
    await machine.until(`it is good again after a cut at ${cutMs} ms`, () => settled(machine), 900_000);
    assert.ok([firstVersion, '0.2.0'].includes(machine.version), `${cutMs}: ${machine.version}`);
    assert.equal((await machine.run?.unit.store.messages('201'))?.length, 1, `${cutMs} ms`);
    const again = await machine.during(machine.update.order(machine.file('/y', '0.3.0'), by, 'idle'));
    assert.ok(again.ok, `${cutMs}: ${again.text}`);
    await machine.until(`the next update works after a cut at ${cutMs} ms`, () => machine.version === '0.3.0' && settled(machine));
    await machine.off();
  }
});

test('slots that are seen only after the start, since what keeps them starts beside the unit: the version is marked good then, and until then no update begins', async () => {
  const machine = new UpdateMachine();
  machine.slots.fails = 'io';
  await machine.during(machine.powerOn());
  await machine.clock.advance(4000);
  const early = await machine.update.order('/media/new.raucb', by, 'idle');
  assert.is(early.ok, false);
  assert.match(early.text, /slots cannot be seen yet/);
  assert.not.ok(machine.events().includes('slots-unseen'), 'some seconds are not worth a word');
  await machine.clock.advance(20_000);
  assert.is(machine.events().filter((event) => event === 'slots-unseen').length, 1);
  machine.slots.fails = null;
  await machine.until('it is marked good', () => machine.events().includes('marked-good'), 60_000);
  assert.is(machine.update.status().slots?.booted.good, true);
  await machine.off();
});

test.run();
