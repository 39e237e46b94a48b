import type { UpdateDesk } from '../update/update-desk.ts';

/** What the console may do of `UpdateDesk`, which is one. */
export type UpdateConsole = Pick<UpdateDesk, 'status' | 'order' | 'now' | 'cancel' | 'receive'>;
