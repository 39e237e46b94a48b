import type { WallMs } from '../../hal/clock.ts';
import type { GreetedCall } from '../callflow/phrase.ts';
import type { MailboxChoices } from './mailbox-choices.ts';
import type { GreetingKind } from './owner-choices.ts';

export interface GreetingFacts {
  readonly choices: MailboxChoices;
  readonly isRecorded: (kind: GreetingKind) => boolean;
  /** null = whoever hears it: the standard greeting. */
  readonly call: GreetedCall | null;
  readonly nowMs: WallMs;
}

/**
 * Which recording greets a call: the temporary one until its end, else that of the reason, else that of internal or external calls, else the
 * standard one. Each kind may be served by another recording (`use`). null = none of these is recorded: the system's greeting.
 */
export function chosenGreeting({ choices, isRecorded, call, nowMs }: GreetingFacts): GreetingKind | null {
  const wanted: readonly GreetingKind[] = call?.queued === undefined ? [...temporary(choices, nowMs), ...kindsOf(call), 'greeting'] : [call.queued];
  for (const kind of wanted) {
    const recording = choices.use[kind] ?? kind;
    if (isRecorded(recording)) return recording;
  }
  return null;
}

const temporary = ({ temporaryUntilMs }: MailboxChoices, nowMs: WallMs): GreetingKind[] => (temporaryUntilMs === null || nowMs < temporaryUntilMs ? ['temporary'] : []);

function kindsOf(call: GreetedCall | null): GreetingKind[] {
  if (call === null) return [];
  const reason: GreetingKind[] = call.reason === 'default' ? [] : [call.reason];
  return call.internal === null ? reason : [...reason, call.internal ? 'internal' : 'external'];
}
