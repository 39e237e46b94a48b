import type { LedPattern } from './led-patterns.ts';

/** What the unit knows of itself, as far as it shows outside. */
export interface SignalFacts {
  readonly phase: 'starting' | 'serving' | 'standby' | 'stopping';
  readonly health: 'well' | 'ill' | 'past-help';
  /** null = it stands alone. */
  readonly partnerHeard: boolean | null;
  /** null = no PBX is watched. */
  readonly pbxHeard: boolean | null;
  readonly newMessages: number;
  /** Alarm contacts that are closed. */
  readonly contactsClosed: number;
  /** An emergency telephone is in a call on the lines, or an emergency call goes through this unit. */
  readonly emergencyCall: boolean;
}

export interface Signals {
  readonly status: LedPattern;
  readonly link: LedPattern;
  readonly message: LedPattern;
  readonly alarmOut: boolean;
  /** Held: the unit has the lines. */
  readonly transferRelay: boolean;
}

/** What a unit shows that has not looked at itself: nothing is lit, and the relay is dropped. */
export const darkSignals: Signals = { status: 'off', link: 'off', message: 'off', alarmOut: false, transferRelay: false };

/** What is shown from now on. Pure. */
export function signalStep(before: Signals, facts: SignalFacts): Signals {
  return {
    status: statusOf(facts),
    link: linkOf(facts),
    message: facts.newMessages > 0 ? 'slow' : 'off',
    alarmOut: facts.health !== 'well' || facts.contactsClosed > 0,
    transferRelay: holdsLines(before.transferRelay, facts),
  };
}

function statusOf({ phase, health }: SignalFacts): LedPattern {
  if (phase === 'starting' || phase === 'stopping') return 'fast';
  if (health !== 'well') return health === 'ill' ? 'slow' : 'double';
  return phase === 'serving' ? 'on' : 'flash';
}

function linkOf({ partnerHeard, pbxHeard }: SignalFacts): LedPattern {
  const known = [partnerHeard, pbxHeard].filter((heard) => heard !== null);
  if (known.length === 0) return 'off';
  if (known.every((heard) => heard)) return 'on';
  return known.some((heard) => heard) ? 'slow' : 'fast';
}

/** The lines are the unit's only while it is well, and nobody's call is cut by moving them: neither away nor back. */
function holdsLines(held: boolean, { phase, health, emergencyCall }: SignalFacts): boolean {
  if (emergencyCall) return held;
  return (phase === 'serving' || phase === 'standby') && health !== 'past-help';
}
