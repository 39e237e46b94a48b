import { RunningUnit } from '../support/peers/running-unit.ts';
import type { StoreLedger } from './store-ledger.ts';
import { unitMailboxes, unitSettings } from './unit-workload.ts';

/** Starts the unit itself on what a crash left, and asks it for its messages. Returns what is not as promised. */
export async function bootUnit(folder: string, ledger: StoreLedger): Promise<string[]> {
  const unit = await RunningUnit.start({ ports: 4, mailboxes: unitMailboxes, settings: unitSettings, folder });
  const found = await unit.messages();
  await unit.stop();
  const stored = [...ledger.messages].filter(([, { done }]) => done);
  const missing = stored.filter(([id, { audio }]) => !found.some((message) => message.id === id && message.bytes === audio.length && !message.interrupted));
  return missing.map(([id]) => `the unit does not list ${id} as it was stored`);
}
