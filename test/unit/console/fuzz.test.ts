import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complete } from '../../../firmware/console/complete.ts';
import { grammar } from '../../../firmware/console/grammar.ts';
import { parseLine } from '../../../firmware/console/parse-line.ts';
import { ConsoleSession } from '../../../firmware/console/session.ts';
import { silentLog } from '../../../firmware/log.ts';
import { settle, SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { ExampleUnit } from './example-unit.ts';
import { Screen, Transcript } from './screen.ts';

const seed = 20260105;
const pieces = [
  'show ', 'messages ', 'call ', '201 ', 'mailbox ', 'pin reset', '--say ', '--keys ', '"', "'", '\\', '=', '--', '?', '\t', '\r', '\n', '\x03', '\x7f', '\x1b[A', '\x1b[D', '\x1b[', '\x1b', '\x01', '\x15', '\x17',
  'ä', '山', '😀', '\u202e', '\x00', 'monitor on\r', 'help\r', '*17', '#', ' ', 'x'.repeat(200),
];

const texts = (random: SimRandom, most: number) => Array.from({ length: random.below(most) }, () => pieces[random.below(pieces.length)]).join('');

for (const kind of ['terminal', 'dumb', 'pipe'] as const) {
  test(`a ${kind} fed with garbage: nothing throws, the session lives, and the screen makes sense`, async () => {
    const random = new SimRandom(seed);
    for (let round = 0; round < 40; round++) {
      const terminal = kind === 'terminal' ? new Screen(20 + random.below(100)) : new Transcript(kind);
      const unit = new ExampleUnit();
      const clock = new SimClock();
      const defects: string[] = [];
      const log = { write: (severity: string, _event: string, text: string) => void (severity === 'error' && defects.push(text)) };
      const session = new ConsoleSession({ terminal, unit, clock, log, who: 'fuzz', ended: () => undefined });
      session.start();
      for (let part = 0; part < 20; part++) {
        session.feed(random.below(3) === 0 ? random.bytes(random.below(200)) : Buffer.from(texts(random, 30)));
        session.logged('alert', texts(random, 4));
        await settle(1);
        unit.hangUp('enough');
      }
      await settle();
      assert.equal(defects, []);
      if (terminal instanceof Transcript) assert.not.match(terminal.text, /\x1b/);
      session.close();
      await settle();
      assert.is(clock.pending().length, 0);
    }
  });
}

test('any line is parsed and completed to something well formed', () => {
  const random = new SimRandom(seed + 1);
  const unit = new ExampleUnit();
  for (let round = 0; round < 5000; round++) {
    const line = texts(random, 12);
    const parsed = parseLine(line, grammar, unit);
    if (parsed.kind === 'fault') assert.ok(parsed.fault.start >= 0 && parsed.fault.start <= line.length, line);
    const completion = complete(line, grammar, unit);
    const partial = line.slice(completion.from);
    assert.ok(completion.candidates.every((one) => one.startsWith(partial)), `${line} -> ${completion.candidates}`);
    assert.ok(completion.common.startsWith(completion.candidates.length > 0 ? partial : ''), line);
  }
});

test('a megabyte without a line end costs no memory and little time', async () => {
  const terminal = new Transcript('pipe');
  const session = new ConsoleSession({ terminal, unit: new ExampleUnit(), clock: new SimClock(), log: silentLog, who: 'fuzz', ended: () => undefined });
  session.start();
  const began = performance.now();
  for (let part = 0; part < 16; part++) session.feed(Buffer.alloc(65536, 'x'));
  session.feed(Buffer.from('\n'));
  await settle();
  assert.ok(performance.now() - began < 5000, `${performance.now() - began} ms`);
  assert.match(terminal.text, /was not done/);
  session.close();
});

test.run();
