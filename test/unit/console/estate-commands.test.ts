import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConsoleSession } from '../../../firmware/console/session.ts';
import type { EstateStatus } from '../../../firmware/estate/estate-parts.ts';
import { settle, SimClock } from '../../../hal/sim/sim-clock.ts';
import { ExampleUnit } from './example-unit.ts';
import { Screen } from './screen.ts';

const hash = 'a'.repeat(64);
const status: EstateStatus = {
  site: 'harbour', unit: 'f'.repeat(64),
  broker: { place: 'broker.example:8883', state: 'waiting', forMs: 65_000, connections: 1, problem: 'broker.example:8883: nobody listens\x1b' },
  behind: { site: 'harbour', unit: 'b'.repeat(64), version: 9, hash, epoch: 3, atMs: 0 },
  pointers: { taken: 4, refused: { 'malformed': 0, 'stranger': 0, 'foreign-site': 0, 'forged': 2, 'repeated': 0, 'stale': 1, 'contradictory': 0 } },
  alarms: { raised: [{ event: 'mailbox-locked', subject: '201', state: 'raised', text: 'Mailbox 201 was locked.' }], waiting: 3, told: 5, dropped: 1 },
  commands: { done: 2, refused: { 'malformed': 0, 'unknown-key': 0, 'forged': 0, 'foreign': 0, 'old': 7, 'expired': 0, 'early': 0, 'too-long': 0, 'busy': 0 } },
  unseen: 12,
};

function session(estate: ExampleUnit['estate']) {
  const unit = new ExampleUnit();
  unit.estate = estate;
  const terminal = new Screen(200);
  const logged: string[] = [];
  const one = new ConsoleSession({ terminal, unit, clock: new SimClock(), log: { write: (severity, event, text) => void logged.push(`${severity} ${event} ${text}`) }, who: 'test', ended: () => {} });
  one.start();
  const type = async (line: string): Promise<readonly string[]> => {
    const before = terminal.rows.length;
    one.feed(Buffer.from(`${line}\r`));
    await settle();
    return terminal.rows.slice(before, -1);
  };
  return { type, logged };
}

test('a unit without a broker says so', async () => {
  const { type } = session(null);
  for (const line of ['show estate', 'estate clear']) assert.equal(await type(line), ['this unit is in no estate: there is no estate section in its configuration']);
});

test('broker, pointers, alarms and commands', async () => {
  const text = (await session({ status: () => status, clearAlarms: () => 0 }).type('show estate')).join('\n');
  assert.match(text, /^site +harbour$/m);
  assert.match(text, /^broker +broker\.example:8883: waiting for 0 d 00:01:05, connected once since the start$/m);
  assert.match(text, /^problem +broker\.example:8883: nobody listens\?$/m);
  assert.match(text, /^site state +behind: unit bbbbbbbb points at version 9$/m);
  assert.match(text, /^pointers +4 taken; refused: forged 2, stale 1$/m);
  assert.match(text, /^alarms +1 stand, 3 wait for the broker, 5 told since the start, 1 dropped$/m);
  assert.match(text, /^commands +2 done; refused: old 7$/m);
  assert.match(text, /^not looked at +12 messages: too many at once$/m);
  assert.match(text, /^mailbox-locked +201 +Mailbox 201 was locked\.$/m);
});

test('nothing wrong', async () => {
  const quiet: EstateStatus = { ...status, behind: null, broker: { ...status.broker, state: 'connected', connections: 3, problem: null }, alarms: { raised: [], waiting: 0, told: 0, dropped: 0 }, unseen: 0 };
  const text = (await session({ status: () => quiet, clearAlarms: () => 0 }).type('show estate')).join('\n');
  assert.match(text, /connected 3 times since the start$/m);
  assert.match(text, /^site state +no pointer is ahead of this unit$/m);
  assert.match(text, /^no alarm stands$/m);
  assert.not.match(text, /^problem/m);
});

test('clearing is logged with who did it', async () => {
  const { type, logged } = session({ status: () => status, clearAlarms: () => 1 });
  assert.equal(await type('estate clear'), ['1 alarms are cleared']);
  assert.equal(logged, ['notice console-command test: estate clear']);
});

test.run();
