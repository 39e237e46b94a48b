import type { DatagramBatch } from '../../datagram.ts';
import { DgramBatch } from './dgram-batch.ts';
import { EpollBatch } from './epoll-batch.ts';

const here = '127.0.0.1';
const payload = Buffer.from('self-check');
const answerLimitMs = 500;

/** `EpollBatch` where it proves itself, `DgramBatch` where the addon, the kernel or a sandbox stands in its way. `reason` is for the log. */
export async function bestBatch(): Promise<{ batch: DatagramBatch; name: 'epoll' | 'dgram'; reason: string }> {
  try {
    const batch = await EpollBatch.create();
    await carriesAPacket(batch);
    return { batch, name: 'epoll', reason: 'self-check passed' };
  } catch (error) {
    return { batch: new DgramBatch(), name: 'dgram', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Sends from one slot to another over loopback; throws when it does not arrive as it was sent. */
async function carriesAPacket(batch: DatagramBatch): Promise<void> {
  try {
    const ports = [await batch.open(0, { address: here, port: 0 }), await batch.open(1, { address: here, port: 0 })];
    const arrived = new Promise<string>((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`self-check: nothing arrived in ${answerLimitMs} ms`)), answerLimitMs);
      batch.received = (slot, bytes, length, address, port) => {
        clearTimeout(limit);
        resolve([slot, address, port, Buffer.from(bytes.subarray(0, length))].join());
      };
    });
    batch.direct(0, { address: here, port: ports[1] ?? 0 });
    batch.queue(0, payload, payload.length);
    batch.flush();
    const seen = await arrived;
    if (seen !== [1, here, ports[0], payload].join()) throw new Error(`self-check: arrived as ${seen}`);
  } finally {
    batch.received = null;
    batch.closeAll();
  }
}
