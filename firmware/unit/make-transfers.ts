import { TransferDesk } from '../calls/transfer/transfer-desk.ts';
import { playParts } from './make-calls.ts';
import type { WholeUnit } from './whole-unit.ts';

export function makeTransfers(unit: WholeUnit): TransferDesk {
  return new TransferDesk(unit.parts.clock, () => ({ ...playParts(unit), phones: () => unit.phones }));
}
