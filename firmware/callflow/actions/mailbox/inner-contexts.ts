import { collectContext } from '../../../calls/collect-context.ts';
import type { Settings } from '../../../config/settings.ts';
import type { Breakout } from '../../breakout.ts';
import { breakoutOf } from '../../breakout.ts';
import { collectFlow } from '../../collect/collect-flow.ts';
import type { Flow, FlowState } from '../../flow.ts';
import { leaveFlow } from '../../leave-flow.ts';
import type { ActionContext } from '../action.ts';

/** Start point Leave, for this mailbox. */
export function leaveIn({ settings, reason }: ActionContext, mailbox: string): Flow<FlowState> {
  const { minSec, maxSec, silenceSec } = settings.messages;
  return erased(leaveFlow({ mailbox, reason, mayLogIn: true, minMs: minSec * 1000, maxMs: maxSec * 1000, silenceMs: silenceSec * 1000, breakout: breakoutIn(settings, mailbox) }));
}

/** In IP Office mode key 0 is a result of the action, so it leads nowhere itself. */
function breakoutIn(settings: Settings, mailbox: string): Breakout {
  const breakout = breakoutOf(settings, mailbox);
  return modeOf(settings, mailbox) === 'ip-office' ? { ...breakout, numbers: { ...breakout.numbers, key0: null } } : breakout;
}

export const modeOf = ({ mailboxes, telephone }: Pick<Settings, 'mailboxes' | 'telephone'>, mailbox: string): Settings['telephone']['mode'] => mailboxes.find(({ number }) => number === mailbox)?.mode ?? telephone.mode;

/** Start point Collect: for a known mailbox only its PIN is asked for, or nothing where the caller is trusted; an own one is offered. */
export function collectIn({ settings, nowMs, source }: ActionContext, who: { readonly knownMailbox: string | null; readonly ownMailbox: string | null }): Flow<FlowState> {
  return erased(collectFlow(collectContext({ settings: () => settings, clock: { wall: () => nowMs } }, { ...who, source })));
}

const erased = <State extends FlowState>(flow: Flow<State>): Flow<FlowState> => flow as unknown as Flow<FlowState>;
