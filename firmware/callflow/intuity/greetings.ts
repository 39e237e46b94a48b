import type { GreetingKind } from '../../mailbox/owner-choices.ts';
import { numberedGreetings } from '../../mailbox/owner-choices.ts';
import type { Desk } from '../collect/collect-context.ts';
import { daysAhead } from '../collect/days-ahead.ts';
import { keyIn } from '../collect/keying.ts';
import type { Menu, MenuPlace } from '../collect/menu.ts';
import { askMenu, atStart, menuStep } from '../collect/menu.ts';
import { recordGreeting } from '../collect/recording.ts';
import type { Machine, Result, Turn } from '../collect/turn.ts';
import { above, play, stay, toMain } from '../collect/turn.ts';
import { callTypeKeys, greetingsKeys } from '../key-maps/intuity-keys.ts';
import { nameKeys } from '../key-maps/common-keys.ts';
import type { NameAction } from '../key-maps/common-keys.ts';
import type { PromptId } from '../language/language.ts';
import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';
import type { AnswerOf } from '../requests/requests.ts';

type Asked = 'listen' | 'record' | 'use' | 'delete';
type CallType = 'greeting' | 'busy' | 'no-answer' | 'out-of-hours' | 'internal' | 'external' | 'temporary';

/** Up to nine greetings by number, and which calls hear which. */
export interface GreetingsFrame {
  readonly name: 'greetings';
  readonly phase: 'greetings' | 'greeting-recorded' | 'call-type';
  /** What a number is asked for; null = nothing. */
  readonly asked: Asked | null;
  /** 1 to 9; 0 = none yet. */
  readonly number: number;
  readonly place: MenuPlace;
}

export const greetingsFrame: GreetingsFrame = { name: 'greetings', phase: 'greetings', asked: null, number: 0, place: atStart };

export const greetings: Machine<GreetingsFrame> = {
  enter: (desk, _frame, first) => askMenu(menu(desk, greetingsFrame), first),
  step(desk, frame, input) {
    if (frame.phase === 'greeting-recorded') return menuStep(recorded(desk, frame), frame.place, input);
    return frame.phase === 'call-type' ? menuStep(callTypes(desk, frame), frame.place, input) : menuStep(menu(desk, frame), frame.place, input);
  },
  resume: (desk, frame, result) => goOn(desk, frame, result),
};

const menu = (desk: Desk, frame: GreetingsFrame): Menu<Asked | 'scan' | 'help' | 'main'> => ({
  keys: greetingsKeys,
  help: ['greetings.help'],
  at: (place) => ({ ...frame, place }),
  act(action): Turn {
    switch (action) {
      case 'help':
        return askMenu(menu(desk, greetingsFrame));
      case 'main':
        return toMain();
      case 'scan':
        return above(greetingsFrame, { name: 'asking', request: { kind: 'greetings-of', mailbox: desk.owner } });
      default:
        return above({ ...greetingsFrame, asked: action }, keyIn('greetings.which'));
    }
  },
});

const ask = (desk: Desk, first: readonly Phrase[] = []): Turn => askMenu(menu(desk, greetingsFrame), first);

function goOn(desk: Desk, frame: GreetingsFrame, result: Result): Turn {
  switch (result.kind) {
    case 'keyed':
      return frame.phase === 'call-type' ? until(desk, frame, result.digits) : numbered(desk, frame, Number(result.digits));
    case 'recorded':
      return askMenu(recorded(desk, { ...frame, phase: 'greeting-recorded' }), [{ pendingGreeting: true }, { pauseMs: 300 }]);
    case 'answered':
      return answered(desk, frame, result.answer);
    default:
      return ask(desk, result.first);
  }
}

