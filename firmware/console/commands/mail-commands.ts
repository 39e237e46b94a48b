import { mailboxArgument } from '../argument-kinds.ts';
import { command } from '../command.ts';
import type { Command, Invocation } from '../command.ts';
import type { ConsoleUnit } from '../console-unit.ts';
import type { NotifyConsole } from '../parts/notify-console.ts';
import { shortId } from '../find-by-id.ts';
import { formatTime } from '../format.ts';
import { mailArgument, modeArgument } from '../notify-arguments.ts';
import { table } from '../table.ts';

const offered = ({ notify }: ConsoleUnit): boolean => notify !== null;
const optionalMailbox = [mailboxArgument];

/** Mail that goes out about messages, and what became of it. */
export const mailCommands: readonly Command[] = [
  command({ form: 'show mail [MAILBOX]', help: 'mail that waits, and what became of the last ones', arguments: optionalMailbox, offered, run: showMail }),
  command({ form: 'mail retry [MAILBOX]', help: 'try mail that waits now', arguments: optionalMailbox, offered, changes: true, run: retry }),
  command({ form: 'mail drop MAIL', help: 'give up a mail that waits; its message stays', arguments: [mailArgument], offered, changes: true, run: drop }),
  command({ form: 'mailbox MAILBOX email MODE', help: 'what is mailed of new messages', arguments: [mailboxArgument, modeArgument], offered, changes: true, run: setMode }),
];

const notices = ({ unit }: Invocation): NotifyConsole => unit.notify as NotifyConsole;

function showMail(invocation: Invocation): void {
  const { unit, given, print } = invocation;
  const { outbox, deliveries } = notices(invocation);
  const { timeZone } = unit.clock();
  const mailbox = given['MAILBOX'] ?? null;
  const of = <Line extends { readonly mailbox: string | null }>(lines: readonly Line[]): readonly Line[] => lines.filter((line) => mailbox === null || line.mailbox === mailbox);
  const waiting = of(outbox.all()).map((entry) => [shortId(entry.id), entry.mailbox ?? '-', entry.to, entry.mode, formatTime(entry.at, timeZone), entry.tries, formatTime(entry.nextMs, timeZone), entry.words]);
  table([{ title: 'MAIL' }, { title: 'MAILBOX' }, { title: 'TO' }, { title: 'MODE' }, { title: 'SINCE' }, { title: 'TRIES', right: true }, { title: 'NEXT' }, { title: 'THE SERVER SAID' }], waiting, 'no mail waits').forEach(print);
  const done = of(deliveries.lines).slice(-20).map((line) => [formatTime(line.at, timeZone), line.mailbox ?? '-', line.message === null ? '-' : shortId(line.message), line.to, line.mode, line.outcome, line.words]);
  print('');
  table([{ title: 'TIME' }, { title: 'MAILBOX' }, { title: 'MESSAGE' }, { title: 'TO' }, { title: 'MODE' }, { title: 'OUTCOME' }, { title: 'THE SERVER SAID' }], done, 'no mail was sent yet').forEach(print);
}

async function retry(invocation: Invocation): Promise<void> {
  const count = await notices(invocation).sender.retry(invocation.given['MAILBOX'] ?? null);
  invocation.print(count === 0 ? 'no mail waits' : `${count} ${count === 1 ? 'mail is' : 'mails are'} tried now; see show mail`);
}

async function drop(invocation: Invocation): Promise<void> {
  const { outbox, deliveries } = notices(invocation);
  const entry = outbox.find(invocation.given['MAIL'] as string);
  if (entry === null) return invocation.print('it does not wait any more');
  await outbox.remove(entry.id);
  const { mailbox, message, to, mode } = entry;
  await deliveries.write({ at: invocation.clock.wall(), mailbox, message, to, mode, outcome: 'dropped', words: `by ${invocation.who}` });
  invocation.print(`the mail to ${to} is given up${message === null ? '' : `; message ${shortId(message)} stays in mailbox ${mailbox}`}`);
}

async function setMode(invocation: Invocation): Promise<void> {
  const { given, print } = invocation;
  const [mailbox, mode] = [given['MAILBOX'] as string, given['MODE'] as 'off' | 'copy' | 'forward' | 'alert'];
  const address = notices(invocation).mail.address(mailbox);
  if (mode !== 'off' && address === null) return print(`mailbox ${mailbox} has no address, or the unit no mail server: set mailboxes[${mailbox}].email and mail`);
  await notices(invocation).setEmail(mailbox, mode);
  print(mode === 'off' ? `messages of mailbox ${mailbox} are not mailed` : `new messages of mailbox ${mailbox} go to ${address}: ${mode}`);
}
