import { parentThread } from '../../hal/drivers/linux/linux-thread.ts';
import { answerOn, type ToFar, type ToNear } from './thread-far.ts';

const port = parentThread<ToFar, ToNear>();
if (port === null) throw new Error('run as a worker of thread.test.ts');
answerOn(port, () => {
  throw new Error('as the test asked');
});
