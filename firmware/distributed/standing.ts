/**
 * Where a distributed unit stands towards its central one:
 *
 *   following ── nothing heard for long enough ──> alone
 *   alone ── heard ──> returning ── heard for returnSec, and all messages there (or a minute later) ──> following
 *   returning ── nothing heard for long enough ──> alone
 *
 * following: owners collect at the central unit, which lights the lamps. alone: they collect here what this unit holds, and it
 * lights the lamps of that. returning: they still collect here, while messages go to the central unit, which lights the lamps.
 */
export type StandingName = 'following' | 'alone' | 'returning';

export interface Standing {
  readonly name: StandingName;
  /** The central unit answers now. */
  readonly there: boolean;
  /** Messages that are not at the central unit yet. */
  readonly waiting: number;
  /** A PBX of this unit answers; null = none is watched. Tells, for the log, a central unit that is away from a unit that is cut off. */
  readonly pbx: boolean | null;
  /** Returning: it has answered for long enough. */
  readonly settled: boolean;
}

/** away: since the last answer. settled: since it was heard again, or another one was. patience: for messages that do not leave. */
export type StandingTimer = 'away' | 'settled' | 'patience';

export type StandingInput =
  | { readonly type: 'found' }
  /** `silentMs`: since it answered last. */
  | { readonly type: 'lost'; readonly silentMs: number; readonly why: string }
  | { readonly type: 'timer'; readonly timer: StandingTimer }
  | { readonly type: 'waiting'; readonly messages: number }
  | { readonly type: 'pbx'; readonly answers: boolean | null };

export type StandingEffect =
  | { readonly type: 'arm'; readonly timer: StandingTimer; readonly ms: number }
  | { readonly type: 'cancel'; readonly timer: StandingTimer }
  /** It stands otherwise from now on. `cause` completes "because ...". */
  | { readonly type: 'changed'; readonly from: StandingName; readonly to: StandingName; readonly cause: string };

export interface StandingTimes {
  readonly awayMs: number;
  readonly returnMs: number;
}

export interface StandingStep {
  readonly state: Standing;
  readonly effects: readonly StandingEffect[];
}

/** A message that cannot leave (damaged, its mailbox unknown there) keeps owners from the central unit for so long at most. */
export const patienceMs = 60_000;

/** At the start the central unit is given the same time to answer as when it falls silent. */
export const firstStanding = (times: StandingTimes): StandingStep => ({
  state: { name: 'following', there: false, waiting: 0, pbx: null, settled: false },
  effects: [{ type: 'arm', timer: 'away', ms: times.awayMs }],
});

/** Owners are served here. */
export const collectsHere = ({ name }: Standing): boolean => name !== 'following';

/** The lamps of what this unit holds are told by it. */
export const lampsHere = ({ name }: Standing): boolean => name === 'alone';

/** Pure and total: an input that means nothing in a state changes nothing. */
export function standingStep(times: StandingTimes, state: Standing, input: StandingInput): StandingStep {
  switch (input.type) {
    case 'pbx':
      return same({ ...state, pbx: input.answers });
    case 'waiting':
      return waiting({ ...state, waiting: input.messages });
    case 'found':
      return found(times, { ...state, there: true });
    case 'lost':
      return lost(times, { ...state, there: false }, input.silentMs, input.why);
    case 'timer':
      return due(state, input.timer);
  }
}

function found({ returnMs }: StandingTimes, state: Standing): StandingStep {
  if (state.name === 'following') return { state, effects: [{ type: 'cancel', timer: 'away' }] };
  const settle: StandingEffect = { type: 'arm', timer: 'settled', ms: returnMs };
  if (state.name === 'returning') return { state: { ...state, settled: false }, effects: [{ type: 'cancel', timer: 'away' }, settle] };
  return become({ ...state, settled: false }, 'returning', 'the central unit answers again', [settle]);
}

/** A central unit that hands over to its backup is not away: both are given the time. */
function lost({ awayMs }: StandingTimes, state: Standing, silentMs: number, why: string): StandingStep {
  if (state.name === 'alone') return same(state);
  const stops: readonly StandingEffect[] = state.name === 'returning' ? [{ type: 'cancel', timer: 'settled' }, { type: 'cancel', timer: 'patience' }] : [];
  if (silentMs >= awayMs) return become(state, 'alone', why, [...stops, { type: 'cancel', timer: 'away' }]);
  return { state: { ...state, settled: false }, effects: [...stops, { type: 'arm', timer: 'away', ms: awayMs - silentMs }] };
}

function due(state: Standing, timer: StandingTimer): StandingStep {
  if (timer === 'away' && state.name !== 'alone' && !state.there) return become(state, 'alone', awayCause(state), []);
  if (state.name !== 'returning' || !state.there) return same(state);
  if (timer === 'patience' && state.settled) return become(state, 'following', `the central unit is back, though ${state.waiting} messages could not leave yet`, []);
  if (timer !== 'settled') return same(state);
  if (state.waiting === 0) return become({ ...state, settled: true }, 'following', isBack, []);
  return { state: { ...state, settled: true }, effects: [{ type: 'arm', timer: 'patience', ms: patienceMs }] };
}

function waiting(state: Standing): StandingStep {
  if (state.name !== 'returning' || !state.there || !state.settled || state.waiting > 0) return same(state);
  return become(state, 'following', isBack, [{ type: 'cancel', timer: 'patience' }]);
}

const isBack = 'the central unit is back and has all messages';

const awayCause = ({ pbx }: Standing): string =>
  pbx === false ? 'neither the central unit nor a PBX answers: this unit is cut off' : 'the central unit does not answer';

const same = (state: Standing): StandingStep => ({ state, effects: [] });

const become = (state: Standing, to: StandingName, cause: string, effects: readonly StandingEffect[]): StandingStep => ({
  state: { ...state, name: to },
  effects: [...effects, { type: 'changed', from: state.name, to, cause }],
});
