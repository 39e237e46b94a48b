import type { Variables } from '../actions/action.ts';

/** Characters of a value, as VoiceMail Pro has them; what is longer is cut. */
export const mostVariableCharacters = 512;

/** Names of user variables, which all calls share. */
export const userVariablePattern = /^[A-Za-z][A-Za-z0-9_]{0,31}$/;

/** 'REG[night]' -> 'night', as it is written; null: it names no user variable. */
export function userVariableIn(name: string): string | null {
  const shared = /^REG\[(.*)\]$/i.exec(name)?.[1] ?? '';
  return userVariablePattern.test(shared) ? shared : null;
}

export interface VariableKind {
  /** Without '$', as it is written. */
  readonly name: string;
  readonly about: string;
  /** By flows; the others are facts of the call, or what an action found. */
  readonly writable: boolean;
  /** Where nobody has set it. */
  readonly initial: string;
}

const fixed = (name: string, about: string): VariableKind => ({ name, about, writable: false, initial: '' });
const open = (name: string, about: string, initial = ''): VariableKind => ({ name, about, writable: true, initial });
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** Every variable of a call but $REG[name], which all calls share. */
export const variableKinds: readonly VariableKind[] = [
  fixed('CID', 'Call id, as in the records of the PBX (SIP Call-ID).'),
  fixed('CLI', "The caller's number; empty where it is withheld."),
  ...range(1, 15).map((n) => open(`COUNTER${n}`, 'A counter.', '0')),
  ...range(0, 15).map((n) => open(`CP${n}`, 'A call parameter.')),
  ...range(0, 5).map((n) => fixed(`DBD[${n}]`, 'A field of the current database record.')),
  fixed('DDI', 'The number that was dialled.'),
  fixed('ETA', 'Expected time to answer in seconds; only in a queue.'),
  fixed('KEY', 'The last keys that the caller pressed for an action.'),
  open('LOC', 'Locale of the call: the language of what is spoken from now on.'),
  fixed('NAM', 'Name of the mailbox that the start point presumes; as a prompt, its recorded name.'),
  fixed('POS', 'Position in the queue.'),
  fixed('QTIM', 'Expected time to answer in seconds; as a prompt, spoken in minutes, rounded up.'),
  open('RES', 'What the last action found or recorded; as a prompt, the recording.'),
  open('SAV', 'A saved result.'),
  open('VAR', 'A working value.'),
  fixed('TARGET', 'Who was called in the first place.'),
  fixed('TimeQueued', 'Seconds that the caller has been in the queue.'),
  fixed('TimeSystem', 'Seconds that the caller has been in the system.'),
  fixed('UUI', 'User-to-user information that came with the call (RFC 7433).'),
];

const byName: ReadonlyMap<string, VariableKind> = new Map(variableKinds.map((kind) => [kind.name.toUpperCase(), kind]));

/** Other names by which scripts know them. */
const aliases: Readonly<Record<string, string>> = { QPOS: 'POS' };

/** By its name without '$', in any case; null = there is none. */
export function variableKind(name: string): VariableKind | null {
  const upper = name.toUpperCase();
  return byName.get(aliases[upper] ?? upper) ?? null;
}

/** What stands in a text for a value: '$CLI', '$DBD[2]', '$REG[name]'. The longest name counts: '$COUNTER12' is not '$COUNTER1'. */
const reference = /\$(?:\$|REG\[([^\]]{0,64})\]|(DBD\[[0-5]\]|[A-Za-z]+[0-9]{0,2}))/gi;

/** Where values come from. */
export interface VariableScope {
  readonly variables: Variables;
  userVariable(name: string): string;
}

/** '' where the name means nothing. At most `mostVariableCharacters` are taken: a fact of the call may have more. */
export function valueOf(scope: VariableScope, name: string): string {
  const shared = userVariableIn(name);
  if (shared !== null) return scope.userVariable(shared);
  const kind = variableKind(name);
  return kind === null ? '' : cutValue(scope.variables[kind.name] ?? kind.initial);
}

/** '$NAME' and '$REG[name]' filled in; '$$' is a dollar. Unknown ones are empty. */
export function expand(scope: VariableScope, text: string): string {
  return text.replace(reference, (whole: string, shared: string | undefined, name: string | undefined) => {
    if (whole === '$$') return '$';
    if (shared !== undefined) return scope.userVariable(shared);
    return known(scope, name as string);
  });
}

/** Letters after a name belong to the text where only so it is one: '$KEYs' is $KEY and an s. */
function known(scope: VariableScope, name: string): string {
  for (let length = name.length; length > 1; length -= 1) {
    if (variableKind(name.slice(0, length)) !== null) return valueOf(scope, name.slice(0, length)) + name.slice(length);
  }
  return '';
}

/** The names of variables that a text mentions, without '$', as written; those of no variable too. */
export function mentioned(text: string): string[] {
  return [...text.matchAll(reference)].filter(([whole]) => whole !== '$$').map(([whole]) => whole.slice(1));
}

/** As it is kept. */
export const cutValue = (value: string): string => value.slice(0, mostVariableCharacters);

/** What an action set, joined to what was set before. */
export function withSet(before: Variables, set: Variables | undefined): Variables {
  if (set === undefined) return before;
  return { ...before, ...Object.fromEntries(Object.entries(set).map(([name, value]) => [variableKind(name)?.name ?? name, cutValue(value)])) };
}
