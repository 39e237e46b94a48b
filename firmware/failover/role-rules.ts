import { nextEpoch } from './epoch.ts';
import { serves, type PartnerView, type Role, type RoleState } from './role.ts';

/**
 * What each role does about what it knows. The first rule that holds is followed; when none holds, nothing changes.
 *
 *   starting ──> active                nobody serves
 *        │ └───> isolated              a backup that hears nobody and sees no reference
 *        └─────> resting (failback, backup-standby)
 *   resting ───> active                the partner is gone or sick and a reference answers; or it hands over
 *        └─────> isolated ──> active, resting
 *   active ────> resting               the partner serves with the higher epoch
 */
export interface Rule {
  readonly when: (state: RoleState) => boolean;
  /** 'serve': become active, with an epoch that is made durable first. 'take': the same with the epoch the partner offered. */
  readonly then: 'serve' | 'take' | 'rest' | 'isolate';
  readonly cause: (state: RoleState) => string;
}

export const alive = ({ life }: PartnerView): boolean => life === 'alive' || life === 'suspect';
const gone = ({ partner, listened }: RoleState): boolean => (partner.life === 'unheard' ? listened : !alive(partner));
/** Nobody has told that the partner is not there any more: it may be this unit that does not hear it. A goodbye or a refusal came over the network. */
const unexplained = ({ partner: { life } }: RoleState): boolean => life === 'dead' || life === 'unheard';
/** Where a witness answers, whoever does not hear a partner that gave no reason needs its grant as well; another must not have begun to serve anew since. */
function granted(state: RoleState): boolean {
  const { says, epoch } = state.witness;
  return unexplained(state) ? says === 'yours' || says === 'nothing' : says !== 'theirs' || epoch <= state.partner.epoch;
}

/** Only the witness can tell two units that both serve and do not hear each other. */
const outranked = ({ partner, witness, epoch }: RoleState): boolean => !alive(partner) && witness.says === 'theirs' && witness.epoch > epoch;
const partnerServes = ({ partner }: RoleState): boolean => alive(partner) && partner.serving;
/** Its beats come, and say that callers are not served there: a thread hangs, or nothing answers it any more. */
const sick = ({ partner }: RoleState): boolean => alive(partner) && !(partner.able && partner.sees);

/** And callers would be served here. When the reference itself was away, one of the two sees it return before the other. */
const wellerThan = (state: RoleState): boolean => state.able && state.reference && sick(state) && (state.steady || !state.partner.able);

/** Of two that could serve, the primary does. Where both claim the same rank, the lower incarnation stands back. */
const first = ({ rank, partner }: RoleState): boolean => (alive(partner) && partner.disagreement === 'same-rank' ? !partner.senior : rank === 'primary');

/** Two of the same rank may come to the same epoch; the senior wins. */
const ahead = (state: RoleState): boolean => partnerServes(state) && (state.partner.epoch > state.epoch || (state.partner.epoch === state.epoch && state.partner.senior));

const offered = ({ partner, epoch, seen, declined }: RoleState): boolean =>
  alive(partner) && partner.disagreement === null && partner.grant > epoch && partner.grant >= seen && partner.grant !== declined;

const causeOfDeath: Record<PartnerView['life'], string> = {
  unheard: 'the partner was not heard since the start',
  alive: 'the partner is there',
  suspect: 'the partner is there',
  dead: 'the partner fell silent on all paths',
  refused: 'nothing listens at the partner on any path',
  goodbye: 'the partner said goodbye',
};

const say = (text: string) => (): string => text;
const death = ({ partner }: RoleState): string => causeOfDeath[partner.life];
const sickness = ({ partner }: RoleState): string => (partner.able ? 'the partner sees no reference any more' : 'the partner says that it cannot serve');

const resting: readonly Rule[] = [
  { when: (state) => state.able && offered(state), then: 'take', cause: say('the partner handed over') },
  { when: (state) => state.able && gone(state) && state.reference && granted(state), then: 'serve', cause: death },
  { when: (state) => gone(state) && !state.reference, then: 'isolate', cause: (state) => `${death(state)}, and no reference answers` },
  { when: wellerThan, then: 'serve', cause: sickness },
  { when: (state) => state.able && alive(state.partner) && !partnerServes(state) && first(state), then: 'serve', cause: say('the partner does not serve') },
];

const active: readonly Rule[] = [
  { when: (state) => ahead(state) && wellerThan(state), then: 'serve', cause: sickness },
  { when: ahead, then: 'rest', cause: say('the partner serves with a higher epoch') },
  { when: outranked, then: 'rest', cause: say('the witness hears the partner serve with a higher epoch') },
  { when: (state) => !state.able && partnerServes(state) && !sick(state), then: 'rest', cause: say('the partner serves and this unit cannot') },
];

export const roleRules: Record<Role, readonly Rule[]> = {
  standalone: [],
  starting: [
    { when: partnerServes, then: 'rest', cause: say('the partner serves') },
    { when: (state) => alive(state.partner) && !first(state), then: 'rest', cause: say('the partner is there') },
    { when: (state) => state.able && alive(state.partner) && first(state), then: 'serve', cause: say('the partner does not serve') },
    { when: (state) => wants(state) && granted(state), then: 'serve', cause: death },
    { when: (state) => gone(state) && !first(state) && !state.reference, then: 'isolate', cause: (state) => `${death(state)}, and no reference answers` },
  ],
  'primary-active': active,
  'backup-standby': resting,
  'backup-active': active,
  failback: resting,
  isolated: [
    { when: (state) => alive(state.partner), then: 'rest', cause: say('the partner is heard again') },
    { when: (state) => state.able && gone(state) && state.reference && granted(state), then: 'serve', cause: (state) => `a reference answers, and ${death(state)}` },
    { when: (state) => state.reference && state.witness.says === 'theirs', then: 'rest', cause: say('a reference answers, and the witness hears the partner serve') },
  ],
};

/** It would take over from a partner that is not there, if it may. A primary that starts needs no reference: it is its place. */
export function wants(state: RoleState): boolean {
  if (serves(state.role) || !state.able || !gone(state)) return false;
  return state.reference || (state.role === 'starting' && first(state));
}

/** The epoch with which the rule would make this unit serve. */
export const claimOf = (rule: Rule, { partner, seen, epoch, rank }: RoleState): number => (rule.then === 'take' ? partner.grant : nextEpoch(Math.max(seen, epoch), rank));

/** Callers of the main PBX would be served if the partner served, and are not now. */
export const onlyPartnerHears = ({ main, partner }: RoleState): boolean => main === 'lost' && alive(partner) && partner.main === 'heard';

/** Whether the service could be moved to the partner without harm. */
export const partnerIsFit = (state: RoleState): boolean => alive(state.partner) && !sick(state) && !state.partner.serving && state.partner.disagreement === null;
