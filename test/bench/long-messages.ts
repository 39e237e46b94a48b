import { FileMessageStore } from '../../firmware/mailbox/file-message-store.ts';
import type { WallMs } from '../../hal/clock.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { LinuxRandom } from '../../hal/drivers/linux/linux-random.ts';
import { LinuxStorage } from '../../hal/drivers/linux/linux-storage.ts';
import { ListLog, testMessageSettings } from '../support/store-fixture.ts';

const chunkBytes = 8000;

/** Puts one message of `ms` into each mailbox of a data folder that no unit runs on. */
export async function longMessages(data: string, mailboxes: readonly string[], ms: number): Promise<void> {
  const settings = { ...testMessageSettings, maxSec: 3600, mailboxMaxSec: 7200 };
  const store = new FileMessageStore({ storage: await LinuxStorage.at(data), clock: new LinuxClock(), random: new LinuxRandom(), log: new ListLog(), settings: () => settings, mailboxes: () => mailboxes });
  await store.open();
  const audio = new Uint8Array(chunkBytes).map((_, at) => 0x20 + ((at * 7) & 0x1f));
  for (const mailbox of mailboxes) {
    const writer = await store.begin({ mailbox, callerNumber: '0301234', callerName: 'Ada', startedMs: Date.now() as WallMs, reason: 'no-answer', codec: 'PCMU' });
    for (let at = 0; at < ms; at += 1000) {
      while (!writer.append(audio.slice(), 0)) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await writer.finish('hang-up');
  }
  await store.close();
}
