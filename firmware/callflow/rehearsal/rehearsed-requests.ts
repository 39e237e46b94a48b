import type { AnswerOf, AskOf, RequestKind } from '../requests/requests.ts';
import type { TransferOutcome } from '../requests/transfer-requests.ts';

/** How others take the calls of a rehearsal, as it is written: the first transfer ends as the first word says, and so on; the last word counts for the rest. */
export const calledOutcomes = ['answered', 'busy', 'no-answer', 'rejected', 'gone', 'failed'] as const satisfies readonly TransferOutcome[];
export type CalledOutcome = (typeof calledOutcomes)[number];

/** 'busy,answered'; a sentence on the first word that is none. */
export function parseAnswers(text: string): readonly CalledOutcome[] | string {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const wrong = words.find((word) => !(calledOutcomes as readonly string[]).includes(word));
  if (wrong !== undefined || words.length === 0) return `'${wrong ?? ''}' is no answer; there are ${calledOutcomes.join(', ')}`;
  return words as CalledOutcome[];
}

type Answers = { readonly [Kind in RequestKind]?: (ask: AskOf<Kind>) => AnswerOf<Kind> };

/**
 * Answers of a unit without a site: who is called takes the call as `outcomes` say, and hangs up first; messages, mail, campaigns, doors, keys,
 * alarms and user variables (`variables`, which flows set) work. All else cannot be done here (null): databases, queues, flows of other systems,
 * and what owners choose for their mailbox.
 */
export function rehearsedRequests(outcomes: readonly CalledOutcome[], variables: Map<string, string>, tell: (line: string) => void): (kind: RequestKind, ask: unknown) => unknown {
  let calls = 0;
  const called = (): CalledOutcome => outcomes[Math.min(calls++, outcomes.length - 1)] ?? 'answered';
  const answers: Answers = {
    transfer: ({ to }) => {
      const outcome = called();
      tell(`(${to}: ${outcome})`);
      return { outcome, text: `rehearsed: ${outcome}` };
    },
    talk: () => {
      tell('(they talk, and who was called hangs up)');
      return { ended: 'target', talkedMs: 60_000 };
    },
    'park-and-page': ({ page }) => {
      const outcome = called() === 'answered' ? 'taken' : 'no-answer';
      tell(`(${page} is paged: ${outcome})`);
      return { outcome, text: `rehearsed: ${outcome}` };
    },
    'send-message': ({ to }) => ({ accepted: to.length, refused: [], fault: null, id: 'message' }),
    'campaign-leave': () => ({ outcome: 'ok' }),
    'campaign-entries': () => ({ entries: [] }),
    'send-mail': () => ({ outcome: 'ok' }),
    'set-alarm': () => ({ outcome: 'ok', id: 'alarm', nextMs: 0 }),
    'open-door': () => ({ opened: true }),
    'send-digits': () => ({ sentMs: 0 }),
    'set-user-variable': ({ name, value }) => {
      variables.set(name, value);
      return { value };
    },
  };
  return (kind, ask) => (answers[kind] as ((ask: unknown) => unknown) | undefined)?.(ask) ?? null;
}
