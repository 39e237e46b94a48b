import { test } from 'uvu';
// @ts-expect-error there is no such file
import { nothing } from './missing.ts';

test('first', () => nothing());
test.run();
