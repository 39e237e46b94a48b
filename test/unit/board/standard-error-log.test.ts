import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('what a unit says just before its loop stands still is written, in one piece', async () => {
  const child = spawn(process.execPath, [join(process.env['UNDERSTUDY_TEST_BUILD'] ?? '', 'test/unit/board/standard-error-log.child.mjs')], { stdio: ['ignore', 'ignore', 'pipe'] });
  const pieces: string[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`nothing more than this: ${pieces.join('')}`)), 20_000);
      child.stderr.on('data', (bytes: Buffer) => {
        pieces.push(bytes.toString());
        if (!pieces.join('').includes('And this.')) return;
        clearTimeout(limit);
        resolve();
      });
    });
  } finally {
    child.kill('SIGKILL');
  }
  assert.match(pieces.join(''), /What hangs is about to begin\.[^]*And this\./);
  assert.is(pieces.length, 1);
});

test.run();
