import { workerData } from 'node:worker_threads';
import { DgramBatch } from '../../hal/drivers/linux/dgram-batch.ts';
import { EpollBatch } from '../../hal/drivers/linux/epoll-batch.ts';
import { parentThread } from '../../hal/drivers/linux/linux-thread.ts';

/** Sends to itself as often as asked, says on which port that many arrived, and fails when asked for none, or with the first that arrives when asked for less. */
const port = parentThread<{ packets: number }, { port: number }>();
if (port === null) throw new Error('run as a worker of batch.test.ts');

port.received = async ({ packets }) => {
  if (packets === 0) throw new Error('as the test asked');
  const failing = packets < 0;
  const batch = workerData === 'epoll' ? await EpollBatch.create() : new DgramBatch();
  const bound = await batch.open(0, { address: '127.0.0.1', port: 0 });
  let arrived = 0;
  batch.received = () => {
    if (failing) throw new Error('as the test asked, with a packet');
    arrived++;
    if (arrived === packets) port.send({ port: bound });
  };
  batch.direct(0, { address: '127.0.0.1', port: bound });
  const frame = new Uint8Array(172);
  for (let at = 0; at < Math.abs(packets); at++) batch.queue(0, frame, frame.length);
  batch.flush();
};
