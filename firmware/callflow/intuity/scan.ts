import type { Menu, MenuPlace } from '../collect/menu.ts';
import { askMenu, menuStep } from '../collect/menu.ts';
import type { Machine } from '../collect/turn.ts';
import { instead, toMain } from '../collect/turn.ts';
import { scanKeys } from '../key-maps/intuity-keys.ts';
import { hearFrame } from './hearing.ts';

/** Messages one after the other without a key: headers and bodies, headers, or bodies alone. */
export interface ScanFrame {
  readonly name: 'scan';
  readonly place: MenuPlace;
}

export const scan: Machine<ScanFrame> = {
  enter: (_desk, frame, first) => askMenu(menu(frame), first),
  step: (_desk, frame, input) => menuStep(menu(frame), frame.place, input),
};

const menu = (frame: ScanFrame): Menu<'both' | 'headers' | 'bodies' | 'return'> => ({
  keys: scanKeys,
  help: ['activity.scan'],
  at: (place) => ({ ...frame, place }),
  act: (action) => (action === 'return' ? toMain() : instead(hearFrame(action))),
});
