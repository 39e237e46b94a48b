import { deriveKey, workBehindOthers } from '../../hal/drivers/keys/derive-key.ts';
import type { KeyAnswer, KeyOrder } from '../../hal/drivers/keys/key-protocol.ts';
import { parentThread } from '../../hal/drivers/linux/linux-thread.ts';

/** The main of the thread of keys: one order after another, behind everything else that the machine does. */
export function runKeyThread(): void {
  const control = parentThread<KeyOrder, KeyAnswer>();
  if (control === null) return;
  workBehindOthers();
  control.received = (order) => control.send(deriveKey(order));
}
