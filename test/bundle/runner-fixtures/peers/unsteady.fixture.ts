import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('fails at its first run only', () => {
  const mark = path.join(process.env['UNDERSTUDY_TEST_BUILD'] ?? '', 'unsteady-ran');
  const ran = existsSync(mark);
  writeFileSync(mark, '');
  assert.ok(ran, 'the first run');
});

test.run();
