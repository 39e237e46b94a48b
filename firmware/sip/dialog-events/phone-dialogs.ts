import type { DialogEntry, DialogInfo } from './dialog-info.ts';

/** What a telephone does, by its dialogs. unknown: nobody tells. */
export type PhoneLine = 'free' | 'ringing' | 'busy' | 'unknown';

/** Dialogs of one phone that are kept. */
const mostKept = 64;

/** What notifications have told, joined. A value. */
export interface PhoneDialogs {
  /** Of the last notification; -1 = there was none. */
  readonly version: number;
  readonly dialogs: readonly DialogEntry[];
}

export const noDialogs: PhoneDialogs = { version: -1, dialogs: [] };

/**
 * 'old': it was heard before. 'gap': something between is missing, and a full one must be asked for (RFC 4235 section 4.3). A full one always
 * counts: the CSeq of its NOTIFY has shown that it is the newest, and there are PBXs that begin to count anew.
 */
export function joinDialogs(before: PhoneDialogs, info: DialogInfo): PhoneDialogs | 'old' | 'gap' {
  if (info.state === 'full') return kept(info.version, info.dialogs);
  if (info.version <= before.version) return 'old';
  if (info.version !== before.version + 1 || before.version < 0) return 'gap';
  const told = new Set(info.dialogs.map(({ id }) => id));
  return kept(info.version, [...before.dialogs.filter(({ id }) => !told.has(id)), ...info.dialogs]);
}

const kept = (version: number, dialogs: readonly DialogEntry[]): PhoneDialogs => ({ version, dialogs: dialogs.filter(({ state }) => state !== 'terminated').slice(-mostKept) });

/** One that calls somebody is in use, one that is called rings. */
export function lineOf({ version, dialogs }: PhoneDialogs): PhoneLine {
  if (version < 0) return 'unknown';
  if (dialogs.some(({ state, direction }) => state === 'confirmed' || direction === 'initiator')) return 'busy';
  return dialogs.length > 0 ? 'ringing' : 'free';
}
