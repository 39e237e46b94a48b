import { messagePath, newFolder } from '../../firmware/mailbox/mailbox-paths.ts';
import type { Message } from '../../firmware/mailbox/message.ts';
import type { SimStorage } from '../../hal/sim/sim-storage.ts';

/** Puts into `to` what a unit leaves on its disk that was recording `message` and died after `bytes` of its log; all of it: it died before the rename. */
export async function leaveCutOff(from: SimStorage, message: Message, to: SimStorage, bytes = Infinity): Promise<void> {
  const log = await from.open(messagePath(message.mailbox, message.id, message.state), 'read');
  const all = new Uint8Array(await log.size());
  await log.read(all, 0);
  await to.makeDirectory(newFolder);
  const cut = await to.open(`${newFolder}/${message.id}.rec`, 'create');
  await cut.write(all.subarray(0, bytes), 0);
  await cut.dataSync();
  await to.syncDirectory('');
  await to.syncDirectory(newFolder);
}
