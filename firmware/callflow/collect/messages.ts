import type { Message } from '../../mailbox/message.ts';
import type { MailboxOptions } from '../../mailbox/owner-choices.ts';
import { standardOptions } from '../../mailbox/owner-choices.ts';
import type { MailboxListing } from '../flow.ts';
import type { PromptId } from '../language/language.ts';
import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';

/** Broadcasts first, then what is urgent, then the rest, as AUDIX plays them; each in the order that the store gave. */
export function inOrder(messages: readonly Message[]): readonly Message[] {
  const rank = ({ sentAs, priority }: Message): number => (sentAs === 'broadcast' ? 0 : priority === true ? 1 : 2);
  return [0, 1, 2].flatMap((wanted) => messages.filter((message) => rank(message) === wanted));
}

/** 'You have three new messages and one old message.' */
export function announcement(counts: MailboxListing['counts']): Phrase[] {
  const there = (['new', 'old', 'saved'] as const).filter((kind) => counts[kind] > 0);
  if (there.length === 0) return say('collect.no-messages');
  return [
    { say: 'collect.you-have' },
    ...there.flatMap((kind, at): Phrase[] => [...(at > 0 && at === there.length - 1 ? say('collect.and') : []), { count: kind, of: counts[kind] }]),
  ];
}

/** What is said of a message before its body: which it is, and as much else as its owner wants. */
export function envelope(message: Message, index: number, parts: MailboxOptions['envelope'] = standardOptions.envelope): Phrase[] {
  return [
    { say: 'collect.message' },
    { number: index + 1 },
    { pauseMs: 150 },
    ...marks(message),
    ...(parts.time ? [{ say: 'collect.received' } as const, { dateTime: message.startedMs }, { pauseMs: 150 }] : []),
    ...from(message, parts),
    ...(parts.length ? [{ say: 'collect.lasts' } as const, { durationMs: message.durationMs }] : []),
    { pauseMs: 300 },
    ...(message.interrupted ? [{ say: 'collect.interrupted' } as const, { pauseMs: 300 }] : []),
  ];
}

function marks({ priority, private: confidential, sentAs }: Message): Phrase[] {
  const ids: PromptId[] = [...(priority === true ? ['collect.priority' as const] : []), ...(confidential === true ? ['collect.private' as const] : [])];
  if (sentAs === 'broadcast' || sentAs === 'forwarded' || sentAs === 'reply' || sentAs === 'undelivered') ids.push(`collect.${sentAs}`);
  return say(...ids);
}

/** A caller known by a name alone ('alice') has nothing that could be read out. */
function from({ callerNumber, sender }: Message, parts: MailboxOptions['envelope']): Phrase[] {
  if (!parts.number && !parts.name) return [];
  const number = sender ?? callerNumber;
  if (!/[0-9]/.test(number)) return say('collect.from-unknown');
  const digits: Phrase = { digits: number };
  if (!parts.name) return [{ say: 'collect.from' }, digits];
  return [{ say: 'collect.from' }, { nameOf: number, orElse: [digits] }, ...(parts.number ? [{ pauseMs: 100 }, digits] : [])];
}
