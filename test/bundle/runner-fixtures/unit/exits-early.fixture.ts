import { test } from 'uvu';

test('first', () => {});
test('ends the process', () => process.exit(0));
test.run();
