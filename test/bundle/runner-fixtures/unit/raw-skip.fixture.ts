import { test } from 'uvu';

test('runs', () => {});
test.skip('for no reason', () => {});
test.run();
