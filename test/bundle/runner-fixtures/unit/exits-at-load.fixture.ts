import { test } from 'uvu';

test('first', () => {});
test.run();
process.exit(0);
