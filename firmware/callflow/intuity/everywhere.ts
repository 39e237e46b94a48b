import type { Frame } from '../collect/frames.ts';
import type { Turn } from '../collect/turn.ts';
import { above, close, instead, toMain } from '../collect/turn.ts';
import type { EverywhereAction } from '../key-maps/intuity-keys.ts';

/** What these keys do in every menu; `below` is where the owner comes back to. Help is entering it anew. */
export function everywhere(below: Frame, action: EverywhereAction): Turn {
  switch (action) {
    case 'help':
      return instead(below);
    case 'main':
      return toMain();
    case 'log-in':
      return { to: 'log-in' };
    case 'transfer':
      return above(below, { name: 'transfer-out' });
    case 'wait':
      return above(below, { name: 'pausing' });
    case 'names':
      return above(below, { name: 'directory' });
    case 'undelete':
      return above(below, { name: 'undelete' });
    case 'exit':
      return close('goodbye');
  }
}
