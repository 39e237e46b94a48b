import type { MessageKind } from '../../mailbox/message.ts';
import type { SendFault } from '../../mailbox/sending/send-fault.ts';
import type { PromptId } from '../language/language.ts';
import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';
import type { AnswerOf } from '../requests/requests.ts';
import type { Recipient, SentContent } from '../requests/mailbox-requests.ts';
import { spokenNumber } from './keying.ts';
import type { Machine, Turn } from './turn.ts';
import { back, cancelled, stay } from './turn.ts';

/** A message goes to its recipients; who does not get it is told. */
export interface DeliverFrame {
  readonly name: 'deliver';
  readonly phase: 'sending' | 'send-clearing';
  readonly content: SentContent;
  readonly as: Exclude<MessageKind, 'undelivered'>;
  readonly to: readonly Recipient[];
  readonly priority: boolean;
  readonly private: boolean;
  /** Wall time; null = now. */
  readonly atMs: number | null;
  readonly told: readonly Phrase[];
}

export const deliverFrame = (content: SentContent, as: DeliverFrame['as'], to: readonly Recipient[], marks: Partial<Pick<DeliverFrame, 'priority' | 'private' | 'atMs'>> = {}): DeliverFrame => ({
  name: 'deliver', phase: 'sending', content, as, to, priority: false, private: false, atMs: null, told: [], ...marks,
});

const mostNamed = 5;

export const deliver: Machine<DeliverFrame> = {
  enter: ({ owner }, frame) => stay(frame, { type: 'stop-play' }, {
    type: 'ask',
    request: {
      kind: 'send-message', from: owner, to: frame.to, content: frame.content, as: frame.as,
      ...(frame.priority ? { priority: true } : {}), ...(frame.private ? { private: true } : {}), ...(frame.atMs === null ? {} : { atMs: frame.atMs }),
    },
  }),
  step(_desk, frame, input) {
    if (frame.phase === 'send-clearing') return input.type === 'stored' ? back({ kind: 'done', first: frame.told }) : stay(frame);
    if (input.type !== 'answered' || input.kind !== 'send-message') return stay(frame);
    if (input.answer === null) return cancelled('try-later');
    return answered(frame, input.answer);
  },
};

/** What was not sent can be sent to somebody else; what was sent is over, and its draft goes. */
function answered(frame: DeliverFrame, answer: AnswerOf<'send-message'>): Turn {
  if (answer.fault !== null) return cancelled(faults[answer.fault]);
  const told = [...say(answer.accepted === 0 ? 'send.to-nobody' : frame.atMs === null ? 'send.sent' : 'send.sent-later'), ...refused(answer.refused)];
  if (answer.accepted === 0) return back({ kind: 'unsent', first: told });
  if ('message' in frame.content && !frame.content.introduced) return back({ kind: 'done', first: told });
  return stay({ ...frame, phase: 'send-clearing', told }, { type: 'abandon-draft' });
}

const refused = (others: AnswerOf<'send-message'>['refused']): Phrase[] =>
  others.slice(0, mostNamed).flatMap(({ mailbox, fault }): Phrase[] => [{ say: 'send.not-to' }, spokenNumber(mailbox), { pauseMs: 150 }, ...say(faults[fault])]);

const faults: Readonly<Record<SendFault, PromptId>> = {
  'no-such-mailbox': 'send.no-mailbox',
  'no-such-list': 'send.no-list',
  'mailbox-full': 'leave.full',
  disabled: 'leave.full',
  private: 'send.private',
  'not-allowed': 'send.not-allowed',
  'no-content': 'menu.nothing-recorded',
  'too-many': 'send.too-many',
  past: 'send.past',
  'store-full': 'try-later',
  'store-failed': 'try-later',
};
