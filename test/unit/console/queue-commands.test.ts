import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { queueCommands } from '../../../firmware/console/commands/queue-commands.ts';
import type { Invocation } from '../../../firmware/console/command.ts';
import { ExampleUnit } from './example-unit.ts';

const [show] = queueCommands;

function lines(unit: ExampleUnit): string[] {
  const printed: string[] = [];
  void show?.run({ unit, print: (line: string) => void printed.push(line) } as unknown as Invocation);
  return printed;
}

test('queues, callers and agents are listed; without queues there is no such command', () => {
  const unit = new ExampleUnit();
  assert.is(show?.offered?.(unit), false);
  unit.queues = {
    look: () => ({
      rows: [{ number: '800', name: 'Sales', waiting: 1, talking: 1, longestMs: 61_000, usualWaitMs: 90_000, arrived: 5, answered: 3, left: 1, overflowed: 0 }],
      callers: [{ queue: '800', position: 1, call: 'c7', priority: 'high', waitedMs: 61_000, etaSec: 29, ringing: ['402'] }],
      agents: [{ number: '401', queues: ['800', '900'], doing: 'talks', call: 'c5', watch: 'active' }, { number: '402', queues: ['800'], doing: 'rings', call: 'c7', watch: 'refused' }],
    }),
  };
  assert.is(show?.offered?.(unit), true);
  const told = lines(unit).join('\n');
  assert.match(told, /^800 +Sales +1 +1 +\S+ +\S+ +5 +3 +1 +0$/m);
  assert.match(told, /^800 +1 +c7 +high +\S+ +\S+ +402$/m);
  assert.match(told, /^401 +800 900 +talks +c5 +active$/m);
});

test.run();
