import { checkedChoice } from '../mailbox/mailbox-choices.ts';
import { DocumentSource } from '../site/sources/document-source.ts';
import { PromptSource } from '../site/sources/prompt-source.ts';
import { MailboxSource } from '../site/sources/mailbox-source.ts';
import { AlarmSource } from '../site/sources/alarm-source.ts';
import { notifySource } from '../site/sources/notify-source.ts';
import type { SiteSource } from '../site/site-source.ts';
import type { WholeUnit } from './whole-unit.ts';

/** What a site has in common beside settings, owners and greetings. Opened before the pair is. */
export const siteSources = (unit: WholeUnit): SiteSource[] => [
  new DocumentSource('flow', unit.flows.library), new DocumentSource('condition', unit.flows.conditions), new PromptSource(unit.flows.prompts), notifySource(unit.notify.records), new AlarmSource(unit.notify.alarmStore), ...mailboxSources(unit),
];

/** What owners have chosen, and their distribution lists: `choice/<mailbox>`, `list/<mailbox>`. */
export function mailboxSources({ store }: Pick<WholeUnit, 'store'>): SiteSource[] {
  const choices = new MailboxSource('choice', {
    numbers: () => store.choices.numbers(),
    record: (mailbox) => store.choices.record(mailbox),
    take: (mailbox, record) => store.choices.change(mailbox, (all) => Object.assign(all, record ?? { use: {}, temporaryUntilMs: null, options: {} })),
    check: checkedChoice,
  });
  const { lists } = store;
  const sources = new MailboxSource('list', {
    numbers: () => lists.numbers(),
    record: (mailbox) => (lists.of(mailbox).length === 0 ? null : lists.of(mailbox)),
    take: (mailbox, record) => lists.replace(mailbox, record ?? []),
    check: (found) => lists.check(found),
  });
  store.choices.changed = (mailbox) => choices.mailboxChanged(mailbox);
  lists.changed = (mailbox) => sources.mailboxChanged(mailbox);
  return [choices, sources];
}
