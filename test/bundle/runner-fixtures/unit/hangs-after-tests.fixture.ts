import { test } from 'uvu';

test('leaves a timer', () => {
  setInterval(() => {}, 1000);
});
test.run();
