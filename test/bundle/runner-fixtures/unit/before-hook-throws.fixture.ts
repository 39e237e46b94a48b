import { test } from 'uvu';

test.before(() => {
  throw new Error('no port');
});
test('never reached', () => {});
test.run();
