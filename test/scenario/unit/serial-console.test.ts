// The technician's cable: Enter begins, and a break, a pulled cable or idleness leave nobody logged in behind.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Technicians } from '../../../firmware/console/login/technicians.ts';
import { breakBaud, SerialConsole } from '../../../firmware/console/serial-console.ts';
import { UnitLog } from '../../../firmware/lifecycle/unit-log.ts';
import { PromptPinHasher } from '../../support/prompt-pin-hasher.ts';
import { plainSerial } from '../../../hal/serial.ts';
import type { SerialPort } from '../../../hal/serial.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimSerialCable } from '../../../hal/sim/sim-serial.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { ExampleUnit } from '../../unit/console/example-unit.ts';

const device = '/dev/ttyS1';
const hashed = () => new Promise((resolve) => setTimeout(resolve, 15)); // scrypt works in a thread of its own, in real time

interface Choices {
  readonly baud?: number;
  readonly technician?: boolean;
  readonly idleMin?: number;
  readonly firstPassword?: boolean;
}

async function world({ baud = 115_200, technician = false, idleMin = 10, firstPassword = false }: Choices = {}) {
  const clock = new SimClock();
  const log = new UnitLog(clock, 'debug');
  const technicians = await Technicians.open({ storage: new SimStorage(), clock, random: new SimRandom(1), hasher: new PromptPinHasher(), log });
  const unit = Object.assign(new ExampleUnit(), { firstPassword });
  unit.technicians = technicians;
  unit.idleMin = idleMin;
  const cable = new SimSerialCable(clock, new SimRandom(2));
  const serial = new SerialConsole({ clock, log, unit, ports: cable.a, device, baud });
  const password = technician ? await technicians.give('ann') : '';
  await serial.open();
  const far = await terminal(cable, clock, baud);
  await clock.advance(100); // what was said to nobody has passed
  return { clock, log, unit, technicians, cable, serial, password, far };
}

/** The technician's end. */
async function terminal(cable: SimSerialCable, clock: SimClock, baud: number) {
  const port: SerialPort = await cable.b.open(device, plainSerial(baud));
  const seen = { text: '' };
  port.received = (bytes) => void (seen.text += Buffer.from(bytes).toString('latin1'));
  const type = async (keys: string | Uint8Array, ms = 300): Promise<string> => {
    const from = seen.text.length;
    port.write(typeof keys === 'string' ? Buffer.from(keys) : keys);
    for (let turn = 0; turn < 5; turn++) {
      await clock.advance(ms / 5);
      await hashed();
    }
    return seen.text.slice(from);
  };
  return { port, seen, type };
}

const events = (log: UnitLog): string[] => log.last(1000).map(({ event }) => event);
const prompt = /understudy> $/;

test('an idle cable is asked nothing; Enter begins, and with nobody in the list that is said loudly', async () => {
  const { far } = await world();
  assert.is(await far.type('hello, is anybody there'), '');
  const begun = await far.type('\r');
  assert.match(begun, 'whoever has this cable may do everything: technician add NAME');
  assert.match(begun, prompt);
  assert.match(await far.type('show version\r'), /commit +abc1234/);
});

test('a-unit-from-the-factory: whoever has the cable chooses the first password before anything else, and needs it from then on', async () => {
  const { far, log, technicians } = await world({ firstPassword: true });
  assert.match(await far.type('\r'), /Choose one for admin: 10 characters or more\.\r\nnew password: $/);
  assert.match(await far.type('show version\r'), /new password again: $/, 'no command is done');
  assert.match(await far.type('show calls\r'), 'the two are not the same');
  assert.match(await far.type('short\r') + (await far.type('short\r')), 'a password has 10 to 128 characters');
  assert.equal(technicians.list, []);
  await far.type('correct horse\r');
  assert.match(await far.type('correct horse\r'), prompt);
  assert.equal(technicians.list.map(({ name, mustChange }) => [name, mustChange]), [['admin', false]]);
  assert.ok(events(log).includes('first-password'));
  await far.type('exit\r');
  assert.match(await far.type('\r'), /login: $/);
  await far.type('admin\r');
  assert.match(await far.type('correct horse\r'), prompt);
});

