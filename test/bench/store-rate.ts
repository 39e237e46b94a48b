import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { FileMessageStore } from '../../firmware/mailbox/file-message-store.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { LinuxRandom } from '../../hal/drivers/linux/linux-random.ts';
import { LinuxStorage } from '../../hal/drivers/linux/linux-storage.ts';
import { factsFor, ListLog, testMessageSettings } from '../support/store-fixture.ts';
import { deviceBytes } from './device-writes.ts';
import { writtenBytes } from './process-usage.ts';
import { slowRates } from './rates.ts';

export interface StoreRate {
  /** Changes of a message's state that were made durable, one after another, per second. */
  readonly commitsPerSec: number;
  /** A 4 KiB write and fdatasync of the same disk, per second. */
  readonly floorPerSec: number;
  /** Given to the disks by this process for a minute of audio. */
  readonly bytesPerMinute: number;
  /** Taken by the block device meanwhile, with the file system's journal and whatever others write; null where that cannot be seen. */
  readonly devicePerMinute: number | null;
}

const minutes = 3;
const chunkBytes = 4000;

/** On the disk that the tree lies on: a temporary folder is often in memory. */
export async function storeRate(): Promise<StoreRate> {
  const folder = mkdtempSync(path.resolve('.test-build/store-'));
  try {
    const settings = { ...testMessageSettings, maxSec: 3600, mailboxMaxSec: 7200 };
    const store = new FileMessageStore({ storage: await LinuxStorage.at(folder), clock: new LinuxClock(), random: new LinuxRandom(), log: new ListLog(), settings: () => settings, mailboxes: () => ['201'] });
    await store.open();
    const [before, deviceBefore] = [writtenBytes(process.pid), deviceBytes(folder)];
    const writer = await store.begin(factsFor('201'));
    for (let at = 0; at < minutes * 120; at += 1) while (!writer.append(new Uint8Array(chunkBytes).fill(at), 0)) await new Promise((resolve) => setTimeout(resolve, 1));
    const message = await writer.finish('hang-up');
    const bytesPerMinute = (writtenBytes(process.pid) - before) / minutes;
    const deviceAfter = deviceBytes(folder);
    const devicePerMinute = deviceAfter === null || deviceBefore === null ? null : (deviceAfter - deviceBefore) / minutes;
    const floor = await open(path.join(folder, 'floor'), 'w');
    const block = Buffer.alloc(4096, 1);
    const bareSync = async (): Promise<void> => {
      await floor.write(block, 0, block.length, 0);
      await floor.datasync();
    };
    let mark = 0;
    const [commitsPerSec = 0, floorPerSec = 0] = await slowRates([() => store.mark('201', message.id, mark++ % 2 === 0 ? 'old' : 'saved'), bareSync]);
    await floor.close();
    await store.close();
    return { commitsPerSec, floorPerSec, bytesPerMinute, devicePerMinute };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
