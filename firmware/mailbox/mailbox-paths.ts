import type { MessageState, RecordingKind } from './message.ts';
import { idPattern, mailboxPattern } from './recording.ts';

/**
 *   new/<id>.rec                         recordings in progress, of all mailboxes: start-up looks for interrupted ones here only
 *   mailboxes/<number>/cur/<id>.<state>.rec   delivered messages; the name carries the state, as in maildir, so the index can be rebuilt
 *   mailboxes/<number>/index.a .b        what `cur` holds, as a cache
 *   mailboxes/<number>/mailbox.a .b      what no other file says: PIN, locks, greeting in force
 *   mailboxes/<number>/choices.a .b      what its owner has chosen: greetings by reason, options
 *   mailboxes/<number>/*.damaged         copies of these documents that could not be read; while one of the last two lies there no greeting file goes at a start
 *   greetings/<number>/<kind>-<id>.rec   greetings and spoken names
 *   lists/<number>.a .b                  distribution lists
 *   drafts/<id>.rec                      what owners have recorded in a call and not sent yet
 *   sends/<id>.a .b .body                messages on their way to other mailboxes; <id>.rec: a copy in the making
 *   damaged/                             set aside, never deleted
 *   mailboxes/<number>/purged.a .b       what was purged while messages are mirrored
 *   home/                                messages on their way from the partner, and which have come
 *   summary, summary-<id>.changed        what all mailboxes held when it was written, and which have changed since: a cache
 *   follow/<id>.<salt>.part              recordings that the partner is making, in case this unit must go on with them
 *   mirror/                              copies on their way from the partner
 *
 * No folder holds more than the messages of one mailbox, or one entry per mailbox: 1,000,000 messages in 10,000 mailboxes are
 * 10,000 folders of 100.
 */
export const newFolder = 'new';
export const damagedFolder = 'damaged';
export const mailboxesFolder = 'mailboxes';
export const greetingsFolder = 'greetings';
export const homeFolder = 'home';
export const followFolder = 'follow';
export const mirrorFolder = 'mirror';

export const mailboxFolder = (number: string): string => `${mailboxesFolder}/${number}`;
export const messageFolder = (number: string): string => `${mailboxFolder(number)}/cur`;
export const messageName = (id: string, state: MessageState): string => `${id}.${state}.rec`;
export const messagePath = (number: string, id: string, state: MessageState): string => `${messageFolder(number)}/${messageName(id, state)}`;
export const greetingFolder = (number: string): string => `${greetingsFolder}/${number}`;
export const greetingPath = (number: string, kind: RecordingKind, id: string): string => `${greetingFolder(number)}/${kind}-${id}.rec`;

export const isMailboxNumber = (name: string): boolean => mailboxPattern.test(name);

/** '' for what lies in the root. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** What the name of a delivered message says; null = not such a name. */
export function parseMessageName(name: string): { readonly id: string; readonly state: MessageState } | null {
  const [id = '', state = '', end, ...more] = name.split('.');
  if (!idPattern.test(id) || !isMessageState(state) || end !== 'rec' || more.length > 0) return null;
  return { id, state };
}

/** The id of a recording in progress, `<id>.rec` or, when the disk refused the first file, `<id>.<n>.rec`. */
export function parseNewName(name: string): string | null {
  const [id = '', ...rest] = name.split('.');
  return idPattern.test(id) && /^(\d\.)?rec$/.test(rest.join('.')) ? id : null;
}

export const messageStates = ['new', 'unopened', 'old', 'saved', 'deleted'] as const satisfies readonly MessageState[];

const isMessageState = (text: string): text is MessageState => (messageStates as readonly string[]).includes(text);