test('a-unit-from-the-factory: a cable that nobody answers at sets nothing', async () => {
  const { far, technicians } = await world({ firstPassword: true });
  await far.type('\r');
  await far.type('correct horse\r');
  await far.type('\x03');
  assert.equal(technicians.list, []);
  assert.match(await far.type('\r'), /new password: $/);
});

test('a-list-of-technicians-that-cannot-be-read: where a login is never left out nobody is let in', async () => {
  const { far, unit, log } = await world({ firstPassword: true });
  unit.technicians = null;
  assert.match(await far.type('\r'), /the session ends: the list of technicians cannot be read; the next start of the unit tries again\r\n.*press Enter\r\n$/s);
  assert.not.match(await far.type('show version\r'), 'commit');
  assert.ok(events(log).includes('console-shut'));
});

test('a-list-of-technicians-that-is-damaged: whoever has the cable does not choose its password anew, at later starts neither', async () => {
  const storage = new SimStorage();
  const parts = { storage, clock: new SimClock(), random: new SimRandom(1), hasher: new PromptPinHasher(), log: new UnitLog(new SimClock(), 'debug') };
  const written = await Technicians.open(parts);
  assert.is(written.wasLost, false);
  await written.give('ann');
  await written.give('ben');
  for (const name of ['config/technicians.a', 'config/technicians.b']) for (let bit = 0; bit < 400; bit += 3) if ((await storage.stat(name)) !== null) storage.flipBit(name, bit);
  for (let start = 0; start < 2; start++) {
    const { far, unit } = await world({ firstPassword: true });
    const technicians = await Technicians.open(parts);
    assert.equal([technicians.list, technicians.wasLost], [[], true]);
    unit.technicians = technicians;
    assert.match(await far.type('\r'), 'the list of technicians was damaged');
    assert.not.match(await far.type('correct horse\r'), /new password:|understudy>/);
  }
});

test('exit leads back to where Enter begins', async () => {
  const { far } = await world();
  await far.type('\r');
  assert.match(await far.type('exit\r'), /press Enter\r\n$/);
  assert.is(await far.type('show version'), '', 'there is no session');
  assert.match(await far.type('\r'), prompt);
});

test('with technicians a login is asked for, and a new password at the first', async () => {
  const { far, password, unit } = await world({ technician: true });
  assert.match(await far.type('\r'), /login: $/);
  await far.type('ann\r');
  assert.match(await far.type(`${password}\r`), 'choose your own');
  await far.type('correct horse battery\r');
  assert.match(await far.type('correct horse battery\r'), prompt);
  assert.not.match(far.seen.text, 'correct horse');
  assert.is(unit.done.length, 0);
});

test('three wrong passwords end the dialog, and Enter begins anew', async () => {
  const { far, clock } = await world({ technician: true });
  await far.type('\r');
  for (const wait of [0, 2000, 3000]) {
    await clock.advance(wait);
    await far.type('ann\r');
    await far.type('wrong\r');
  }
  assert.match(far.seen.text, 'the session ends: too many wrong passwords');
  assert.match(far.seen.text, /press Enter\r\n$/);
});

test('a break in mid-session: nobody is logged in, and the speed is the one that everybody tries', async () => {
  const { far, clock, cable, log } = await world({ baud: 9600 });
  await far.type('\r', 2000);
  await far.type('show cl', 500);
  await far.port.sendBreak(300);
  await clock.advance(100);
  await far.port.close();
  const again = await terminal(cable, clock, breakBaud);
  assert.is(await again.type('ock'), '', 'what was typed is forgotten');
  assert.match(await again.type('\r'), prompt);
  assert.ok(events(log).includes('serial-console-break'));
});

test('at the wrong speed nothing can be read; a break makes it readable', async () => {
  const { far, clock, cable } = await world({ baud: 9600 });
  await far.port.close();
  const wrong = await terminal(cable, clock, breakBaud);
  assert.not.match(await wrong.type('\r\r\r', 2000), prompt);
  await wrong.port.sendBreak(300);
  await clock.advance(200);
  assert.match(await wrong.type('\r'), prompt);
});

test('the terminal program is closed in mid-session: the next one is not logged in', async () => {
  const { far, clock, cable } = await world();
  await clock.advance(2000);
  await far.type('\r');
  await far.type('monitor on\r');
  await far.port.close();
  await clock.advance(3000);
  const next = await terminal(cable, clock, 115_200);
  assert.is(await next.type('show version'), '');
  assert.match(await next.type('\r'), prompt);
});

