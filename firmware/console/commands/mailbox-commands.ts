import { fileArgument, mailboxArgument, messageArgument } from '../argument-kinds.ts';
import { command } from '../command.ts';
import type { Command, Invocation } from '../command.ts';
import { shortId } from '../find-by-id.ts';
import { formatBytes } from '../format.ts';
import { plainText } from '../plain-text.ts';

const ofMailbox = [mailboxArgument];
const ofMessage = [mailboxArgument, messageArgument];

/** What is done to mailboxes and messages for their owners. */
export const mailboxCommands: readonly Command[] = [
  command({ form: 'mailbox MAILBOX pin reset', help: 'give a new random PIN, shown once', arguments: ofMailbox, changes: true, run: resetPin }),
  command({ form: 'mailbox MAILBOX unlock', help: 'end a lock after wrong PINs', arguments: ofMailbox, changes: true, run: unlock }),
  command({ form: 'message MAILBOX ID delete', help: 'delete a message; it can be brought back for a while', arguments: ofMessage, changes: true, run: remove }),
  command({ form: 'message MAILBOX ID undelete', help: 'bring a deleted message back, as one not heard yet', arguments: ofMessage, changes: true, run: bringBack }),
  command({
    form: 'export MAILBOX ID [FILE]',
    help: 'write a message as a WAV file',
    arguments: [...ofMessage, fileArgument],
    changes: true,
    run: exportMessage,
  }),
];

async function resetPin({ unit, given, print }: Invocation): Promise<void> {
  const mailbox = given['MAILBOX'] as string;
  print(`the PIN of mailbox ${mailbox} is now ${await unit.resetPin(mailbox)}; it is not shown again`);
}

async function unlock({ unit, given, print }: Invocation): Promise<void> {
  const mailbox = given['MAILBOX'] as string;
  const wasLocked = await unit.unlock(mailbox);
  print(`mailbox ${mailbox} ${wasLocked ? 'is open again' : 'was not locked'}`);
}

async function remove({ unit, given, print }: Invocation): Promise<void> {
  const [mailbox, id] = [given['MAILBOX'] as string, given['ID'] as string];
  await unit.markMessage(mailbox, id, 'deleted');
  print(`message ${shortId(id)} is deleted; undelete brings it back`);
}

async function bringBack({ unit, given, print }: Invocation): Promise<void> {
  const [mailbox, id] = [given['MAILBOX'] as string, given['ID'] as string];
  const message = unit.messages(mailbox, true)?.find((one) => one.id === id);
  if (message?.state !== 'deleted') return print(`message ${shortId(id)} is not deleted`);
  await unit.markMessage(mailbox, id, 'new');
  print(`message ${shortId(id)} is back as a new one`);
}

async function exportMessage({ unit, given, print }: Invocation): Promise<void> {
  const written = await unit.exportMessage(given['MAILBOX'] as string, given['ID'] as string, given['FILE'] ?? null);
  print(`${plainText(written.file)}: ${formatBytes(written.bytes)}`);
}
