import { test } from 'uvu';
import * as assert from 'uvu/assert';

test('one and one', () => assert.is(1 + 1, 2));
test('text', () => assert.match('voicemail', /mail/));
test.run();
