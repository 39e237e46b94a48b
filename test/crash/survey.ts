import type { FileMessageStore } from '../../firmware/mailbox/file-message-store.ts';
import { LinuxStorage } from '../../hal/drivers/linux/linux-storage.ts';
import { HalError } from '../../hal/errors.ts';
import { makeStore } from '../support/store-fixture.ts';
import type { StoreLedger } from './store-ledger.ts';
import { brokenPromises } from './store-ledger.ts';

/** What a crash left, and what start-up made of it. */
export interface Survey {
  readonly broken: readonly string[];
  /** Messages that had been acknowledged as stored, and had not been asked to go. */
  readonly promised: number;
  /** Delivered as interrupted. */
  readonly salvaged: number;
  /** The most that one of those is short of what its caller had spoken. */
  readonly worstLossMs: number;
}

const bootSeed = 77;
const bytesPerMs = 8;

/** Boots the product's store on the data folder `root` of a crashed unit, and looks for every promise that is not kept. */
export async function survey(root: string, ledger: StoreLedger): Promise<Survey> {
  const promised = [...ledger.messages.values()].filter(({ asked, done, states }) => asked === 'finish' && done && !states.includes('purged')).length;
  try {
    const { store, log } = makeStore(await LinuxStorage.at(root, 'refuse'), {}, bootSeed);
    const { salvaged, damaged } = await store.open();
    const broken = await brokenPromises(store, ledger);
    const alarms = log.events.filter(({ severity }) => severity === 'alert' || severity === 'error').map(({ text }) => text);
    broken.push(...damaged.map(({ file, why }) => `${file} is damaged: ${why}`), ...alarms);
    return { broken, promised, salvaged: salvaged.length, worstLossMs: worstLossMs(store, ledger) };
  } catch (error) {
    if (!(error instanceof HalError)) throw error;
    return { broken: [`the store does not open: ${error.message}`], promised, salvaged: 0, worstLossMs: 0 };
  }
}

function worstLossMs(store: FileMessageStore, { messages }: StoreLedger): number {
  const interrupted = store.numbers().flatMap((number) => store.list(number, true)).filter((message) => message.interrupted);
  const lost = interrupted.map(({ id, bytes }) => (messages.get(id)?.spokenBytes ?? 0) - bytes);
  return Math.max(0, ...lost) / bytesPerMs;
}
