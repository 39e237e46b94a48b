import { nextEpoch } from './epoch.ts';
import { alive, claimOf, partnerIsFit, roleRules, type Rule } from './role-rules.ts';
import { activeRole, noPartner, otherRank, restingRole, serves, type Role, type RoleChange, type RoleEffect, type RoleInput, type RoleOptions, type RoleState, type RoleStep, type RoleTimer } from './role.ts';

/** A rule may lead to a role whose first rule holds at once (isolated, resting, active); more than this would be a circle. */
const maxChangesPerInput = 3;

/** `epoch`: what was read from disk. `options` null: no pair. */
export function startingState(options: RoleOptions | null, epoch: number): RoleState {
  return {
    rank: options?.rank ?? 'primary', failback: options?.failback ?? 'manual', role: options === null ? 'standalone' : 'starting',
    epoch, seen: epoch, partner: noPartner, listened: false, reference: false, steady: false, able: false, calls: 0,
    claim: 0, cleared: 0, declined: 0, offer: 0, asking: false, held: false, returned: 'no',
  };
}

/**
 * What is known changes with the input, and then the role follows from what is known: no rule depends on the order in which
 * things were learnt. Inputs that teach nothing change nothing.
 */
export function roleStep(before: RoleState, input: RoleInput): RoleStep {
  if (before.role === 'standalone') return { state: before, effects: [], changes: [], answer: isCommand(input) ? refusal('this unit has no partner') : null };
  const work: Work = { state: learn(before, input), effects: [], changes: [] };
  tellNotDurable(work, before, input);
  const answer = isCommand(input) ? command(work, input.type) : null;
  for (let round = 0; round < maxChangesPerInput && follow(work); round++);
  returning(work);
  return { ...work, answer };
}

/** The waits that a state asks for; one whose key changes starts anew. */
export function timersOf(state: RoleState): Partial<Record<RoleTimer, string>> {
  const timers: Partial<Record<RoleTimer, string>> = {};
  if (state.role !== 'standalone' && !state.listened) timers.listen = 'start';
  if (state.claim !== 0) timers.persist = String(state.claim);
  if (state.offer !== 0) timers.offer = String(state.offer);
  if (state.asking) timers.ask = 'command';
  if (state.returned === 'settling') timers.settle = 'returned';
  if (state.returned === 'settled') timers.insist = 'returned';
  return timers;
}

interface Work {
  state: RoleState;
  readonly effects: RoleEffect[];
  readonly changes: RoleChange[];
}

function learn(state: RoleState, input: RoleInput): RoleState {
  switch (input.type) {
    case 'link':
      return { ...heard({ ...state, partner: noPartner }), listened: false };
    case 'partner':
      return heard({ ...state, partner: input.partner });
    case 'reference':
      return { ...state, reference: input.visible, steady: input.visible && input.steady };
    case 'able':
      return { ...state, able: input.able };
    case 'calls':
      return { ...state, calls: input.calls };
    case 'persisted':
      return input.epoch === state.claim ? { ...state, claim: 0, cleared: input.epoch } : state;
    case 'persist-failed':
      return input.epoch === state.claim ? notDurable(state) : state;
    case 'timer':
      return expired(state, input.timer);
    case 'failover':
    case 'failback':
      return state;
  }
}

function heard(state: RoleState): RoleState {
  const there = alive(state.partner);
  return {
    ...state,
    seen: Math.max(state.seen, state.partner.epoch),
    held: state.held && there,
    offer: there && state.partner.disagreement === null ? state.offer : 0,
    declined: state.partner.grant === state.declined ? state.declined : 0,
  };
}

/**
 * A unit that cannot write still plays greetings and messages, and when the partner is gone nobody else does: it serves.
 * What is at stake is only that it forgets this epoch in a power cut and may take it again: its own number, never the
 * partner's. An offer it declines: the partner that made it serves well.
 */
function notDurable(state: RoleState): RoleState {
  const epoch = state.claim;
  return epoch === state.partner.grant ? { ...state, claim: 0, declined: epoch } : { ...state, claim: 0, cleared: epoch };
}

function tellNotDurable({ state, effects }: Work, before: RoleState, input: RoleInput): void {
  if (state.declined !== before.declined && state.declined !== 0) effects.push({ type: 'decline-offer', epoch: state.declined });
  if (state.cleared !== before.cleared && input.type !== 'persisted') effects.push({ type: 'alarm-not-durable', epoch: state.cleared });
}

