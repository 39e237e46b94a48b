import { test } from 'uvu';

test('rejects later', () => {
  setTimeout(() => void Promise.reject(new Error('too late')), 50);
});
test.run();
