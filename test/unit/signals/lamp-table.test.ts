// What the README says of the lamps is what they can show, no more and no less.
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LedPattern } from '../../../firmware/signals/led-patterns.ts';
import { ledPatterns } from '../../../firmware/signals/led-patterns.ts';
import type { SignalFacts } from '../../../firmware/signals/signal-machine.ts';
import { darkSignals, signalStep } from '../../../firmware/signals/signal-machine.ts';

const columns = Object.keys(ledPatterns).filter((pattern) => pattern !== 'test') as LedPattern[];
const readme = readFileSync('firmware/signals/README.md', 'utf8');

function described(led: string): LedPattern[] {
  const row = readme.split('\n').find((line) => line.startsWith(`| ${led} |`)) ?? '';
  const cells = row.split('|').slice(2, -1).map((cell) => cell.trim());
  assert.is(cells.length, columns.length, `the row of ${led}`);
  return columns.filter((_, index) => cells[index] !== '');
}

function* allFacts(): Generator<SignalFacts> {
  for (const phase of ['starting', 'serving', 'standby', 'stopping'] as const)
    for (const health of ['well', 'ill', 'past-help'] as const)
      for (const partnerHeard of [null, true, false])
        for (const pbxHeard of [null, true, false])
          for (const newMessages of [0, 3]) yield { phase, health, partnerHeard, pbxHeard, newMessages, contactsClosed: 0, emergencyCall: false };
}

const shown = (led: 'status' | 'link' | 'message'): Set<LedPattern> => new Set([...allFacts()].map((facts) => signalStep(darkSignals, facts)[led]));

test('the link and message LEDs', () => {
  for (const led of ['link', 'message'] as const) assert.equal(described(led), columns.filter((pattern) => shown(led).has(pattern)), led);
});

test('the status LED: also dark without a program, and the confirmation of a reset', () => {
  const all = shown('status').add('off').add('triple');
  assert.equal(described('status'), columns.filter((pattern) => all.has(pattern)));
});

test.run();
