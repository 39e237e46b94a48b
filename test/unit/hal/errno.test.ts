import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromErrno, halError } from '../../../hal/drivers/linux/errno.ts';
import { HalError } from '../../../hal/errors.ts';

test("the kernel's codes get their meaning", () => {
  for (const [code, id] of [['EADDRINUSE', 'address-in-use'], ['ENOSPC', 'no-space'], ['EIO', 'io'], ['EMFILE', 'too-many-open'], ['EROFS', 'read-only']] as const) {
    const error = halError('/data/x', Object.assign(new Error(`${code}: as if`), { code }));
    assert.equal([error.id, error.place, error.message], [id, '/data/x', `/data/x: ${code}: as if`]);
  }
});

test('an unknown code is a fault of the medium', () => {
  assert.is(halError('x', Object.assign(new Error('new'), { code: 'EWHATEVER' })).id, 'io');
  assert.is(halError('x', 'not even an error').id, 'io');
});

test('what is a HalError already stays what it is', () => {
  const error = new HalError('busy', 'x', 'held');
  assert.is(halError('y', error), error);
});

test('numbers of direct calls mean the same as their names', () => {
  assert.equal([fromErrno('x', 'bind', 98).id, fromErrno('x', 'bind', 13).id, fromErrno('x', 'bind', 0).id], ['address-in-use', 'permission-denied', 'io']);
  assert.is(fromErrno('x', 'bind', 98).message, 'x: bind: EADDRINUSE');
});

test.run();
