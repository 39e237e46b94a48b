import type { ActionKind } from '../action.ts';
import { assistedTransfer } from './assisted-transfer.ts';
import { callList } from './call-list.ts';
import { dialByName } from './dial-by-name.ts';
import { parkAndPage } from './park-and-page.ts';
import { transfer } from './transfer.ts';
import { whisper } from './whisper.ts';

/** Actions that bring a caller to somebody else. */
export const transferActions: readonly ActionKind[] = [transfer, assistedTransfer, whisper, callList, dialByName, parkAndPage];
