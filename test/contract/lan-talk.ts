import type { InterfaceAddress } from '../../hal/address-holder.ts';
import type { Endpoint } from '../../hal/datagram.ts';
import type { HalErrorId } from '../../hal/errors.ts';

/** What a test asks of a machine in a namespace. `id` counts up; watches and sockets are known by the one that opened them. */
export type Ask = { readonly id: number } & (
  | { readonly kind: 'holder'; readonly method: 'add' | 'announce' | 'remove' | 'held'; readonly address: InterfaceAddress }
  | { readonly kind: 'answers'; readonly address: string; readonly timeoutMs: number }
  | { readonly kind: 'towards'; readonly address: string }
  | { readonly kind: 'watch'; readonly name: string }
  | { readonly kind: 'bind'; readonly local: Endpoint }
  | { readonly kind: 'send'; readonly socket: number; readonly text: string; readonly to: Endpoint }
  | { readonly kind: 'move'; readonly address: InterfaceAddress; readonly port: number }
  | { readonly kind: 'close'; readonly what: number }
);

/** What the machine tells. */
export type Tell =
  | { readonly kind: 'done'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refused'; readonly id: number; readonly error: { readonly id: HalErrorId; readonly place: string; readonly message: string } }
  | { readonly kind: 'heard'; readonly id: number; readonly text: string; readonly from: Endpoint }
  | { readonly kind: 'carrier'; readonly id: number; readonly up: boolean };
