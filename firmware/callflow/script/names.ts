import { nearest } from '../../config/nearest.ts';
import { userVariableIn, variableKind, variableKinds } from '../variables/variables.ts';
import type { MessageCount } from './script.ts';

/** The properties of VoiceMail Pro's scripts, and the variables that they are. */
const properties: Readonly<Record<string, string>> = {
  NAME: 'NAM', CALLINGPARTY: 'CLI', RESULT: 'RES', VARIABLE: 'VAR', SAVEDRESULT: 'SAV', LOCALE: 'LOC', POSITIONINQUEUE: 'POS', ESTIMATEDANSWER: 'ETA',
};

const counts: Readonly<Record<string, MessageCount>> = { NEWMSGS: 'new', OLDMSGS: 'old', SAVEDMSGS: 'saved' };

/** Set by Get Mail, and by Leave Mail for an owner who logs in: the id of the message whose body was played last. */
export const lastAccessedMessage = 'LastAccessedMsg';

export type Named =
  | { readonly names: 'variable'; readonly variable: string; readonly writable: boolean }
  | { readonly names: 'count'; readonly of: MessageCount };

/** null: it names nothing. */
export function named(name: string): Named | null {
  const upper = name.toUpperCase();
  const count = Object.hasOwn(counts, upper) ? counts[upper] : undefined;
  if (count !== undefined) return { names: 'count', of: count };
  if (upper === lastAccessedMessage.toUpperCase()) return { names: 'variable', variable: lastAccessedMessage, writable: false };
  if (userVariableIn(name) !== null) return { names: 'variable', variable: name, writable: false };
  const kind = variableKind((Object.hasOwn(properties, upper) ? properties[upper] : undefined) ?? name);
  return kind === null ? null : { names: 'variable', variable: kind.name, writable: kind.writable };
}

const writable = ['Result', 'Variable', 'SavedResult', 'Locale', 'CP0 to CP15', 'COUNTER1 to COUNTER15'].join(', ');

/** Why the name cannot be assigned to, with a remedy. */
export const notWritable = (name: string): string =>
  /^REG\[/i.test(name) ? 'user variables are set by the action Set User Variable' : `${name.slice(0, 64)} cannot be set; what can is ${writable}`;

export function unknownName(name: string): string {
  const near = nearest(name, [...variableKinds.map((kind) => kind.name), 'Name', 'CallingParty', 'Result', 'Variable', 'SavedResult', 'Locale', 'PositionInQueue', 'EstimatedAnswer', 'NewMsgs', 'OldMsgs', 'SavedMsgs', lastAccessedMessage]);
  return `there is no variable or property ${name.slice(0, 64)}${near === null ? '; put text into quotes' : `; did you mean ${near}?`}`;
}
