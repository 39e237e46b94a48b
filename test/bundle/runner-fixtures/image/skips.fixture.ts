import { test } from 'uvu';
import { skipTest } from '../../../support/skip.ts';

skipTest('needs an emulator too', 'no emulator here');
test.run();
