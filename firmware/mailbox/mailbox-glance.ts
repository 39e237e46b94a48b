import type { Storage } from '../../hal/storage.ts';
import { crc32c } from './crc32c.ts';
import type { Mailbox } from './mailbox.ts';
import type { MailboxChoices } from './mailbox-choices.ts';
import { noChoices } from './mailbox-choices.ts';
import type { MailboxFigures } from './mailbox-figures.ts';
import { mailboxFolder, messageFolder } from './mailbox-paths.ts';
import type { MailboxState } from './mailbox-state.ts';
import { newMailboxState } from './mailbox-state.ts';

/** What stays in memory of a mailbox that is shut: about half a kilobyte, whatever it holds. Nothing in it ever changes. */
export interface MailboxGlance {
  readonly figures: MailboxFigures;
  /** Its index takes no more messages. */
  readonly isFull: boolean;
  /** For the mirror; null = nobody has asked for it since a row changed. */
  readonly sum: string | null;
  /** null = a fresh one. */
  readonly owner: MailboxState | null;
  /** null = nothing was chosen. */
  readonly choices: MailboxChoices | null;
  /** Of its files when it was shut; null = they are not vouched for, and are looked at anew at the next start. */
  readonly stamp: number | null;
}

const freshOwner = JSON.stringify(newMailboxState());
const freshChoices = JSON.stringify(noChoices());

/** Copies, so that what changes in the mailbox afterwards does not change the glance. */
export function glanceOf({ index, document, choices }: Mailbox): Omit<MailboxGlance, 'stamp'> {
  const [owner, chosen] = [JSON.stringify(document.state), JSON.stringify(choices.state)];
  return {
    figures: index.figures,
    isFull: index.isFull,
    sum: index.knownSum,
    owner: owner === freshOwner ? null : (JSON.parse(owner) as MailboxState),
    choices: chosen === freshChoices ? null : (JSON.parse(chosen) as MailboxChoices),
  };
}

export const ownerOf = ({ owner }: MailboxGlance): MailboxState => owner ?? newMailboxState();
export const choicesOf = ({ choices }: MailboxGlance): MailboxChoices => choices ?? noChoices();

/** The index is left out: it follows the messages. */
const stamped = (number: string): string[] => [messageFolder(number), ...['mailbox.a', 'mailbox.b', 'choices.a', 'choices.b'].map((name) => `${mailboxFolder(number)}/${name}`)];

/** Changes when a message comes, goes or has another state, and when a document is written, by whomever. Errors: HalError io. */
export async function stampOf(storage: Storage, number: string): Promise<number> {
  const found = await Promise.all(stamped(number).map((path) => storage.stat(path)));
  return crc32c(new TextEncoder().encode(found.map((file) => (file === null ? '-' : `${file.bytes} ${file.modifiedMs}`)).join()));
}
