import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../../../support/figure.ts';

test('one and one', () => assert.is(1 + 1, 2));
test('text', () => {
  assert.match('voicemail', /mail/);
  figure('2 of 2 were measured');
});
test.run();
