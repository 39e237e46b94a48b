import type { MainPbx } from '../sip/watch/main-pbx.ts';

/** What a unit is in its pair. It answers callers of its own accord in the roles of `serves`; in all others it is mute. */
export type Role =
  /** No pair is configured: it serves, always. */
  | 'standalone'
  /** Just started: it listens before it decides. */
  | 'starting'
  | 'primary-active'
  | 'backup-standby'
  | 'backup-active'
  /** A primary that is well while the backup serves: it waits to take back. */
  | 'failback'
  /** Hears neither its partner nor a reference, so that it may be the one that was cut off. */
  | 'isolated';

export type Rank = 'primary' | 'backup';

/** The partner as its beats show it. Only what came in a beat that is proven to be new counts (`beat-judge.ts`). */
export interface PartnerView {
  /** 'suspect': silent for half the dead time, still taken for alive. 'unheard': not once since this unit started. */
  readonly life: 'unheard' | 'alive' | 'suspect' | 'dead' | 'refused' | 'goodbye';
  /** It serves and has the shared address. */
  readonly serving: boolean;
  /** It could serve: its threads are well. */
  readonly able: boolean;
  /** A reference answers it. */
  readonly sees: boolean;
  /** Firmware that does not know of it says 'unknown'. */
  readonly main: MainPbx;
  /** A primary in `failback`. */
  readonly waiting: boolean;
  /** It wants to be handed the service. */
  readonly asks: boolean;
  /** The epoch it serves with, or the highest it knows. */
  readonly epoch: number;
  /** The epoch it offers us to take over with; 0 = none. */
  readonly grant: number;
  /** Settings of the two that cannot both be right. */
  readonly disagreement: 'same-rank' | 'other-beat' | null;
  /** Settles who goes first where two units have the same rank. */
  readonly senior: boolean;
}

export const noPartner: PartnerView = {
  life: 'unheard', serving: false, able: false, sees: false, main: 'unknown', waiting: false, asks: false, epoch: 0, grant: 0, disagreement: null, senior: false,
};

/** What the witness says of a partner that is not heard. */
export interface WitnessView {
  /**
   * 'nothing': there is none, it does not answer, or it does not know: as if there were none. 'wait': it answers and has not decided.
   * 'yours': it granted the service to this unit. 'theirs': the partner is there and serves.
   */
  readonly says: 'nothing' | 'wait' | 'yours' | 'theirs';
  /** The epoch that the partner serves with, where it says 'theirs'; else 0. */
  readonly epoch: number;
}

export const noWitness: WitnessView = { says: 'nothing', epoch: 0 };

/** What a machine was made with. */
export interface RoleOptions {
  readonly rank: Rank;
  /** 'manual': only the command `failback` hands back. The other modes differ in how long calls may hold it up (`pair-timing.ts`). */
  readonly failback: 'manual' | 'graceful' | 'automatic';
}

export interface RoleState extends RoleOptions {
  readonly role: Role;
  /** The epoch of this unit's last service, or the one read from disk. */
  readonly epoch: number;
  /** The highest epoch that this unit knows of, its own included. */
  readonly seen: number;
  readonly partner: PartnerView;
  /** The listening time after the start of the link is over. */
  readonly listened: boolean;
  /** A reference answered lately, and since the partner fell silent. */
  readonly reference: boolean;
  /** References have answered for several rounds: enough to say that a partner that sees none is the one that was cut off. */
  readonly steady: boolean;
  readonly witness: WitnessView;
  /** This unit could serve. */
  readonly able: boolean;
  /** What this unit knows of its main PBXs. */
  readonly main: MainPbx;
  /** Calls that would break if the service moved. */
  readonly calls: number;
  /** The epoch that is being made durable; 0 = none. */
  readonly claim: number;
  /** The epoch that may be acted on: durable, or given up as not to be made durable. */
  readonly cleared: number;
  /** The offered epoch that was not taken because it could not be made durable. */
  readonly declined: number;
  /** The epoch offered to the partner; 0 = none. */
  readonly offer: number;
  readonly asking: boolean;
  /**
   * The service was moved here by command, and goes back by command (or when the primary has been away). At a primary: although only
   * the partner hears the main PBX, and until this unit hears it too.
   */
  readonly held: boolean;
  /** How far the return of the primary has got: it must be well for some time, then wait for calls, then wait no more. */
  readonly returned: 'no' | 'settling' | 'settled' | 'overdue';
  /** Only the partner hears the main PBX, while this unit serves. 'doubted': the partner may not have found out yet that it is lost. */
  readonly misplaced: 'no' | 'doubted' | 'sure';
}

export type RoleInput =
  /** The link starts, perhaps with another key: what was heard before says nothing any more. */
  | { readonly type: 'link' }
  | { readonly type: 'partner'; readonly partner: PartnerView }
  | { readonly type: 'reference'; readonly visible: boolean; readonly steady: boolean }
  | { readonly type: 'witness'; readonly witness: WitnessView }
  | { readonly type: 'able'; readonly able: boolean }
  | { readonly type: 'main'; readonly main: MainPbx }
  | { readonly type: 'calls'; readonly calls: number }
  | { readonly type: 'persisted'; readonly epoch: number }
  /** The disk is full, dead or slower than its limit. */
  | { readonly type: 'persist-failed'; readonly epoch: number }
  /** A wait of `timersOf` is over. */
  | { readonly type: 'timer'; readonly timer: RoleTimer }
  | { readonly type: 'failover' }
  | { readonly type: 'failback' };

export type RoleTimer = 'listen' | 'persist' | 'offer' | 'ask' | 'settle' | 'insist' | 'confirm';

export type RoleEffect =
  /** Answered by `persisted` or `persist-failed`. */
  | { readonly type: 'persist-epoch'; readonly epoch: number }
  /** It serves with an epoch that a power cut would make it forget. */
  | { readonly type: 'alarm-not-durable'; readonly epoch: number }
  | { readonly type: 'decline-offer'; readonly epoch: number }
  | { readonly type: 'serve' }
  | { readonly type: 'stop-serving' };

export interface RoleChange {
  readonly from: Role;
  readonly to: Role;
  readonly epoch: number;
  readonly cause: string;
}

export interface RoleStep {
  readonly state: RoleState;
  readonly effects: readonly RoleEffect[];
  readonly changes: readonly RoleChange[];
  /** What to tell whoever gave a command; null for all other inputs. */
  readonly answer: { readonly ok: boolean; readonly text: string } | null;
}

export const serves = (role: Role): boolean => role === 'standalone' || role === 'primary-active' || role === 'backup-active';

export const activeRole = (rank: Rank): Role => (rank === 'primary' ? 'primary-active' : 'backup-active');

/** Where a unit waits while its partner serves. */
export const restingRole = (rank: Rank): Role => (rank === 'primary' ? 'failback' : 'backup-standby');

export const otherRank = (rank: Rank): Rank => (rank === 'primary' ? 'backup' : 'primary');
