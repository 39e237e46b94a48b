import { parentThread } from '../../hal/drivers/linux/linux-thread.ts';

const port = parentThread<unknown, readonly [string, unknown]>();
if (port === null) throw new Error('run as a worker of thread.test.ts');
port.received = (message) => port.send(['heard', message]);
void port.start.then((data) => port.send(['began with', data]));
