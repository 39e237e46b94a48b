import { test } from 'uvu';

test.only('the one in work', () => {});
test('the rest', () => {});
test.run();
