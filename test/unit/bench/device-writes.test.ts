import { closeSync, existsSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deviceBytes } from '../../bench/device-writes.ts';
import { skipTest } from '../../support/skip.ts';

const bytes = 1024 * 1024;
const here = path.resolve('.');

test('device-writes: nothing is said of what is on no block device', () => {
  assert.is(deviceBytes('/proc/self/status'), null);
});

if (deviceBytes(here) === null) skipTest('device-writes: what is made durable has reached the device', 'the tree lies on no block device that can be seen');
else {
  test('device-writes: what is made durable has reached the device', () => {
    const folder = mkdtempSync(path.join(here, '.test-build/device-'));
    const before = deviceBytes(folder) as number;
    const file = openSync(path.join(folder, 'bytes'), 'w');
    writeSync(file, Buffer.alloc(bytes, 7));
    fdatasyncSync(file);
    closeSync(file);
    const written = (deviceBytes(folder) as number) - before;
    rmSync(folder, { recursive: true });
    assert.not(existsSync(folder));
    assert.ok(written >= bytes, `${written} of ${bytes} bytes`);
  });
}

test.run();