function numbered(desk: Desk, frame: GreetingsFrame, number: number): Turn {
  const kind = numberedGreetings[number - 1];
  if (kind === undefined) return ask(desk, say('collect.invalid'));
  const chosen: GreetingsFrame = { ...frame, number, place: atStart };
  switch (frame.asked) {
    case 'record':
      return above(chosen, recordGreeting(kind, 'menu.greeting-record'));
    case 'delete':
      return above(chosen, { name: 'storing', effect: { type: 'remove-greeting', mailbox: desk.owner, kind }, told: ['greetings.deleted'] });
    case 'use':
      return askMenu(callTypes(desk, { ...chosen, phase: 'call-type' }));
    default:
      return stay(greetingsFrame, play([{ recordedGreeting: kind, of: desk.owner, orElse: say('greetings.none') }, { pauseMs: 300 }, ...say('greetings.help')]));
  }
}

/** A new greeting: heard, kept, or recorded again. */
const recorded = (desk: Desk, frame: GreetingsFrame): Menu<NameAction> => ({
  keys: nameKeys,
  help: ['naming.help'],
  at: (place) => ({ ...frame, place }),
  act(action): Turn {
    switch (action) {
      case 'listen':
        return stay({ ...frame, place: atStart }, play([{ pendingGreeting: true }, { pauseMs: 300 }, ...say('naming.help')]));
      case 'record':
        return numbered(desk, { ...frame, phase: 'greetings' }, frame.number);
      case 'save':
        return above(greetingsFrame, { name: 'storing', effect: { type: 'commit-greeting' }, told: ['menu.greeting-saved'] });
      case 'return':
        return above(greetingsFrame, { name: 'storing', effect: { type: 'abandon-greeting' }, told: [] });
    }
  },
});

const callTypes = (desk: Desk, frame: GreetingsFrame): Menu<CallType | 'return'> => ({
  keys: callTypeKeys,
  help: ['greetings.call-types'],
  at: (place) => ({ ...frame, place }),
  act(action): Turn {
    const greeting = numberedGreetings[frame.number - 1] ?? null;
    if (action === 'return') return ask(desk);
    const temporary = action === 'temporary' && desk.context.calendar !== undefined;
    return above(temporary ? frame : greetingsFrame, { name: 'asking', request: { kind: 'greetings-of', mailbox: desk.owner, set: { use: { kind: action, greeting } } } });
  },
});

/** For how many days the temporary greeting counts; '#' alone: until it is deleted. */
function until(desk: Desk, frame: GreetingsFrame, digits: string): Turn {
  const untilMs = daysAhead(desk, digits);
  return above({ ...frame, phase: 'greetings', asked: null }, { name: 'asking', request: { kind: 'greetings-of', mailbox: desk.owner, set: { untilMs } } });
}

function answered(desk: Desk, frame: GreetingsFrame, input: Extract<Result, { kind: 'answered' }>['answer']): Turn {
  if (input.kind !== 'greetings-of' || input.answer === null) return ask(desk, say('try-later'));
  if (frame.phase === 'call-type') return above({ ...frame, asked: null }, keyIn('greetings.days'));
  return ask(desk, [...heard(input.answer), { pauseMs: 300 }]);
}

const words: Readonly<Record<CallType, PromptId>> = {
  greeting: 'greetings.all',
  internal: 'greetings.internal',
  external: 'greetings.external',
  busy: 'greetings.busy',
  'no-answer': 'greetings.no-answer',
  'out-of-hours': 'greetings.out-of-hours',
  temporary: 'greetings.temporary',
};

/** Which calls hear which greeting. */
function heard({ use, recorded: there }: AnswerOf<'greetings-of'>): Phrase[] {
  const types = (Object.keys(words) as CallType[]).filter((type) => use[type] !== undefined || there.some(({ kind }) => kind === type));
  if (types.length === 0) return say('menu.greeting-none');
  return types.flatMap((type): Phrase[] => {
    const number = (numberedGreetings as readonly GreetingKind[]).indexOf(use[type] ?? type) + 1;
    return [{ say: words[type] }, ...(number > 0 ? [{ say: 'greetings.number' } as const, { number }] : say('greetings.own')), { pauseMs: 200 }];
  });
}
