import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UnitLog } from '../../../firmware/lifecycle/unit-log.ts';
import { BundleFetcher, incomingPlace } from '../../../firmware/update/bundle-fetcher.ts';
import { restartLimitMs } from '../../../firmware/update/machine-restart.ts';
import { describeRelease, ownRelease } from '../../../firmware/update/release-facts.ts';
import { UpdateDesk } from '../../../firmware/update/update-desk.ts';
import { wellMs } from '../../../firmware/update/update-proof.ts';
import { trialMs } from '../../../firmware/update/update-waits.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimDownloads } from '../../../hal/sim/sim-downloads.ts';
import { bundleBytes, SimFirmwareSlots, type SimBundle } from '../../../hal/sim/sim-firmware-slots.ts';
import { SimPower } from '../../../hal/sim/sim-power.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { result, until, virtualTime } from '../../contract/passing.ts';

const bundle = (version: string, more: Partial<SimBundle> = {}): SimBundle => ({ board: 'understudy-sim', version, description: describeRelease(ownRelease), bytes: 200_000, ...more });

/** What outlives the program. */
class Machine {
  readonly clock = new SimClock();
  readonly slots = new SimFirmwareSlots(this.clock, { version: '0.1.0' });
  readonly downloads = new SimDownloads(this.clock);
  /** Writes of the record take for ever. */
  hangs = false;
  readonly storage = new SimStorage({ clock: this.clock, delayMs: ({ kind, path }) => (this.hangs && path.startsWith('update/') && kind !== 'read' ? 1e12 : 0) });
  readonly power = new SimPower();
  readonly passing = virtualTime(this.clock);

  constructor() {
    this.slots.slot('A').tries = 0;
  }
}

async function started(machine: Machine, { version = '0.1.0', ownCall = async (): Promise<string | null> => null, doubts = [] as string[] } = {}) {
  const { clock, slots, storage, downloads, power } = machine;
  const log = new UnitLog(clock, 'debug');
  const done: string[] = [];
  const fetcher = new BundleFetcher({ clock, log, storage, downloads, keptBackBytes: () => 0 });
  const desk = new UpdateDesk({
    clock, log, storage, slots, files: slots, fetcher, power, version, release: ownRelease, keptBackBytes: () => 0, partner: () => null, calls: () => 0,
    service: () => ({ serves: false, partnerFit: false }), handOver: () => undefined, held: () => null, doubts: () => doubts, ownCall,
    leave: async () => void done.push('left'), endProgram: (cause) => void done.push(`ended: ${cause}`),
  });
  await result(machine.passing, desk.start());
  const events = (): string[] => log.last(100).map(({ event }) => event);
  const order = (source: string, restart: 'idle' | 'command' = 'idle') => result(machine.passing, desk.order(source, 'bob', restart));
  return { desk, log, done, events, doubts, order };
}

/** Version 0.2.0 is tried in slot B. */
async function trying(machine: Machine, more: Parameters<typeof started>[1] = {}) {
  const { desk, order } = await started(machine);
  machine.slots.bundles.set('/b', bundle('0.2.0'));
  await order('/b', 'command');
  await until(machine.passing, 'it is installed', () => desk.status().phase === 'waiting');
  await result(machine.passing, desk.settled());
  desk.stop();
  assert.is(machine.slots.boot(), 'B');
  machine.slots.calls.length = 0;
  return started(machine, { version: '0.2.0', ...more });
}

test('what is known late of an order that was cancelled decides nothing for the next one', async () => {
  const machine = new Machine();
  const { desk, order } = await started(machine);
  machine.slots.bundles.set('/good', bundle('0.2.0'));
  machine.slots.bundles.set('/foreign', bundle('0.3.0', { board: 'another' }));
  await order('/good');
  await machine.clock.advance(100);
  assert.ok(desk.cancel('bob').ok);
  await order('/foreign');
  await machine.clock.advance(2000);
  assert.equal([desk.status().phase, desk.status().record.outcomes.map(({ end, version }) => `${end} ${version}`)], ['idle', ['refused 0.3.0', 'cancelled ']]);
  assert.equal(machine.slots.calls.filter((call) => call.startsWith('install')), []);
  desk.stop();
});