function expired(state: RoleState, timer: RoleTimer): RoleState {
  switch (timer) {
    case 'listen':
      return { ...state, listened: true };
    case 'persist':
      return state.claim === 0 ? state : notDurable(state);
    case 'offer':
      return { ...state, offer: 0, returned: 'no' };
    case 'ask':
      return { ...state, asking: false };
    case 'settle':
      return state.returned === 'settling' ? { ...state, returned: 'settled' } : state;
    case 'insist':
      return state.returned === 'settled' ? { ...state, returned: 'overdue' } : state;
  }
}

/** Follows the first rule that holds; false when nothing changed. */
function follow(work: Work): boolean {
  const rule = roleRules[work.state.role].find(({ when }) => when(work.state));
  if (rule === undefined || rule.then === 'rest' || rule.then === 'isolate') {
    work.state = { ...work.state, claim: 0 };
    if (rule !== undefined) enter(work, rule.then === 'rest' ? restingRole(work.state.rank) : 'isolated', rule);
    return rule !== undefined;
  }
  const epoch = claimOf(rule, work.state);
  if (work.state.cleared !== epoch) {
    if (work.state.claim !== epoch) {
      work.effects.push({ type: 'persist-epoch', epoch });
      work.state = { ...work.state, claim: epoch };
    }
    return false;
  }
  work.state = { ...work.state, epoch, seen: Math.max(work.state.seen, epoch), held: rule.then === 'take' && work.state.rank === 'backup' };
  enter(work, activeRole(work.state.rank), rule);
  return true;
}

function enter(work: Work, to: Role, rule: Rule): void {
  const { role: from, epoch } = work.state;
  work.changes.push({ from, to, epoch, cause: rule.cause(work.state) });
  if (serves(to) && !serves(from)) work.effects.push({ type: 'serve' });
  if (!serves(to) && serves(from)) work.effects.push({ type: 'stop-serving' });
  work.state = { ...work.state, role: to, claim: 0, offer: 0, asking: false };
}

/** Hands over where the partner asks for it, and hands back when a returned primary has been well for some time. */
function returning(work: Work): void {
  const { state } = work;
  if (!serves(state.role) || !partnerIsFit(state)) {
    if (state.returned !== 'no') work.state = { ...state, returned: 'no' };
    return;
  }
  if (state.partner.asks && state.offer === 0) return offer(work);
  if (state.role !== 'backup-active' || state.failback === 'manual' || state.held || !state.partner.waiting) return;
  if (state.returned === 'no' && state.offer === 0) work.state = { ...state, returned: 'settling' };
  if (state.offer === 0 && (state.returned === 'overdue' || (state.returned === 'settled' && state.calls === 0))) offer(work);
}

function offer(work: Work): void {
  work.state = { ...work.state, offer: nextEpoch(work.state.seen, otherRank(work.state.rank)) };
}

const isCommand = (input: RoleInput): input is { type: 'failover' | 'failback' } => input.type === 'failover' || input.type === 'failback';
const refusal = (text: string): RoleStep['answer'] => ({ ok: false, text });

/** `failover`: the backup shall serve. `failback`: the primary shall. Given at either unit. */
function command(work: Work, wanted: 'failover' | 'failback'): RoleStep['answer'] {
  const { state } = work;
  const target = wanted === 'failover' ? 'backup' : 'primary';
  if (state.partner.disagreement !== null && alive(state.partner)) return refusal(`the settings of the two units disagree (${state.partner.disagreement})`);
  if (serves(state.role)) {
    if (target === state.rank) return refusal(`this unit is the ${target} and serves already`);
    if (!partnerIsFit(state)) return refusal(alive(state.partner) ? 'the partner cannot serve' : 'the partner is not heard');
    offer(work);
    return { ok: true, text: `the ${target} was asked to take over` };
  }
  if (target !== state.rank) return refusal(state.partner.serving && alive(state.partner) ? `the ${target} serves already` : `give the command at the ${target}`);
  if (!state.able) return refusal('this unit cannot serve');
  if (!alive(state.partner)) return refusal('the partner is not heard');
  work.state = { ...state, asking: true };
  return { ok: true, text: 'the partner was asked to hand over' };
}
