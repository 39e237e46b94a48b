import type { GreetingKind } from '../../mailbox/owner-choices.ts';
import type { Desk } from '../collect/collect-context.ts';
import type { Frame } from '../collect/frames.ts';
import { daysAhead } from '../collect/days-ahead.ts';
import { keyIn } from '../collect/keying.ts';
import type { Menu, MenuPlace } from '../collect/menu.ts';
import { askMenu, atStart, menuStep } from '../collect/menu.ts';
import { recordGreeting } from '../collect/recording.ts';
import type { Machine, Result, Turn } from '../collect/turn.ts';
import { above, close, instead, play, stay, toMain } from '../collect/turn.ts';
import type { GreetingAction } from '../key-maps/ip-office-keys.ts';
import { greetingKeys } from '../key-maps/ip-office-keys.ts';
import type { PromptId } from '../language/language.ts';
import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';

/** One greeting: listen, record, save. `recorded`: a new one waits to be saved. */
export interface GreetingFrame {
  readonly name: 'greeting';
  readonly greeting: GreetingKind;
  readonly recorded: boolean;
  readonly place: MenuPlace;
  /** Once the greeting is saved it is repeated for a caller, or no longer; null: that stays as it is. */
  readonly loop: boolean | null;
  /** A temporary one was saved, and its owner is asked for how many days it counts; left out: not so. */
  readonly ends?: true;
}

const greetingFrame = (greeting: GreetingKind): GreetingFrame => ({ name: 'greeting', greeting, recorded: false, place: atStart, loop: null });

/** A group's owner says first which greeting it is. */
export const editGreeting = ({ context, owner }: Desk): Frame => (context.book?.isGroup(owner) === true ? { name: 'which-greeting', place: atStart } : greetingFrame('greeting'));

export const editThis = greetingFrame;

export const greetingMenu: Machine<GreetingFrame> = {
  enter: (desk, frame, first) => askMenu(menu(desk, frame), first),
  step: (desk, frame, input) => menuStep(menu(desk, frame), frame.place, input),
  resume(desk, frame, result) {
    if (frame.ends === true) return ended(desk, frame, result);
    if (result.kind === 'recorded') return askMenu(menu(desk, { ...frame, recorded: true }), result.first);
    const calm: GreetingFrame = { ...frame, recorded: false, loop: null };
    const { loop } = frame;
    if (result.kind !== 'done' || loop === null || loop === desk.options.loopGreeting) return askMenu(menu(desk, calm), result.first);
    return above(calm, { name: 'chore', chore: loop ? 'loop-on' : 'loop-off' });
  },
};

/** Saved, then for how many days it counts: without a number until it is removed. */
function ended(desk: Desk, frame: GreetingFrame, result: Result): Turn {
  const { ends: _over, ...rest } = frame;
  const calm: GreetingFrame = { ...rest, recorded: false };
  if (result.kind === 'done') return above({ ...frame, recorded: false }, keyIn('greetings.days'));
  if (result.kind !== 'keyed') return askMenu(menu(desk, calm), result.kind === 'answered' ? say('menu.greeting-saved') : result.first);
  const untilMs = daysAhead(desk, result.digits);
  return above({ ...frame, recorded: false }, { name: 'asking', request: { kind: 'greetings-of', mailbox: desk.owner, set: { untilMs } } });
}

const menu = (desk: Desk, frame: GreetingFrame): Menu<GreetingAction> => ({
  keys: greetingKeys,
  help: ['menu.greeting-help'],
  at: (place) => ({ ...frame, place }),
  act: (action) => act(desk, frame, action),
});

function act(desk: Desk, frame: GreetingFrame, action: GreetingAction): Turn {
  const { greeting, recorded } = frame;
  const calm: GreetingFrame = { ...frame, place: atStart, loop: null };
  const standard = greeting === 'greeting';
  switch (action) {
    case 'listen':
      return stay(calm, play([heard(desk, frame), { pauseMs: 300 }, ...say('menu.greeting-help')]));
    case 'record':
      return above({ ...calm, recorded: false }, recordGreeting(greeting, 'menu.greeting-record'));
    case 'save':
      if (recorded && greeting === 'temporary' && desk.context.calendar !== undefined) return store({ ...calm, ends: true }, { type: 'commit-greeting' });
      return recorded ? store({ ...calm, loop: standard ? false : null }, { type: 'commit-greeting' }, 'menu.greeting-saved') : askMenu(menu(desk, calm), say('menu.nothing-recorded'));
    case 'loop':
      return recorded && standard ? store({ ...calm, loop: true }, { type: 'commit-greeting' }, 'menu.greeting-loop') : askMenu(menu(desk, calm), say(recorded ? 'collect.invalid' : 'menu.nothing-recorded'));
    case 'standard':
      return store({ ...calm, loop: standard ? false : null }, { type: 'remove-greeting', mailbox: desk.owner, ...(standard ? {} : { kind: greeting }) }, 'menu.greeting-removed');
    case 'choose':
      return instead({ name: 'which-greeting', place: atStart }, ...(recorded ? [{ type: 'abandon-greeting' } as const] : []));
    case 'return':
      return toMain();
    case 'leave':
      return close('goodbye');
  }
}

function heard({ owner }: Desk, { greeting, recorded }: GreetingFrame): Phrase {
  if (recorded) return { pendingGreeting: true };
  const orElse = say('menu.greeting-none');
  return greeting === 'greeting' ? { greetingOf: owner, orElse } : { recordedGreeting: greeting, of: owner, orElse };
}

const store = (frame: GreetingFrame, effect: Extract<Frame, { name: 'storing' }>['effect'], ...told: PromptId[]): Turn => above(frame, { name: 'storing', effect, told });
