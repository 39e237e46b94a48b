import type { GreetingChoice, MailboxRequests } from '../callflow/requests/mailbox-requests.ts';
import type { AnswerOf, AskOf } from '../callflow/requests/requests.ts';
import type { RequestHandlers } from '../calls/request-desk.ts';
import { summaryOf } from '../mailbox/lists/distribution-list.ts';
import type { MailboxChoices } from '../mailbox/mailbox-choices.ts';
import { greetingKinds } from '../mailbox/owner-choices.ts';
import { sendMessage } from './send-handler.ts';
import type { WholeUnit } from './whole-unit.ts';

/** Who answers what owners do with their mailbox beyond its messages. */
export function mailboxHandlers(unit: WholeUnit): Pick<RequestHandlers, keyof MailboxRequests> {
  const { store } = unit;
  return {
    'send-message': (ask, call) => sendMessage(unit, ask, call),
    'read-list': async ({ mailbox, number }) => {
      const list = store.lists.find(mailbox, number);
      return { list: list && summaryOf(list), entries: list?.entries ?? [] };
    },
    'change-list': (ask) => changeList(unit, ask),
    'delete-list': async ({ mailbox, number }) => ({ ok: await store.lists.delete(mailbox, number) }),
    'mailbox-options': async ({ mailbox, set }) => {
      if (set !== undefined) await store.choices.change(mailbox, (choices) => (choices.options = { ...choices.options, ...set }));
      return store.choices.options(mailbox);
    },
    'greetings-of': async ({ mailbox, set }) => {
      if (set !== undefined) await store.choices.change(mailbox, (choices) => chooseGreeting(choices, set));
      const { use, temporaryUntilMs } = store.choices.of(mailbox);
      const recorded = greetingKinds.flatMap((kind) => {
        const recording = store.greetings.current(mailbox, kind);
        return recording === null ? [] : [{ kind, durationMs: recording.durationMs }];
      });
      return { recorded, temporaryUntilMs, use };
    },
    'deleted-messages': async ({ mailbox }) => ({ messages: (await store.deleted(mailbox)).map(({ id, deletedMs }) => ({ id, deletedMs })) }),
  };
}

function chooseGreeting(choices: MailboxChoices, set: GreetingChoice): void {
  if ('untilMs' in set) choices.temporaryUntilMs = set.untilMs;
  else if (set.use.greeting === null || set.use.greeting === set.use.kind) delete choices.use[set.use.kind];
  else choices.use[set.use.kind] = set.use.greeting;
  // The end of an earlier one must not silence this one; its own is set after it.
  if ('use' in set && set.use.kind === 'temporary') choices.temporaryUntilMs = null;
}

async function changeList({ store, settings }: WholeUnit, ask: AskOf<'change-list'>): Promise<AnswerOf<'change-list'>> {
  const { mailbox, number, importFrom, add = [], remove } = ask;
  const imported = importFrom === undefined ? null : store.lists.find(importFrom.mailbox, importFrom.number);
  const before = store.lists.find(mailbox, number);
  const answer = (fault: AnswerOf<'change-list'>['fault']): AnswerOf<'change-list'> => ({ fault, list: before && summaryOf(before) });
  if (importFrom !== undefined && (imported === null || (!imported.public && importFrom.mailbox !== mailbox))) return answer('no-such-list');
  if (add.some((entry) => !settings.mailboxes.some((one) => one.number === entry))) return answer('no-such-mailbox');
  const { fault, list } = await store.lists.change(mailbox, number, { ...(ask.public !== undefined && { public: ask.public }), add: [...add, ...(imported?.entries ?? [])], ...(remove !== undefined && { remove }) });
  return { fault, list: list && summaryOf(list) };
}
