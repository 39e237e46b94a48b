import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../firmware/log.ts';
import type { LoginOutcome } from '../../../firmware/callflow/flow.ts';
import { OwnerAccess } from '../../../firmware/mailbox/owner/owner-access.ts';
import type { OwnerRecord } from '../../../firmware/mailbox/owner/owner-record.ts';
import { freshOwner } from '../../../firmware/mailbox/owner/owner-record.ts';
import { ScryptPinHasher } from '../../../firmware/mailbox/owner/pin-hasher.ts';
import { pinFault } from '../../../firmware/mailbox/owner/pin-rules.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimKeys } from '../../../hal/sim/sim-keys.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

const hourMs = 3_600_000;

/** An access over records in memory; scrypt at its smallest cost, for real. */
function access(verified: (pin: string) => void = () => undefined) {
  const clock = new SimClock();
  const hasher = new ScryptPinHasher(new SimKeys(), 2);
  const records = new Map<string, OwnerRecord>([['201', freshOwner]]);
  const owners = new OwnerAccess({
    clock,
    random: new SimRandom(7),
    log: silentLog,
    hasher: { hash: (pin) => hasher.hash(pin), verify: (pin, stored) => (verified(pin), hasher.verify(pin, stored)) },
    settings: () => ({ minLength: 4, triesPerCall: 3, triesPerCaller: 20, triesBeforeLock: 5, lockMin: 5 }),
    records: {
      read: (mailbox) => records.get(mailbox) ?? null,
      change: async (mailbox, change) => void records.set(mailbox, change(records.get(mailbox) ?? freshOwner)),
    },
  });
  const login = async (pin: string, mailbox = '201', caller = ''): Promise<LoginOutcome> => {
    let outcome: LoginOutcome | null = null;
    void owners.login(mailbox, pin, caller).then((got) => (outcome = got));
    for (let waits = 0; outcome === null && waits < 200; waits++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await clock.advance(50);
    }
    return outcome as unknown as LoginOutcome;
  };
  return { clock, records, owners, login };
}

test('the right PIN opens, a wrong one and a wrong mailbox look alike, none at all is told', async () => {
  const { owners, login } = access();
  assert.is(await login('8642'), 'no-pin');
  assert.is(await owners.setPin('201', '8642'), null);
  assert.is(await login('8642'), 'ok');
  assert.is(await login('8643'), 'wrong');
  assert.is(await login('8642', '999'), 'wrong');
});

test('no answer comes before a second has passed', async () => {
  const { clock, owners } = access();
  await owners.setPin('201', '8642');
  let answered = false;
  void owners.login('201', '8642').then(() => (answered = true));
  await new Promise((resolve) => setTimeout(resolve, 30));
  await clock.advance(900);
  assert.is(answered, false);
  await clock.advance(200);
  assert.is(answered, true);
});

test('the fifth wrong PIN locks, tries during the lock do not count, and each lock is twice as long', async () => {
  const { clock, owners, login, records } = access();
  await owners.setPin('201', '8642');
  for (let lock = 0; lock < 3; lock++) {
    for (let tries = 0; tries < 4; tries++) assert.is(await login('0000'), 'wrong');
    assert.is(await login('0000'), 'locked');
    assert.is(await login('8642'), 'locked', 'even the right one');
    const minutes = ((records.get('201')?.lockedUntilMs ?? 0) - clock.wall()) / 60_000;
    assert.ok(Math.abs(minutes - 5 * 2 ** lock) < 0.2, `lock ${lock} is ${minutes} min`);
    await clock.advance(minutes * 60_000 + 1);
  }
  assert.is(await login('8642'), 'ok');
  assert.is(records.get('201')?.locks, 0);
});

test('parallel guesses are counted one by one', async () => {
  const { clock, owners, records } = access();
  await owners.setPin('201', '8642');
  const outcomes: LoginOutcome[] = [];
  const all = Array.from({ length: 10 }, () => owners.login('201', '1111').then((got) => outcomes.push(got)));
  const end = Promise.all(all);
  for (let waits = 0; outcomes.length < 10 && waits < 100; waits++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    await clock.advance(50);
  }
  await end;
  assert.is(outcomes.filter((one) => one === 'wrong').length, 4);
  assert.is(records.get('201')?.locks, 1);
});

test('a lock does not outlive a clock that was set back by years', async () => {
  const { clock, owners, login } = access();
  await owners.setPin('201', '8642');
  for (let tries = 0; tries < 5; tries++) await login('0000');
  clock.stepWall(-365 * 24 * hourMs);
  assert.is(await login('8642'), 'ok');
});

