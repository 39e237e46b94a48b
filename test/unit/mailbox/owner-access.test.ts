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
import { SimRandom } from '../../../hal/sim/sim-random.ts';

const hourMs = 3_600_000;

/** An access over records in memory; scrypt at its smallest cost, for real. */
function access() {
  const clock = new SimClock();
  const records = new Map<string, OwnerRecord>([['201', freshOwner]]);
  const owners = new OwnerAccess({
    clock,
    random: new SimRandom(7),
    log: silentLog,
    hasher: new ScryptPinHasher(2),
    settings: () => ({ minLength: 4, triesPerCall: 3, triesBeforeLock: 5, lockMin: 5 }),
    records: {
      read: (mailbox) => records.get(mailbox) ?? null,
      change: async (mailbox, change) => void records.set(mailbox, change(records.get(mailbox) ?? freshOwner)),
    },
  });
  const login = async (pin: string, mailbox = '201'): Promise<LoginOutcome> => {
    let outcome: LoginOutcome | null = null;
    void owners.login(mailbox, pin).then((got) => (outcome = got));
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

test.run();
