import type { PairSettings } from '../config/settings.ts';
import type { RoleTimer } from './role.ts';

/** Every time limit of the pair that is not a setting, in one place. */
export interface PairTiming {
  /** The link must be listening by then; later the unit decides without it. */
  readonly linkStartMs: number;
  /** After the dead time, before a started unit believes that nobody is there. */
  readonly listenMarginMs: number;
  /** An epoch that is not durable by then is acted on all the same, with an alarm. */
  readonly persistMs: number;
  /** A hand-over that was not taken by then is off; the unit goes on serving. */
  readonly offerMs: number;
  /** A returned primary must be well for so long before it is handed the service. */
  readonly settleMs: number;
  /** Graceful failback waits no longer than this for calls to end, since one may never do so. */
  readonly gracefulLimitMs: number;
  /** References are asked so often, and at once when the partner is suspect. */
  readonly referenceMs: number;
  /** A reference that has not answered by then has not. */
  readonly referenceTimeoutMs: number;
  /** A unit that no reference has answered for so long says so in its beats. Longer than a burst of lost pings. */
  readonly blindMs: number;
  /** The witness is told so often who serves. */
  readonly witnessMs: number;
  /** The same while the partner is missed: it must have decided when the partner is dead. */
  readonly witnessQuickMs: number;
  /** Then the pace becomes slower again: the partner may be away for days. */
  readonly witnessQuickForMs: number;
  /** The pace from then on. A witness that restarts in a split hears the unit that serves within this time. */
  readonly witnessAwayMs: number;
  /** The control thread raises its pulse so often. */
  readonly pulseMs: number;
  /** A control thread without a pulse for so long makes the beat say that the unit cannot serve. */
  readonly controlSilentMs: number;
  /** An address that could not be added or removed is tried again after so long. */
  readonly addressRetryMs: number;
  /** The serving unit looks so often whether the shared address is still there. */
  readonly addressCheckMs: number;
}

export const defaultTiming: PairTiming = {
  linkStartMs: 5000,
  listenMarginMs: 100,
  persistMs: 250,
  offerMs: 1000,
  settleMs: 5000,
  gracefulLimitMs: 60 * 60 * 1000,
  referenceMs: 250,
  referenceTimeoutMs: 150,
  blindMs: 2000,
  witnessMs: 500,
  witnessQuickMs: 50,
  witnessQuickForMs: 2000,
  witnessAwayMs: 250,
  pulseMs: 50,
  controlSilentMs: 1000,
  addressRetryMs: 250,
  addressCheckMs: 2000,
};

export const deadMsOf = ({ beatMs, misses }: Pick<PairSettings, 'beatMs' | 'misses'>): number => beatMs * misses;

/** How long each wait of the role machine takes. `lossSeenMs`: see `MainPbxes`. */
export function waitMs(timer: RoleTimer, settings: PairSettings, timing: PairTiming, lossSeenMs: number): number {
  switch (timer) {
    case 'listen':
      return deadMsOf(settings) + timing.listenMarginMs;
    case 'persist':
      return timing.persistMs;
    case 'offer':
    case 'ask':
      return timing.offerMs;
    case 'settle':
      return timing.settleMs;
    case 'confirm':
      return lossSeenMs;
    case 'insist':
      return settings.failback === 'automatic' ? settings.failbackAfterMin * 60_000 : timing.gracefulLimitMs;
  }
}
