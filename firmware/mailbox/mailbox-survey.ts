import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Document } from './document.ts';
import { trailerOf } from './log-cursor.ts';
import type { MailboxContext } from './mailbox-context.ts';
import { messageFolder, messageName, messagePath } from './mailbox-paths.ts';
import type { IndexState, Row } from './message-index.ts';
import { insertRow, messageOf, rowOf } from './message-index.ts';
import type { Message, MessageState } from './message.ts';
import type { Reconciled } from './reconcile.ts';
import { reconcile } from './reconcile.ts';
import { ifMediumFailed, scanFile } from './scan-file.ts';
import { setAside } from './set-aside.ts';
import type { StateVersion } from './state-version.ts';
import { firstVersion, unknownVersion } from './state-version.ts';

/** What opening a mailbox found. */
export interface MailboxReport {
  readonly rebuilt: boolean;
  readonly damaged: readonly { readonly file: string; readonly why: string }[];
}

/** rows: what the index should hold; null = it does. */
export interface Survey {
  readonly rows: readonly Row[] | null;
  readonly report: MailboxReport;
}

/** Compares a mailbox's index with its files at start-up. The files are right: second names go, what is no message is set aside. Errors: HalError. */
export async function surveyMailbox(context: MailboxContext, number: string, index: Document<IndexState>): Promise<Survey> {
  const { storage, clock, counter } = context;
  const found = reconcile(index.state.messages, await storage.list(messageFolder(number)), clock.wall(), counter);
  const damaged = [...found.gone.map((id) => ({ file: `${messageFolder(number)}/${id}`, why: 'listed, but its file is gone' }))];
  await removeDoubles(storage, number, found.doubles);
  const rows = [...found.rows];
  for (const { id, state } of found.unknown) {
    const message = await examine(storage, number, id, state);
    if (typeof message === 'string') {
      damaged.push({ file: messagePath(number, id, state), why: message });
      // It may come from the partner, and must not be purged there.
      await context.tombstones()?.drop(number, id);
    } else insertRow(rows, rowOf({ message, deletedMs: state === 'new' ? 0 : clock.wall(), version: counter === null ? firstVersion : versionOf(state, index) }));
  }
  return { rows: found.changed ? rows : null, report: { rebuilt: wasRebuilt(index, found), damaged } };
}

/** A crash between the delivery of a message and its index entry is no rebuild; an index that knew nothing is. */
const wasRebuilt = ({ origin }: Document<IndexState>, found: Reconciled): boolean => origin === 'damaged' || (origin === 'new' && found.unknown.length > 0);

/** Of a message that lost its row. A new one lost it when it was delivered, in a power cut: nobody has changed it yet. */
const versionOf = (state: MessageState, { origin }: Document<IndexState>): StateVersion => (state === 'new' && origin !== 'damaged' ? firstVersion : unknownVersion);

async function removeDoubles(storage: Storage, number: string, names: readonly string[]): Promise<void> {
  for (const name of names) await storage.remove(`${messageFolder(number)}/${name}`);
  if (names.length > 0) await storage.syncDirectory(messageFolder(number));
}

/** The message that an unlisted file holds; else why not. What is proven to be none is set aside; a medium that fails leaves it to the next start. */
async function examine(storage: Storage, number: string, id: string, state: MessageState): Promise<Message | string> {
  const path = messagePath(number, id, state);
  const scan = await scanFile(storage, path).catch(ifMediumFailed);
  if (scan instanceof HalError) return scan.message;
  if (typeof scan !== 'string' && scan.facts.id === id) return { ...messageOf(scan.facts, trailerOf(scan), state), mailbox: number };
  await setAside(storage, path, `${number}-${messageName(id, state)}`);
  return typeof scan === 'string' ? scan : 'its first frame names another message';
}
