import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { faultLimit } from '../../../firmware/config/fault.ts';
import { parseConfiguration } from '../../../firmware/config/parse-configuration.ts';
import { sampleConfiguration } from '../../../firmware/config/sample.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';

const seed = 20260105;

/** Whatever the text: an answer in bounded time, with well-formed faults. Returns whether it was accepted. */
function survives(text: string, limitMs = 2000): boolean {
  const began = process.cpuUsage();
  const parsed = parseConfiguration(text, 'fuzz.yaml');
  const { user, system } = process.cpuUsage(began);
  assert.ok(user + system < 1000 * limitMs, `${(user + system) / 1000} ms of processor time for ${text.slice(0, 80)}`);
  if (parsed.ok) return true;
  assert.ok(parsed.faults.length >= 1 && parsed.faults.length <= faultLimit + 1);
  for (const fault of parsed.faults) {
    assert.ok(fault.line >= 0 && fault.column >= 0);
    assert.ok(fault.message.length > 0 && fault.message.length < 600, fault.message);
  }
  return false;
}

test('bytes at random', () => {
  const random = new SimRandom(seed);
  for (let round = 0; round < 500; round++) survives(Buffer.from(random.bytes(random.below(300))).toString('latin1'));
});

test('signs that mean something in YAML, at random', () => {
  const random = new SimRandom(seed + 1);
  const signs = ['- ', ': ', '\n', '  ', '{', '}', '[', ']', '"', "'", '*a', '&a ', '!!str ', '!x ', '? ', '| ', '>\n', '# ', '---\n', '%YAML 1.2\n', 'peers', 'mailboxes', '201', 'null', '~', '\t', ',', '<<: ', '\\', '@'];
  for (let round = 0; round < 2000; round++) survives(Array.from({ length: random.below(60) }, () => signs[random.below(signs.length)]).join(''));
});

test('a good file with changes at random', () => {
  const random = new SimRandom(seed + 2);
  const sample = sampleConfiguration();
  let accepted = 0;
  for (let round = 0; round < 300; round++) {
    let text = sample;
    for (let change = 0; change <= random.below(4); change++) {
      const at = random.below(text.length);
      const added = random.below(2) === 0 ? '' : String.fromCharCode(random.below(0x100));
      text = text.slice(0, at) + added + text.slice(at + random.below(5));
    }
    if (survives(text)) accepted += 1;
  }
  assert.ok(accepted > 30 && accepted < 300, `${accepted} of 300 were accepted`);
});

test('files made to be dear: deep, long, full of errors', () => {
  const bytes = 256 * 1024;
  const fill = (piece: string) => piece.repeat(Math.floor(bytes / piece.length));
  const dear = ['[', '&a ', '- *a\n', 'a:\n  - b\n c\n', '"'].map(fill);
  dear.push(`peers: []\nmailboxes: [${fill('{},').slice(30)}]`, Array.from({ length: 30_000 }, (_, index) => `k${index}: 1`).join('\n').slice(0, bytes));
  for (const text of dear) assert.not.ok(survives(text, 10_000));
});

test.run();
