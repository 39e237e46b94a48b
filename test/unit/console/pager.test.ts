import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConsoleSession } from '../../../firmware/console/session.ts';
import { mostHeldLines, moreText, Pager } from '../../../firmware/console/pager.ts';
import { silentLog } from '../../../firmware/log.ts';
import { settle, SimClock } from '../../../hal/sim/sim-clock.ts';
import { ExampleUnit } from './example-unit.ts';
import { Screen } from './screen.ts';

function session(rows: number) {
  const screen = new Screen(80);
  const ended: string[] = [];
  const clock = new SimClock();
  const unit = new ExampleUnit();
  unit.log = (count) => Array.from({ length: count }, (_, index) => `line ${index + 1}`);
  const one = new ConsoleSession({ terminal: { kind: 'terminal', get columns() { return screen.columns; }, height: rows, write: (text) => screen.write(text) }, unit, clock, log: silentLog, who: 'test', ended: (reason) => void ended.push(reason) });
  one.start();
  const feed = async (text: string) => {
    one.feed(Buffer.from(text));
    await settle();
  };
  return { one, screen, feed, clock, ended };
}

const numbers = (screen: Screen) => screen.rows.filter((row) => row.startsWith('line ')).map((row) => Number(row.slice(5)));

test('a page, a line, a page, and the rest is not wanted', async () => {
  const { screen, feed } = session(10);
  await feed('show log 100\r');
  assert.is(screen.current, moreText);
  assert.is(numbers(screen).length, 9);
  await feed('\r');
  assert.is(numbers(screen).length, 10);
  await feed(' ');
  assert.is(numbers(screen).length, 19);
  await feed('q');
  assert.is(screen.current, 'understudy>');
  assert.equal(numbers(screen), Array.from({ length: 19 }, (_, index) => index + 1));
});

test('Ctrl-C ends it too, and the next command is whole', async () => {
  const { screen, feed } = session(10);
  await feed('show log 100\r');
  await feed('\x03');
  await feed('show log 3\r');
  assert.equal(numbers(screen).slice(-3), [1, 2, 3]);
  assert.is(screen.current, 'understudy>');
});

test('another key shows the rest and begins the next command', async () => {
  const { screen, feed } = session(10);
  await feed('show log 100\r');
  await feed('show clock');
  assert.is(numbers(screen).length, 100);
  assert.is(screen.current, 'understudy> show clock');
});

test('what fits is not paged, and commands that were pasted wait for nobody', async () => {
  const { screen, feed } = session(10);
  await feed('show log 9\r');
  assert.is(screen.current, 'understudy>');
  await feed('show log 30\rshow log 30\r\r');
  assert.is(numbers(screen).length, 69);
});

test('a page that nobody turns is no reason to stay', async () => {
  const { feed, clock, ended } = session(10);
  await feed('show log 100\r');
  await clock.advance(9 * 60_000);
  assert.equal(ended, []);
  await clock.advance(12 * 60_000);
  assert.equal(ended, ['idle']);
});

test('a terminal of unknown height is not paged', async () => {
  const { screen, feed } = session(0);
  await feed('show log 200\r');
  assert.is(numbers(screen).length, 200);
});

test('a session that is closed while a page waits is gone', async () => {
  const { one, screen, feed } = session(10);
  await feed('show log 100\r');
  one.close();
  await feed('show clock\r');
  assert.is(numbers(screen).length, 9);
});

test('lines beyond the limit are counted', () => {
  const pager = new Pager();
  pager.begin(5);
  for (let line = 0; line < mostHeldLines + 14; line++) pager.shows(`${line}`, 80);
  const { lines, more } = pager.pressed({ kind: 'char', text: 'x' });
  assert.is(more, false);
  assert.is(lines.at(-1), '10 more lines are not shown');
});

test.run();
