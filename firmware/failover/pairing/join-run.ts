import { publicPoint, type Share } from './cpace.ts';
import { pairVersion, type PairMessage } from './pair-message.ts';
import { over, send, type Agreement, type Outcome, type RunFacts, type RunInput, type RunMachine, type Transition } from './pair-run.ts';
import { introduce, pairSecrets, pairSession, readIntroduction, sameMac, type PairSecrets } from './pair-secrets.ts';

/**
 * The end where the code was typed:
 *
 *   awaits-greeting ─> join ─> awaits-answer ── answer ─> proof ─> awaits-proof ── right proof ─> storing ── stored ─> paired
 *
 * An answer from who does not know the code gets one proof to test one guess with; then it takes a person to try again.
 */
export type JoinState =
  | { readonly phase: 'awaits-greeting' }
  | { readonly phase: 'awaits-answer'; readonly hostNonce: Uint8Array; readonly share: Share }
  | { readonly phase: 'awaits-proof' | 'storing'; readonly secrets: PairSecrets; readonly agreement: Agreement }
  | { readonly phase: 'over' };

type Greeting = Extract<PairMessage, { kind: 'greeting' }>;
type Answer = Extract<PairMessage, { kind: 'answer' }>;

export function joinRun(facts: RunFacts): RunMachine<JoinState> {
  return { start: { state: { phase: 'awaits-greeting' }, effects: [] }, step: (state, input) => step(facts, state, input) };
}

function step(facts: RunFacts, state: JoinState, input: RunInput): Transition<JoinState> {
  if (state.phase === 'over') return { state, effects: [] };
  if (state.phase === 'storing') return storing(state.secrets, state, input);
  if (input.kind === 'gone') return ended('lost');
  if (input.kind !== 'message') return ended('garbage');
  const { message } = input;
  if (message.kind === 'refused') return ended(message.reason);
  if (state.phase === 'awaits-greeting') return message.kind === 'greeting' ? greeting(facts, message) : ended('garbage');
  if (state.phase === 'awaits-answer') return message.kind === 'answer' ? answer(facts, state.hostNonce, state.share, message) : ended('garbage');
  if (message.kind !== 'proof') return ended('garbage');
  if (!sameMac(message.mac, state.secrets.hostProof)) return ended('impostor');
  return { state: { ...state, phase: 'storing' }, effects: [{ kind: 'store', agreement: state.agreement }] };
}

/** The other end has stored the pair: whether its connection still stands no longer matters. */
function storing(secrets: PairSecrets, state: JoinState, input: RunInput): Transition<JoinState> {
  if (input.kind === 'not-stored') return ended(input.reason);
  if (input.kind !== 'stored') return { state, effects: [] };
  return { state: { phase: 'over' }, effects: [send({ kind: 'stored', mac: secrets.joinerStored }), over('paired')] };
}

function greeting(facts: RunFacts, { version, nonce }: Greeting): Transition<JoinState> {
  if (version !== pairVersion) return ended('version');
  const session = pairSession(facts.code, facts.nonce, nonce, facts.purpose);
  const share = { point: publicPoint(session, facts.secret), associated: introduce(facts.own.certificate, facts.own.name) };
  return { state: { phase: 'awaits-answer', hostNonce: nonce, share }, effects: [send({ kind: 'join', nonce: facts.nonce, ...share })] };
}

function answer(facts: RunFacts, hostNonce: Uint8Array, share: Share, { point, associated }: Answer): Transition<JoinState> {
  const partner = readIntroduction(associated);
  if (partner === null) return ended('garbage');
  if (partner.fingerprint === facts.own.fingerprint) return ended('self');
  const secrets = pairSecrets(pairSession(facts.code, facts.nonce, hostNonce, facts.purpose), facts.secret, point, share, { point, associated });
  if (secrets === null) return ended('garbage');
  const agreement = { partner, pairId: secrets.pairId, beatKey: secrets.beatKey };
  return { state: { phase: 'awaits-proof', secrets, agreement }, effects: [send({ kind: 'proof', mac: secrets.joinerProof })] };
}

function ended(outcome: Outcome): Transition<JoinState> {
  return { state: { phase: 'over' }, effects: [over(outcome)] };
}
