import type { Settings } from '../config/settings.ts';
import type { CallFacts } from '../sip/leg.ts';

/** Where an offered call goes: a start point, or nowhere. */
export type Route =
  | { readonly to: 'leave'; readonly mailbox: string }
  | { readonly to: 'collect'; readonly ownMailbox: string | null }
  | { readonly to: 'refuse'; readonly status: number; readonly reason: string; readonly retryAfterSec?: number };

/**
 * The PBX names the mailbox: the original target when it is one, else what was dialled. A dialled collect number collects,
 * unless the call was diverted here for somebody: then it is a message for that mailbox.
 */
export function routeCall(facts: CallFacts, settings: Settings): Route {
  const isMailbox = (number: string): boolean => settings.mailboxes.some((mailbox) => mailbox.number === number);
  const diverted = facts.targetSource !== 'to' && facts.targetSource !== 'request-uri' && facts.originalTarget !== facts.dialled;
  if (settings.numbers.collect.includes(facts.dialled) && !(diverted && isMailbox(facts.originalTarget))) {
    return { to: 'collect', ownMailbox: isMailbox(facts.caller.number) ? facts.caller.number : null };
  }
  if (isMailbox(facts.originalTarget)) return { to: 'leave', mailbox: facts.originalTarget };
  if (isMailbox(facts.dialled)) return { to: 'leave', mailbox: facts.dialled };
  return { to: 'refuse', status: 404, reason: 'No mailbox has this number' };
}
