import { test } from 'uvu';

test('ends by a signal', () => {
  process.kill(process.pid, 'SIGKILL');
});
test.run();
