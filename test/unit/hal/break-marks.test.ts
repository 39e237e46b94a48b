import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BreakMarks } from '../../../hal/drivers/linux/break-marks.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

function read(marks: BreakMarks, bytes: readonly number[]): { kept: number[]; broke: boolean } {
  const buffer = Uint8Array.from(bytes);
  return { kept: [...buffer.subarray(0, marks.unmark(buffer))], broke: marks.takeBroke() };
}

test('what the kernel marks is told, what was sent is left', () => {
  const cases: readonly (readonly [string, number[], number[], boolean])[] = [
    ['plain bytes', [1, 2, 0, 3], [1, 2, 0, 3], false],
    ['a break', [1, 0xff, 0, 0, 2], [1, 2], true],
    ['an FF that was sent', [1, 0xff, 0xff, 2], [1, 0xff, 2], false],
    ['FF FF 00 00: an FF, and two bytes 0', [0xff, 0xff, 0, 0], [0xff, 0, 0], false],
    ['a byte with a framing error', [0xff, 0, 0x41], [0x41], false],
    ['two breaks', [0xff, 0, 0, 0xff, 0, 0], [], true],
  ];
  for (const [name, bytes, kept, broke] of cases) assert.equal(read(new BreakMarks(), bytes), { kept, broke }, name);
});

test('a break is told once', () => {
  const marks = new BreakMarks();
  assert.ok(read(marks, [0xff, 0, 0]).broke);
  assert.not(read(marks, [1]).broke);
});

test('marks that come in pieces are the same, wherever they are cut', () => {
  const random = new SimRandom(4);
  const sent: number[] = [];
  for (let count = 0; count < 2000; count++) {
    const kind = random.below(4);
    if (kind === 0) sent.push(0xff, 0, 0);
    else if (kind === 1) sent.push(0xff, 0xff);
    else sent.push(random.below(255));
  }
  const whole = read(new BreakMarks(), sent).kept;
  const marks = new BreakMarks();
  const pieces: number[] = [];
  for (let at = 0; at < sent.length; ) {
    const length = 1 + random.below(5);
    pieces.push(...read(marks, sent.slice(at, at + length)).kept);
    at += length;
  }
  assert.equal(pieces, whole);
  assert.ok(whole.length > 1000);
});

test.run();
