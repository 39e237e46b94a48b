import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('fails each time', () => assert.is('two', 'another'));

test.run();
