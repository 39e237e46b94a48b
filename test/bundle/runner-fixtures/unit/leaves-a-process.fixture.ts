import { spawn } from 'node:child_process';
import { test } from 'uvu';

test('starts a program and forgets it', () => {
  spawn('sleep', ['1000'], { stdio: 'inherit' }).unref();
});
test.run();