test('a reset PIN obeys the rules and works', async () => {
  const { owners, login } = access();
  const pin = await owners.resetPin('201');
  assert.match(pin, /^[0-9]{6}$/);
  assert.is(pinFault(pin, '201', 4), null);
  assert.is(await login(pin), 'ok');
});

test('weak PINs are named for what they are', () => {
  const table: [string, string | null][] = [
    ['864', 'too-short'], ['8'.repeat(16), 'too-long'], ['86a2', 'not-digits'], ['7777', 'one-digit'], ['1234', 'sequence'], ['7890', 'sequence'],
    ['4321', 'sequence'], ['2015', 'mailbox-number'], ['7102', 'mailbox-number'], ['1984', 'year'], ['8642', null], ['198461', null],
  ];
  for (const [pin, fault] of table) assert.is(pinFault(pin, '201', 4), fault, pin);
});

test('unknown-mailbox-probed: it answers as one that exists would, word for word, also when it is tried again and again', async () => {
  const { login, owners } = access();
  await owners.setPin('201', '8642');
  const answers = async (mailbox: string) => {
    const given: LoginOutcome[] = [];
    for (let tries = 0; tries < 7; tries++) given.push(await login('0000', mailbox));
    return given;
  };
  assert.equal(await answers('999'), await answers('201'));
});

test('unknown-mailbox-timed: the hash is computed for it too', async () => {
  const verified: string[] = [];
  const { login, owners } = access((pin) => verified.push(pin));
  await owners.setPin('201', '8642');
  await login('1111', '201');
  await login('2222', '999');
  assert.equal(verified, ['1111', '2222']);
});

test('caller-tries-many-mailboxes: the calling number is held off, others are not, and the right PIN of a held off one opens nothing', async () => {
  const { login, owners, clock, records } = access();
  for (let number = 300; number < 330; number++) records.set(String(number), freshOwner);
  for (let number = 300; number < 330; number++) await owners.setPin(String(number), '8642');
  const outcomes: LoginOutcome[] = [];
  for (let number = 300; number < 325; number++) outcomes.push(await login('0000', String(number), '0301234'));
  assert.is(outcomes.lastIndexOf('wrong'), 19);
  assert.is(await login('8642', '329', '0301234'), 'locked');
  assert.is(await login('8642', '329', '0305678'), 'ok');
  assert.is(await login('8642', '329', ''), 'ok');
  await clock.advance(6 * 60_000);
  assert.is(await login('8642', '329', '0301234'), 'ok');
});

test('a locked mailbox does not count against who calls it', async () => {
  const { login, owners, records } = access();
  records.set('202', freshOwner);
  await owners.setPin('201', '8642');
  await owners.setPin('202', '9753');
  for (let tries = 0; tries < 30; tries++) await login('0000', '201', '0301234');
  assert.is(await login('9753', '202', '0301234'), 'ok');
});

test('action-pin-guessed: the action locks over all calls, and each lock is twice as long; others do not', async () => {
  const { clock, owners } = access();
  const tried = async (right: boolean, action = 'Desk:open'): Promise<string> => {
    const outcome = owners.actionPin(action, right);
    await clock.advance(1001);
    return outcome;
  };
  for (let lock = 0; lock < 3; lock++) {
    for (let tries = 0; tries < 4; tries++) assert.is(await tried(false), 'wrong');
    assert.is(await tried(false), 'locked');
    assert.is(await tried(true), 'locked', 'even the right one');
    assert.is(await tried(true, 'Desk:other'), 'ok');
    await clock.advance(5 * 2 ** lock * 60_000 - 10_000);
    assert.is(await tried(true), 'locked');
    await clock.advance(10_000);
  }
  assert.is(await tried(true), 'ok');
});

test('the previous PIN cannot be set again, whoever sets it', async () => {
  const { owners } = access();
  assert.is(await owners.setPin('201', '8642'), null);
  assert.is(await owners.setPin('201', '8642'), 'previous');
  assert.is(await owners.setPin('201', '9753'), null);
  assert.is(await owners.setPin('201', '8642'), null, 'the one before that can');
});

test('a lock holds after a restart: it is in the record, not in memory', async () => {
  const first = access();
  await first.owners.setPin('201', '8642');
  for (let tries = 0; tries < 5; tries++) await first.login('0000');
  const second = access();
  second.records.set('201', first.records.get('201') as OwnerRecord);
  assert.is(await second.login('8642'), 'locked');
});

test.run();
