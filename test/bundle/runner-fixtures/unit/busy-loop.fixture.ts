import { test } from 'uvu';

test('never yields', () => {
  while (Date.now() > 0);
});
test.run();
