import { test } from 'uvu';

test.after(() => {
  throw new Error('cannot close');
});
test('passes', () => {});
test.run();
