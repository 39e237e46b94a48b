import { test } from 'uvu';

test('first', () => {});
test.run();
throw new Error('at load');
