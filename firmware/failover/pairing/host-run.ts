import { publicPoint } from './cpace.ts';
import { pairVersion, type PairMessage, type RefusalReason } from './pair-message.ts';
import { over, send, type Agreement, type Outcome, type RunEffect, type RunFacts, type RunInput, type RunMachine, type Transition } from './pair-run.ts';
import { introduce, pairSecrets, pairSession, readIntroduction, sameMac, type PairSecrets } from './pair-secrets.ts';

/**
 * The end that showed the code:
 *
 *   greeting ─> awaits-join ── join ─> answer ─> awaits-proof ── right proof ─> storing ── stored ─> proof ─> awaits-stored ─> paired
 *                                                     └── wrong: the one guess that a run allows
 *
 * It says its proof only after the joiner's was right, so that who does not know the code learns nothing to test guesses with.
 */
export type HostState =
  | { readonly phase: 'awaits-join' }
  | { readonly phase: 'awaits-proof' | 'storing' | 'awaits-stored'; readonly secrets: PairSecrets; readonly agreement: Agreement }
  | { readonly phase: 'over' };

type Join = Extract<PairMessage, { kind: 'join' }>;

export function hostRun(facts: RunFacts): RunMachine<HostState> {
  return {
    start: { state: { phase: 'awaits-join' }, effects: [send({ kind: 'greeting', version: pairVersion, nonce: facts.nonce })] },
    step: (state, input) => step(facts, state, input),
  };
}

function step(facts: RunFacts, state: HostState, input: RunInput): Transition<HostState> {
  if (state.phase === 'over') return { state, effects: [] };
  if (input.kind === 'gone') return ended(state.phase === 'awaits-stored' || state.phase === 'storing' ? 'unconfirmed' : 'lost');
  if (input.kind === 'garbage') return ended(state.phase === 'awaits-stored' ? 'unconfirmed' : 'garbage');
  if (state.phase === 'awaits-join') return isMessage(input, 'join') ? join(facts, input.message) : ended('garbage');
  const { secrets, agreement } = state;
  if (state.phase === 'awaits-proof') {
    if (!isMessage(input, 'proof')) return ended('garbage');
    if (!sameMac(input.message.mac, secrets.joinerProof)) return refuse('wrong-code', 'wrong-code');
    return { state: { phase: 'storing', secrets, agreement }, effects: [{ kind: 'store', agreement }] };
  }
  if (state.phase === 'storing') {
    if (input.kind === 'not-stored') return refuse(input.reason, input.reason);
    if (input.kind !== 'stored') return ended('garbage'); // the joiner has to wait for our proof
    return { state: { phase: 'awaits-stored', secrets, agreement }, effects: [send({ kind: 'proof', mac: secrets.hostProof })] };
  }
  return ended(isMessage(input, 'stored') && sameMac(input.message.mac, secrets.joinerStored) ? 'paired' : 'unconfirmed');
}

function join(facts: RunFacts, { nonce, point, associated }: Join): Transition<HostState> {
  const partner = readIntroduction(associated);
  if (partner === null) return ended('garbage');
  if (partner.fingerprint === facts.own.fingerprint) return ended('self');
  const session = pairSession(facts.code, nonce, facts.nonce, facts.purpose);
  const own = { point: publicPoint(session, facts.secret), associated: introduce(facts.own.certificate, facts.own.name) };
  const secrets = pairSecrets(session, facts.secret, point, { point, associated }, own);
  if (secrets === null) return ended('garbage');
  const agreement = { partner, pairId: secrets.pairId, beatKey: secrets.beatKey };
  return { state: { phase: 'awaits-proof', secrets, agreement }, effects: [send({ kind: 'answer', ...own })] };
}

function ended(outcome: Outcome): Transition<HostState> {
  return { state: { phase: 'over' }, effects: [over(outcome)] };
}

function refuse(reason: RefusalReason, outcome: Outcome): Transition<HostState> {
  const effects: RunEffect[] = [send({ kind: 'refused', reason }), over(outcome)];
  return { state: { phase: 'over' }, effects };
}

function isMessage<Kind extends PairMessage['kind']>(input: RunInput, kind: Kind): input is { kind: 'message'; message: Extract<PairMessage, { kind: Kind }> } {
  return input.kind === 'message' && input.message.kind === kind;
}
