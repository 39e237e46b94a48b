import type { OwnerFacts, OwnersConsole } from '../console/parts/owners-console.ts';
import { summaryOf } from '../mailbox/lists/distribution-list.ts';
import { greetingKinds } from '../mailbox/owner-choices.ts';
import type { WholeUnit } from './whole-unit.ts';

/** Owners as the console sees them. */
export function ownersConsole(unit: Pick<WholeUnit, 'store' | 'settings'>): OwnersConsole {
  const { store } = unit;
  return {
    owner: (mailbox) => ownerFacts(unit, mailbox),
    sending: () => store.sending.all().map(({ id, job }) => ({ id, sender: job.sender, recipients: job.recipients.length, delivered: job.next, durationMs: job.durationMs, atMs: job.atMs })),
    clear: (mailbox) => store.clear(mailbox),
  };
}

function ownerFacts({ store, settings }: Pick<WholeUnit, 'store' | 'settings'>, mailbox: string): OwnerFacts {
  const configured = settings.mailboxes.find(({ number }) => number === mailbox);
  const { takesCalls, loopGreeting } = store.choices.options(mailbox);
  const greetings = greetingKinds.flatMap((kind) => {
    const recording = store.greetings.current(mailbox, kind);
    return recording === null ? [] : [{ kind, durationMs: recording.durationMs }];
  });
  return {
    greetings, takesCalls, loopGreeting,
    temporaryUntilMs: store.choices.of(mailbox).temporaryUntilMs,
    disabled: configured?.disabled ?? false,
    quotaSec: configured?.quotaSec ?? null,
    lists: store.lists.of(mailbox).map(summaryOf),
    members: configured?.members ?? [],
    groups: settings.mailboxes.filter(({ members }) => members.includes(mailbox)).map(({ number }) => number),
  };
}
