import { handOver, offerAsBidden } from './role-moves.ts';
import { alive, claimOf, onlyPartnerHears, partnerIsFit, roleRules, type Rule } from './role-rules.ts';
import { activeRole, noPartner, noWitness, restingRole, serves, type Role, type RoleChange, type RoleEffect, type RoleInput, type RoleOptions, type RoleState, type RoleStep, type RoleTimer } from './role.ts';

/** A rule may lead to a role whose first rule holds at once (isolated, resting, active); more than this would be a circle. */
const maxChangesPerInput = 3;

/** `epoch`: what was read from disk. `options` null: no pair. */
export function startingState(options: RoleOptions | null, epoch: number): RoleState {
  return {
    rank: options?.rank ?? 'primary', failback: options?.failback ?? 'manual', role: options === null ? 'standalone' : 'starting',
    epoch, seen: epoch, partner: noPartner, listened: false, reference: false, steady: false, witness: noWitness, able: false, main: 'unknown', calls: 0,
    claim: 0, cleared: 0, declined: 0, offer: 0, asking: false, held: false, returned: 'no', misplaced: 'no',
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
  work.state = handOver(work.state);
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
  if (state.misplaced === 'doubted') timers.confirm = 'main PBX';
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
    case 'witness':
      return { ...state, witness: input.witness, seen: Math.max(state.seen, input.witness.epoch) };
    case 'able':
      return { ...state, able: input.able };
    case 'main':
      return { ...state, main: input.main, held: state.held && (state.rank === 'backup' || input.main === 'lost') };
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
  // A partner that has gone since offers nothing any more, though its last offer had this number too.
  return alive(state.partner) && epoch === state.partner.grant ? { ...state, claim: 0, declined: epoch } : { ...state, claim: 0, cleared: epoch };
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
      return { ...state, offer: 0, returned: 'no', misplaced: 'no' };
    case 'ask':
      return { ...state, asking: false };
    case 'settle':
      return state.returned === 'settling' ? { ...state, returned: 'settled' } : state;
    case 'insist':
      return state.returned === 'settled' ? { ...state, returned: 'overdue' } : state;
    case 'confirm':
      return state.misplaced === 'doubted' ? { ...state, misplaced: 'sure' } : state;
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
  work.state = { ...work.state, epoch, seen: Math.max(work.state.seen, epoch), held: rule.then === 'take' && byCommand(work.state) };
  enter(work, activeRole(work.state.rank), rule);
  return true;
}

function enter(work: Work, to: Role, rule: Rule): void {
  const { role: from, epoch } = work.state;
  work.changes.push({ from, to, epoch, cause: rule.cause(work.state) });
  if (serves(to) && !serves(from)) work.effects.push({ type: 'serve' });
  if (!serves(to) && serves(from)) work.effects.push({ type: 'stop-serving' });
  work.state = { ...work.state, role: to, claim: 0, offer: 0, asking: false, misplaced: 'no' };
}

/**
 * Who offered what is taken now. Of its own accord a primary offers only when it has lost the main PBX and this unit hears it, and
 * a backup never to one that has lost what the backup hears.
 */
function byCommand(state: RoleState): boolean {
  if (state.rank === 'primary') return onlyPartnerHears(state);
  return state.asking || !(state.main === 'heard' && state.partner.main === 'lost');
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
    work.state = offerAsBidden(state);
    return { ok: true, text: `the ${target} was asked to take over` };
  }
  if (target !== state.rank) return refusal(state.partner.serving && alive(state.partner) ? `the ${target} serves already` : `give the command at the ${target}`);
  if (!state.able) return refusal('this unit cannot serve');
  if (!alive(state.partner)) return refusal('the partner is not heard');
  work.state = { ...state, asking: true };
  return { ok: true, text: 'the partner was asked to hand over' };
}
