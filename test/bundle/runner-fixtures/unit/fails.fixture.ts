import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('right', () => assert.ok(true));
test('wrong', () => assert.is(1, 2));
test.run();
