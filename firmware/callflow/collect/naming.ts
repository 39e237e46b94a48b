import type { KeyMap } from '../key-maps/key-map.ts';
import { nameKeys } from '../key-maps/common-keys.ts';
import type { NameAction } from '../key-maps/common-keys.ts';
import { say } from '../phrase.ts';
import type { Menu, MenuPlace } from './menu.ts';
import { askMenu, atStart, menuStep } from './menu.ts';
import { recordGreeting } from './recording.ts';
import type { Machine, Turn } from './turn.ts';
import { above, back, done, play, stay } from './turn.ts';

/** The owner's name: recorded, heard, kept. */
export interface NamingFrame {
  readonly name: 'naming';
  readonly place: MenuPlace;
}

export const namingFrame: NamingFrame = { name: 'naming', place: atStart };

export const naming: Machine<NamingFrame> = {
  enter: (_desk, frame) => record(frame),
  step: (_desk, frame, input) => menuStep(menu(frame), frame.place, input),
  resume(_desk, frame, result) {
    if (result.kind === 'recorded') return askMenu(menu(frame), [{ pendingGreeting: true }, { pauseMs: 300 }]);
    return result.kind === 'done' ? done('naming.saved') : { to: 'back', result, effects: [] };
  },
};

const record = (frame: NamingFrame): Turn => above(frame, recordGreeting('name', 'naming.record'));

const menu = (frame: NamingFrame): Menu<NameAction> => ({
  keys: nameKeys as KeyMap<NameAction>,
  help: ['naming.help'],
  at: (place) => ({ ...frame, place }),
  act(action) {
    switch (action) {
      case 'listen':
        return stay({ ...frame, place: atStart }, play([{ pendingGreeting: true }, { pauseMs: 300 }, ...say('naming.help')]));
      case 'record':
        return record(frame);
      case 'save':
        return above(frame, { name: 'storing', effect: { type: 'commit-greeting' }, told: [] });
      case 'return':
        return back({ kind: 'cancelled', first: [] }, { type: 'abandon-greeting' });
    }
  },
});
