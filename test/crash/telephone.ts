import { SimPhone } from '../../board/sim/phone/test-phone.ts';
import type { KeyStep } from '../../firmware/console/key-script.ts';
import { DgramBatch } from '../../hal/drivers/linux/dgram-batch.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { LinuxDatagramNet } from '../../hal/drivers/linux/linux-datagram.ts';
import { LinuxNet } from '../../hal/drivers/linux/linux-net.ts';
import { LinuxRandom } from '../../hal/drivers/linux/linux-random.ts';
import { LinuxStreamNet } from '../../hal/drivers/linux/linux-stream.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';

/** Skips the greeting, waits for the beep, speaks, hangs up. */
const steps: readonly KeyStep[] = [{ kind: 'wait', ms: 400 }, { kind: 'digits', digits: '1' }, { kind: 'speak' }];
const loudness = 8000;

/** Calls a unit on this machine and leaves a message of noise, which is never silent and never the same. */
export async function leaveMessage(unitPort: number, mailbox: string, ms: number, seed: number): Promise<void> {
  const random = new SimRandom(seed);
  const phone = new SimPhone({
    clock: new LinuxClock(), random: new LinuxRandom(), datagram: new LinuxDatagramNet(), stream: new LinuxStreamNet(), net: new LinuxNet(),
    batch: () => new DgramBatch(),
    unit: () => ({ address: '127.0.0.1', port: unitPort }),
    speech: async () => Int16Array.from({ length: ms * 8 }, () => random.below(2 * loudness) - loudness),
  });
  const call = { target: mailbox, from: '100', transport: 'udp', speech: { kind: 'say', text: '' }, steps } as const;
  const end = await phone.call(call, () => undefined, new AbortController().signal);
  if (!end.answered) throw new Error(`the unit did not answer for ${mailbox}: ${end.text}`);
}
