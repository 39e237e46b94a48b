import type { Variables } from '../action.ts';
import { variableKind } from '../../variables/variables.ts';

/** Commands that VoiceMail Pro takes as free-format text. */
export type GenericCommand =
  /** `CP3:value`, `COUNTER2:5`, and in the same manner VAR, SAV, RES, LOC. */
  | { readonly does: 'set'; readonly name: string; readonly value: string }
  /** `INCCOUNTER:$COUNTER1`, `DECCOUNTER:$COUNTER1`, `CLRCOUNTER:$COUNTER1`. */
  | { readonly does: 'count'; readonly name: string; readonly by: 1 | -1 | 0 }
  /** `FWD:201#202##`: what was just recorded goes to these mailboxes. */
  | { readonly does: 'forward'; readonly to: readonly string[] };

/** Of a FWD command, as VoiceMail Pro has it. */
export const mostForwardCharacters = 128;

const counters: Readonly<Record<string, 1 | -1 | 0>> = { INCCOUNTER: 1, DECCOUNTER: -1, CLRCOUNTER: 0 };

/** null: it is no command. Variables in a value are still there. */
export function parseGenericCommand(text: string): GenericCommand | null {
  const [, word = '', value = ''] = /^\s*([A-Za-z]+[0-9]{0,2})\s*:(.*)$/s.exec(text) ?? [];
  const name = word.toUpperCase();
  if (name === 'FWD') return forward(value.trim());
  const by = counters[name];
  if (by !== undefined) return counter(value.trim(), by);
  const kind = variableKind(name);
  return kind !== null && kind.writable ? { does: 'set', name: kind.name, value } : null;
}

function forward(value: string): GenericCommand | null {
  if (value.length > mostForwardCharacters || !/^(?:[0-9$A-Za-z[\]]{1,40}#)+#?$/.test(value)) return null;
  return { does: 'forward', to: value.split('#').filter((one) => one !== '') };
}

function counter(value: string, by: 1 | -1 | 0): GenericCommand | null {
  const kind = variableKind(value.replace(/^\$/, ''));
  return kind !== null && kind.name.startsWith('COUNTER') ? { does: 'count', name: kind.name, by } : null;
}

/** The whole number that a counter holds; what is none counts as 0. */
export const counterValue = (text: string | undefined): number => (/^-?[0-9]{1,9}$/.test(text ?? '') ? Number(text) : 0);

/** What the command sets. */
export function performed(command: Exclude<GenericCommand, { does: 'forward' }>, variables: Variables, expand: (text: string) => string): Variables {
  if (command.does === 'set') return { [command.name]: expand(command.value) };
  return { [command.name]: String(command.by === 0 ? 0 : counterValue(variables[command.name]) + command.by) };
}
