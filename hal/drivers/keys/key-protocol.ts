import type { ScryptCost } from '../../key-derivation.ts';

/** What the thread of keys is asked, one after another. */
export interface KeyOrder {
  readonly id: number;
  readonly secret: string;
  readonly salt: Uint8Array;
  readonly cost: ScryptCost;
  readonly length: number;
}

/** Each order has one answer. */
export type KeyAnswer = { readonly type: 'key'; readonly id: number; readonly key: Uint8Array } | { readonly type: 'refused'; readonly id: number; readonly detail: string };
