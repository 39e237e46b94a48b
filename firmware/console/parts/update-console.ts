import type { PairUpdate } from '../../update/pair/pair-update.ts';
import type { UpdateDesk } from '../../update/update-desk.ts';

/** What the console may do of `UpdateDesk` and `PairUpdate`. */
export interface UpdateConsole {
  readonly desk: Pick<UpdateDesk, 'status' | 'order' | 'now' | 'cancel' | 'receive'>;
  readonly pair: Pick<PairUpdate, 'state' | 'order' | 'cancel'>;
}
