import type { MessageState } from './message.ts';
import { messageName, parseMessageName } from './mailbox-paths.ts';
import type { Row } from './message-index.ts';
import { idOf, setState, stateOf, versionOf } from './message-index.ts';
import type { Counter } from './state-version.ts';
import { changed } from './state-version.ts';

/** The difference between an index and the files it describes. */
export interface Reconciled {
  /** Rows that have a file, with the state of its name. */
  readonly rows: Row[];
  /** Files that the index does not know. */
  readonly unknown: readonly { readonly id: string; readonly state: MessageState }[];
  /** Ids whose file is gone. Not those of deleted messages: there the power cut the emptying of the trash. */
  readonly gone: readonly string[];
  /** Second names of messages: left by a change of state that the power cut. */
  readonly doubles: readonly string[];
  readonly changed: boolean;
}

/** Where a change of state left two names, the less destructive one stays: nobody was told that the change had happened. */
const preference: readonly MessageState[] = ['saved', 'old', 'unopened', 'new', 'deleted'];

/** The files are right, the index follows; a state that it does not know was changed here. Pure; `rows` is left as it is. */
export function reconcile(rows: readonly Row[], names: readonly string[], nowMs: number, counter: Counter | null = null): Reconciled {
  const { states, doubles } = statesOf(names);
  const kept: Row[] = [];
  const gone: string[] = [];
  let differs = false;
  for (const row of rows) {
    const state = states.get(idOf(row));
    states.delete(idOf(row));
    if (state === undefined) {
      if (stateOf(row) !== 'deleted') gone.push(idOf(row));
      differs = true;
      continue;
    }
    const copy: Row = [...row];
    if (state !== stateOf(row)) {
      setState(copy, state, changed(versionOf(row), counter), nowMs);
      differs = true;
    }
    kept.push(copy);
  }
  const unknown = [...states].map(([id, state]) => ({ id, state }));
  return { rows: kept, unknown, gone, doubles, changed: differs || unknown.length > 0 };
}

function statesOf(names: readonly string[]): { states: Map<string, MessageState>; doubles: string[] } {
  const states = new Map<string, MessageState>();
  const doubles: string[] = [];
  for (const name of names) {
    const found = parseMessageName(name);
    if (found === null) continue;
    const other = states.get(found.id);
    if (other === undefined) {
      states.set(found.id, found.state);
      continue;
    }
    const [better, worse] = [found.state, other].sort((left, right) => preference.indexOf(left) - preference.indexOf(right)) as [MessageState, MessageState];
    states.set(found.id, better);
    doubles.push(messageName(found.id, worse));
  }
  return { states, doubles };
}
