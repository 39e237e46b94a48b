import type { Clock } from '../../hal/clock.ts';
import type { ConsoleUnit } from './console-unit.ts';
import type { Expected } from './expected.ts';
import type { RawChannel } from './zmodem/raw-channel.ts';

/** Arguments as given so far, by name: { MAILBOX: '201' }. */
export type Given = Readonly<Record<string, string>>;

/** A kind of value that commands take. */
export interface ArgumentKind {
  /** As forms and help show it, in capitals: 'MAILBOX'. */
  readonly name: string;
  readonly help: string;
  /** Why a value is not accepted, as a sentence without its full stop; null = accepted. */
  check(text: string, unit: ConsoleUnit, given: Given): string | null;
  /** Values for completion; without it none are offered. */
  values?(unit: ConsoleUnit, given: Given): readonly string[];
  /** Choices with a help of their own, in place of the kind's one entry. */
  expected?(unit: ConsoleUnit, given: Given, partial: string): readonly Expected[];
  /** Not logged. */
  readonly secret?: boolean;
  /** What the log keeps of it, where that depends on the words before. */
  loggedAs?(text: string, given: Given): string;
  /** What the command gets in place of what was typed (a whole id for its end). Called with accepted values only. */
  resolve?(text: string, unit: ConsoleUnit, given: Given): string;
}

export interface CommandOption {
  /** Without dashes. The same name means the same kind in every command. */
  readonly name: string;
  readonly help: string;
  /** null = a switch. */
  readonly value: ArgumentKind | null;
  /** Holds PINs: not logged. */
  readonly secret?: boolean;
}

/** What a session lets its commands do to itself. */
export interface SessionControl {
  /** Whether log lines show here as they come; returns how it was. */
  monitor(on: boolean): boolean;
  /** The place of the editor is this session's until it leaves. */
  configure(): void;
  leaveConfigure(): void;
  /** The octets of the terminal until the command ends; null = it has none. */
  raw(): RawChannel | null;
  /** It is the session's again. */
  cooked(): void;
  end(): void;
}

export interface Invocation {
  readonly unit: ConsoleUnit;
  readonly given: Given;
  /** By name; a switch has ''. */
  readonly options: ReadonlyMap<string, string>;
  /** One line. */
  print(line: string): void;
  /** Aborted by Ctrl-C and by the end of the session. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Resolves after so long, or at once when the command is stopped: false then. */
  wait(ms: number): Promise<boolean>;
  readonly session: SessionControl;
  /** Who sits there, as the log names them. */
  readonly who: string;
}

export type FormElement = { readonly kind: 'word'; readonly word: string } | { readonly kind: 'argument'; readonly argument: ArgumentKind; readonly optional: boolean };

export interface Command {
  /** As people write it: 'show log [COUNT]'. */
  readonly form: string;
  readonly elements: readonly FormElement[];
  readonly help: string;
  readonly options: readonly CommandOption[];
  /** Changes something, so who did it is logged. */
  readonly changes: boolean;
  /** Goes on until it is stopped, so it is never paged. */
  readonly live?: boolean;
  /** Absent = in every unit. */
  readonly offered?: (unit: ConsoleUnit) => boolean;
  /** Errors: HalError; the session tells them. */
  readonly run: (invocation: Invocation) => Promise<void> | void;
}

interface CommandFacts extends Omit<Command, 'elements' | 'options' | 'changes'> {
  /** Kinds of the words in capitals. */
  readonly arguments?: readonly ArgumentKind[];
  readonly options?: readonly CommandOption[];
  readonly changes?: boolean;
}

/** A command from its form: words in small letters stand for themselves, those in capitals are arguments, '[...]' may be left out. */
export function command(facts: CommandFacts): Command {
  const { arguments: kinds = [], options = [], changes = false, ...rest } = facts;
  const elements = facts.form.split(' ').map((part): FormElement => {
    const name = part.replace(/^\[|\]$/g, '');
    if (name === name.toLowerCase()) return { kind: 'word', word: name };
    const argument = kinds.find((kind) => kind.name === name);
    if (argument === undefined) throw new RangeError(`the command "${facts.form}" has no kind for ${name}`);
    return { kind: 'argument', argument, optional: part.startsWith('[') };
  });
  return { ...rest, elements, options, changes };
}
