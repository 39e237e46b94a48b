import { command, testWith } from '../../../support/skip.ts';
import { test } from 'uvu';

test('runs', () => {});
testWith([command('no-such-program', 'no-such-package')], 'needs a program', () => {});
testWith(['sh'], 'has its program', () => {});
test.run();
