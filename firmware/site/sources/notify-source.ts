import * as v from 'valibot';
import type { NotifyChoices } from '../../notify/notify-record.ts';
import { choicesSchema, noChoices } from '../../notify/notify-record.ts';
import type { NotifyRecords } from '../../notify/notify-records.ts';
import { MailboxSource } from './mailbox-source.ts';

const mostBytes = 4096;

/** What owners have chosen about mail and calls: `notify/<mailbox>`, of those who have chosen anything. What was told is each unit's own. */
export function notifySource(records: NotifyRecords): MailboxSource<NotifyChoices> {
  const source = new MailboxSource<NotifyChoices>(
    'notify',
    {
      numbers: () => records.chosen(),
      record: (mailbox) => (records.hasChosen(mailbox) ? records.choices(mailbox) : null),
      take: (mailbox, choices) => records.choose(mailbox, choices ?? noChoices),
      check: (found) => v.parse(choicesSchema, found),
    },
    { mostBytes, flat: true },
  );
  records.changed = (mailbox) => source.mailboxChanged(mailbox);
  return source;
}
