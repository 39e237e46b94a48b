import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LinkConsole } from '../../../firmware/console/parts/link-console.ts';
import { ConsoleSession } from '../../../firmware/console/session.ts';
import { silentLog } from '../../../firmware/log.ts';
import { settle, SimClock } from '../../../hal/sim/sim-clock.ts';
import { ExampleUnit } from './example-unit.ts';
import { Screen } from './screen.ts';

function session() {
  const screen = new Screen(120);
  const clock = new SimClock();
  const unit = new ExampleUnit();
  const ended: string[] = [];
  const one = new ConsoleSession({ terminal: { kind: 'terminal', columns: 120, height: 6, write: (text) => screen.write(text) }, unit, clock, log: silentLog, who: 'test', ended: (reason) => void ended.push(reason) });
  one.start();
  const type = async (keys: string): Promise<void> => {
    one.feed(Buffer.from(keys));
    await settle();
  };
  return { one, screen, clock, unit, type, ended };
}

test('monitor calls tells what changes, and nothing while nothing does', async () => {
  const { screen, clock, unit, type, one } = session();
  await type('monitor calls\r');
  await clock.advance(10_000);
  const before = screen.rows.length;
  assert.is(before, 1 + 3 + 1, 'time, heads and one call, once');
  const [call] = unit.calls();
  unit.calls = () => [{ ...(call as NonNullable<typeof call>), doing: 'listening', elapsedMs: 6000 }];
  await clock.advance(1100);
  assert.match(screen.rows.join('\n'), /recording[\s\S]*listening/);
  unit.calls = () => [];
  for (let second = 0; second < 20; second++) await clock.advance(1000);
  assert.match(screen.rows.at(-2) ?? '', /^no calls$/);
  await type('\x03');
  assert.is(screen.current, 'understudy>');
  one.close();
  assert.equal(clock.pending().map(({ name }) => name), []);
});

test('monitor link tells role and ways every 2 s, however small the window, until it is stopped', async () => {
  const { screen, clock, unit, type } = session();
  const way = { up: true, silentMs: 12.4, received: 1, lost: 3, longestGapMs: 1, carrier: true };
  const status = { role: 'primary-active', epoch: 7, statistics: { paths: [way, { ...way, up: false, silentMs: null }] } };
  unit.link = { status: () => status, ways: ['10.0.0.1', '10.1.0.1'] } as unknown as LinkConsole;
  await type('monitor link\r');
  await clock.advance(20_000);
  const lines = screen.rows.filter((row) => row.endsWith('primary-active, epoch 7; 10.0.0.1 up, silent 12 ms, lost 3; 10.1.0.1 down, lost 3'));
  assert.is(lines.length, 11);
  await type('\x03');
  assert.is(screen.current, 'understudy>');
});

test('monitor log follows until Ctrl-C, and leaves monitor as it was', async () => {
  const { screen, one, type } = session();
  await type('monitor log\r');
  one.logged('info', 'a call came');
  await type('\x03');
  one.logged('info', 'not watched');
  assert.match(screen.rows.join('\n'), /a call came/);
  assert.not.match(screen.rows.join('\n'), /not watched/);
});

test('a view that nobody looks at is logged out like any session', async () => {
  const { clock, type, ended } = session();
  await type('monitor calls\r');
  await clock.advance(11 * 60_000);
  await settle();
  assert.equal(ended, ['idle']);
  assert.equal(clock.pending(), []);
});

test('a session that is closed leaves no view running', async () => {
  const { one, clock, type } = session();
  await type('monitor calls\r');
  one.close();
  await settle();
  assert.equal(clock.pending(), []);
});

test.run();