test('a download that was cancelled neither refuses the next one nor writes into it', async () => {
  const machine = new Machine();
  const { desk, order } = await started(machine);
  machine.slots.content = async (place) => (place === incomingPlace ? bundleBytes(bundle('0.3.0')) : null);
  machine.downloads.files.set('https://x.example/a', { content: bundleBytes(bundle('0.2.0', { bytes: 20_000_000 })) });
  machine.downloads.files.set('https://x.example/b', { content: bundleBytes(bundle('0.3.0')) });
  await order('https://x.example/a', 'command');
  await machine.clock.advance(50);
  assert.is(desk.status().phase, 'fetching');
  desk.cancel('bob');
  await order('https://x.example/b', 'command');
  await until(machine.passing, 'the second is installed', () => desk.status().phase === 'waiting', 60_000);
  assert.is(desk.status().record.target?.version, '0.3.0');
  desk.stop();
});

test('a tried version is marked good only when its health has been looked at, and has been good for some rounds', async () => {
  const machine = new Machine();
  const unit = await trying(machine, { doubts: ['it is not known yet whether messages can be written'] });
  await machine.clock.advance(60_000);
  assert.not.ok(machine.slots.calls.includes('mark good'), 'however well it answers');
  assert.match(unit.desk.status().doubt ?? '', 'not known yet');
  unit.doubts.length = 0;
  await machine.clock.advance(wellMs - 1000);
  unit.doubts.push('the disk refuses');
  await machine.clock.advance(10_000);
  unit.doubts.length = 0;
  await machine.clock.advance(wellMs - 1000);
  assert.not.ok(machine.slots.calls.includes('mark good'), 'the time begins anew');
  await machine.clock.advance(10_000);
  assert.ok(machine.slots.calls.includes('mark good'));
  assert.is(unit.desk.status().phase, 'idle');
  unit.desk.stop();
});

test('one that never gets well is given up, though it answers', async () => {
  const machine = new Machine();
  const unit = await trying(machine, { doubts: ['the disk refuses'] });
  await machine.clock.advance(trialMs + 1000);
  assert.is(unit.desk.status().phase, 'going-back');
  assert.match(unit.log.last(50).find(({ event }) => event === 'update-given-up')?.text ?? '', 'the disk refuses');
  unit.desk.stop();
});

test('an own call that comes through after the version was given up does not mark it good', async () => {
  const machine = new Machine();
  let answer: (why: string | null) => void = () => undefined;
  const unit = await trying(machine, { ownCall: () => new Promise((resolve) => (answer = resolve)) });
  await machine.clock.advance(trialMs + 1000);
  assert.is(unit.desk.status().phase, 'going-back');
  answer(null);
  await machine.clock.advance(1000);
  assert.equal(machine.slots.calls.filter((call) => call.startsWith('mark')), ['mark bad']);
  unit.desk.stop();
});

test('a disk that hangs keeps nothing from going back', async () => {
  const machine = new Machine();
  const unit = await trying(machine, { ownCall: async () => 'silence' });
  machine.hangs = true;
  await machine.clock.advance(trialMs + 10_000);
  assert.ok(machine.slots.calls.includes('mark bad'));
  assert.ok(machine.power.reboots > 0);
  unit.desk.stop();
});

for (const [what, arrange] of [
  ['refuses to', (power: SimPower) => void (power.rebootFails = 'busy')],
  ['says that it will and does not', () => undefined],
  ['does not even answer', (power: SimPower) => void (power.reboot = () => new Promise(() => undefined))],
] as const) {
  test(`a machine that is to restart and ${what}: the program, which takes no calls any more, ends itself after a minute`, async () => {
    const machine = new Machine();
    arrange(machine.power);
    const { desk, done, log, order } = await started(machine);
    machine.slots.bundles.set('/b', bundle('0.2.0'));
    await order('/b');
    await until(machine.passing, 'it leaves', () => done.includes('left'), 10_000);
    await machine.clock.advance(restartLimitMs - 5000);
    assert.equal(done, ['left'], 'it is asked again meanwhile');
    await machine.clock.advance(40_000);
    assert.is(done.length, 2, done.join());
    assert.match(done[1] ?? '', 'ended: the machine could not be restarted');
    assert.is(log.last(50).find(({ event }) => event === 'update-restart-failed')?.severity, 'alert');
    desk.stop();
    assert.equal(machine.clock.pending().map(({ name }) => name), []);
  });
}