test('cable-of-three-wires: nothing shows that the terminal has gone, so idleness ends the session, noise or not', async () => {
  const { far, clock, cable } = await world({ idleMin: 5 });
  cable.lines = 'three-wire';
  await far.type('\r');
  for (let minute = 0; minute < 6; minute++) {
    await clock.advance(60_000);
    await far.type(Uint8Array.of(0x00, 0xfe, 0x41, 0x80)); // a loose plug
  }
  assert.match(far.seen.text, /press Enter\r\n$/);
});

test('where sessions are never idle, one at a cable still is', async () => {
  const { far, clock } = await world({ idleMin: 0 });
  await far.type('\r');
  await clock.advance(29 * 60_000);
  assert.not.match(far.seen.text.slice(-40), 'press Enter');
  await clock.advance(2 * 60_000);
  assert.match(far.seen.text, /press Enter\r\n$/);
});

test('device-unplugged-in-mid-command and plugged again: told once, tried again, back without a login', async () => {
  const { far, clock, cable, log } = await world();
  await far.type('\r');
  far.port.write(Buffer.from('show version\r'));
  cable.unplug('a');
  await clock.advance(60_000);
  assert.is(events(log).filter((event) => event === 'serial-console-lost').length, 1);
  cable.plug('a');
  await clock.advance(31_000);
  assert.ok(events(log).includes('serial-console-back'));
  assert.match(await far.type('\r'), prompt);
});

test('there is no such device at the start: the unit goes on, and the console comes when it is there', async () => {
  const clock = new SimClock();
  const log = new UnitLog(clock, 'debug');
  const cable = new SimSerialCable(clock, new SimRandom(2));
  cable.unplug('a');
  const unit = new ExampleUnit();
  const serial = new SerialConsole({ clock, log, unit, ports: cable.a, device, baud: 115_200 });
  await serial.open();
  assert.equal(events(log), ['serial-console-lost']);
  cable.plug('a');
  await clock.advance(1500);
  const far = await terminal(cable, clock, 115_200);
  assert.match(await far.type('\r'), prompt);
  serial.close();
  assert.match(await far.type('', 50), /the session ends: the unit stops\r\n$/);
  await clock.advance(200);
  assert.is(await cable.a.open(device, plainSerial(9600)).then(() => 'free'), 'free');
});

test('noise of every kind for ten minutes changes nothing and ends nothing but the session', async () => {
  const random = new SimRandom(77);
  const { far, clock, unit } = await world();
  await far.type('\r');
  for (let turn = 0; turn < 600; turn++) {
    far.port.write(random.bytes(1 + random.below(80)));
    await clock.advance(1000);
  }
  assert.equal(unit.done, []);
  await far.port.sendBreak(300);
  await clock.advance(500);
  assert.match(await far.type('\r'), prompt);
});

test('log-comes-faster-than-the-line: lines are left out and counted, and the console answers', async () => {
  const { far, clock, log } = await world({ baud: 9600 });
  await far.type('\r', 2000);
  await far.type('monitor on\r', 1000);
  for (let second = 0; second < 20; second++) {
    for (let line = 0; line < 50; line++) log.write('info', 'busy', `line ${second}.${line} of a log that has much to tell about what goes on`);
    await clock.advance(1000);
  }
  await clock.advance(10_000);
  log.write('info', 'busy', 'the last line');
  assert.match(await far.type('', 3000), /\(\d+ log lines were left out: this line is slower than they come\)/);
  assert.match(await far.type('show version\r', 3000), /commit +abc1234/);
});

test('a paste of 100 KB at 9600 baud: every line is done in order, none is lost', async () => {
  const { far, clock, unit } = await world({ baud: 9600 });
  await far.type('\r', 2000);
  const lines = 1000;
  const paste = Buffer.from(Array.from({ length: lines }, (_, nth) => `mailbox 201 unlock${' '.repeat(100 - 19 - (nth % 3))}\r`).join(''));
  for (let at = 0; at < paste.length; at += 960) {
    far.port.write(paste.subarray(at, at + 960));
    await clock.advance(1010);
  }
  await clock.advance(20_000);
  assert.is(unit.done.filter((what) => what === 'unlock 201').length, lines);
});

test.run();
