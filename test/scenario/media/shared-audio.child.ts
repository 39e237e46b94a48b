import { DgramBatch } from '../../../hal/drivers/linux/dgram-batch.ts';
import { EpollBatch } from '../../../hal/drivers/linux/epoll-batch.ts';
import { LinuxClock } from '../../../hal/drivers/linux/linux-clock.ts';
import { LinuxRandom } from '../../../hal/drivers/linux/linux-random.ts';
import { silentLog } from '../../../firmware/log.ts';
import { createMediaEngine } from '../../../firmware/media/media-engine.ts';
import type { MediaCommand } from '../../../firmware/media/media-protocol.ts';

/** A unit's media thread by itself, in a namespace: carries out what the test tells it, and tells its events. Arguments: driver, own address, shared address. */
const [driver, address = '', sharedAddress = ''] = process.argv.slice(2);
const engine = createMediaEngine({
  clock: new LinuxClock(), random: new LinuxRandom(), batch: driver === 'epoll' ? await EpollBatch.create() : new DgramBatch(), log: silentLog,
  ports: 2, address, sharedAddress, firstPort: 10_000, prompts: { get: () => null, ids: () => [] }, emit: (event) => void process.send?.(event),
});
process.on('message', (command: MediaCommand) => engine.command(command));
process.on('disconnect', () => void engine.close().then(() => process.exit()));
await engine.start();
