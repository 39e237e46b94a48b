import { test } from 'uvu';
import { skipTest } from '../../../support/skip.ts';

test('boots', () => undefined);
skipTest('needs an emulator', 'no emulator here');
test.run();
