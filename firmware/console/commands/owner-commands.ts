import { mailboxArgument } from '../argument-kinds.ts';
import { command } from '../command.ts';
import type { Command, Invocation } from '../command.ts';
import type { OwnersConsole } from '../parts/owners-console.ts';
import { shortId } from '../find-by-id.ts';
import { formatDuration, formatTime } from '../format.ts';
import { pairs, table } from '../table.ts';

const ofMailbox = [mailboxArgument];

/** What owners have beside their messages, and what is on its way between them. */
export const ownerCommands: readonly Command[] = [
  command({ form: 'show owner MAILBOX', help: 'greetings, choices, lists and groups of a mailbox', arguments: ofMailbox, run: withOwners(showOwner) }),
  command({ form: 'show sending', help: 'messages of owners on their way, and those that wait for their time', run: withOwners(showSending) }),
  command({ form: 'mailbox MAILBOX clear', help: 'remove all messages, greetings and the name for good; the PIN stays', arguments: ofMailbox, changes: true, run: withOwners(clear) }),
];

function withOwners(run: (owners: OwnersConsole, invocation: Invocation) => void | Promise<void>): (invocation: Invocation) => Promise<void> {
  return async (invocation) => {
    const { owners } = invocation.unit;
    if (owners === null) invocation.print('this console has no way to the owners of mailboxes');
    else await run(owners, invocation);
  };
}

function showOwner(owners: OwnersConsole, { given, print, unit }: Invocation): void {
  const { greetings, temporaryUntilMs, takesCalls, loopGreeting, disabled, quotaSec, lists, members, groups } = owners.owner(given['MAILBOX'] as string);
  const { timeZone } = unit.clock();
  const until = temporaryUntilMs === null ? [] : [['temporary until', formatTime(temporaryUntilMs, timeZone)] as const];
  const rows = [
    ['takes', disabled ? 'nothing: it is disabled' : !takesCalls ? 'what others send, no messages of callers' : loopGreeting ? 'no messages: callers hear its greeting' : 'messages'] as const,
    ['quota', quotaSec === null ? "the unit's" : formatDuration(quotaSec * 1000)] as const,
    ['greetings', greetings.map(({ kind, durationMs }) => `${kind} ${formatDuration(durationMs)}`).join(', ') || 'none'] as const,
    ...until,
    ['lists', lists.map(({ number, size, public: isPublic }) => `${number}: ${size}${isPublic ? ', public' : ''}`).join('; ') || 'none'] as const,
    ['members', members.join(', ') || 'none'] as const,
    ['member of', groups.join(', ') || 'none'] as const,
  ];
  for (const line of pairs(rows)) print(line);
}

function showSending(owners: OwnersConsole, { print, unit }: Invocation): void {
  const { timeZone } = unit.clock();
  const columns = [{ title: 'ID' }, { title: 'SENDER' }, { title: 'FOR', right: true }, { title: 'DELIVERED', right: true }, { title: 'LENGTH', right: true }, { title: 'TIME' }];
  const rows = owners.sending().map(({ id, sender, recipients, delivered, durationMs, atMs }) => [shortId(id), sender ?? '-', recipients, delivered, formatDuration(durationMs), atMs === 0 ? 'now' : formatTime(atMs, timeZone)]);
  for (const line of table(columns, rows, 'nothing is on its way')) print(line);
}

async function clear(owners: OwnersConsole, { given, print }: Invocation): Promise<void> {
  const mailbox = given['MAILBOX'] as string;
  const { messages, recordings } = await owners.clear(mailbox);
  print(`mailbox ${mailbox} is empty: ${messages} messages and ${recordings} greetings are gone`);
}