test('one that takes the order a moment later is restarted', async () => {
  const machine = new Machine();
  machine.power.rebootFails = 'busy';
  const { desk, done, order } = await started(machine);
  machine.slots.bundles.set('/b', bundle('0.2.0'));
  await order('/b');
  await until(machine.passing, 'it leaves', () => done.includes('left'), 10_000);
  machine.power.rebootFails = null;
  await machine.clock.advance(11_000);
  assert.is(machine.power.reboots, 1);
  desk.stop();
  await machine.clock.advance(2 * restartLimitMs);
  assert.equal(done, ['left'], 'a unit that stops in time is not ended again');
});

test('one bundle is received at a time; nothing else takes its place, until it is whole or nothing of it has come for long', async () => {
  const machine = new Machine();
  const { desk, order } = await started(machine);
  const receive = () => result(machine.passing, desk.receive());
  const first = await receive();
  await first.add(Buffer.from('abc'));
  assert.is(await receive().then(() => '', (error: { id: string }) => error.id), 'busy');
  assert.match((await order('https://x.example/a')).text, 'being received');
  assert.is(await desk.receiving(), true);
  await machine.clock.advance(4 * 60_000);
  await first.add(Buffer.from('def'));
  await machine.clock.advance(4 * 60_000);
  assert.is(await desk.receiving(), true);
  await machine.clock.advance(60_000);
  const second = await receive();
  await second.add(Buffer.from('ghi'));
  assert.is(await first.add(Buffer.from('late')).then(() => '', (error: { id: string }) => error.id), 'closed');
  await first.abandon();
  await second.finish();
  assert.is((await machine.storage.stat(incomingPlace))?.bytes, 3, 'the first one left the second alone');
  const both = await result(machine.passing, Promise.allSettled([desk.receive(), desk.receive()]));
  assert.equal(both.map(({ status }) => status), ['fulfilled', 'rejected']);
  desk.stop();
});

test('usb is the one bundle on a stick; where there is none, or more than one, nothing begins', async () => {
  const machine = new Machine();
  const { desk, order } = await started(machine);
  assert.equal(await order('usb'), { ok: false, text: 'no stick with a file NAME.raucb is plugged in' });
  machine.slots.sticks = ['/run/media/sda1/a.raucb', '/run/media/sda1/b.raucb'];
  assert.equal(await order('usb'), { ok: false, text: 'there are several; name one: /run/media/sda1/a.raucb, /run/media/sda1/b.raucb' });
  assert.is(desk.status().phase, 'idle');
  machine.slots.sticks = ['/run/media/sda1/b.raucb'];
  machine.slots.bundles.set('/run/media/sda1/b.raucb', bundle('0.2.0'));
  assert.ok((await order('usb', 'command')).ok);
  await until(machine.passing, 'it is installed', () => desk.status().phase === 'waiting');
  assert.equal([desk.status().order?.source, desk.status().record.target?.version], ['/run/media/sda1/b.raucb', '0.2.0']);
  desk.stop();
});

test('a slot that cannot be marked good is not taken for one, and is marked when it can be', async () => {
  const machine = new Machine();
  const unit = await trying(machine);
  machine.slots.markFails = 'io';
  await machine.clock.advance(wellMs + 10_000);
  assert.is(unit.desk.status().phase, 'proving');
  assert.match(unit.desk.status().doubt ?? '', 'as the test asked');
  assert.not.ok(unit.events().includes('marked-good'));
  machine.slots.markFails = null;
  await machine.clock.advance(10_000);
  assert.equal([unit.desk.status().phase, machine.slots.slot('B').proven], ['idle', true]);
  unit.desk.stop();
});

test('a slot that cannot be marked bad keeps nothing from going back', async () => {
  const machine = new Machine();
  const unit = await trying(machine, { ownCall: async () => 'silence' });
  machine.slots.markFails = 'io';
  await machine.clock.advance(trialMs + 10_000);
  assert.ok(unit.events().includes('update-trouble'));
  assert.ok(machine.power.reboots > 0);
  assert.is(machine.slots.boot(), 'A', 'the boot loader has tried it once');
  unit.desk.stop();
});

test.run();
