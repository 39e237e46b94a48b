import type { ProgramEnd, StartFacts } from '../../hal/machine-start.ts';
import type { Severity } from '../log.ts';
import type { StopNote } from './stop-note.ts';

export type RestartKind = 'first-start' | 'factory-reset' | 'asked' | 'power' | 'watchdog' | 'stuck' | 'kernel-panic' | 'crash' | 'memory' | 'gave-up' | 'unknown';

/** Why the unit was started this time. `text`: a sentence without its full stop. */
export interface RestartCause {
  readonly kind: RestartKind;
  readonly text: string;
}

/** What was there before any verdict: the note of the last run, what the machine says, and whether this start wiped the data. */
export interface RestartEvidence {
  readonly note: StopNote | null;
  readonly facts: StartFacts;
  readonly wiped: boolean;
}

/**
 * The strongest evidence first: what only one cause leaves behind, then what the last run itself noted, then what is left when nobody says
 * anything. A machine without a watchdog device that remembers cannot tell its bite from a power cut, unless its parent told before.
 */
export function restartCause({ note, facts, wiped }: RestartEvidence): RestartCause {
  if (wiped || facts.wiped) return { kind: 'factory-reset', text: 'the unit was reset to how it came' };
  if (note !== null && note.bootId === facts.bootId && facts.bootId !== '') return sameMachineRun(note, facts.ended);
  if (facts.panic !== null) return { kind: 'kernel-panic', text: `the kernel crashed: ${facts.panic}` };
  if (facts.ended?.kind === 'stuck') return { kind: 'stuck', text: 'the program hung, and its parent let the watchdog restart the machine' };
  if (facts.ended?.kind === 'gave-up') return { kind: 'gave-up', text: 'the program ended again and again, and its parent let the watchdog restart the machine' };
  if (note?.planned?.machine === true) return { kind: 'asked', text: `the machine was restarted because ${note.planned.why}` };
  if (facts.watchdogFired) return { kind: 'watchdog', text: 'the watchdog device restarted the machine, which did not feed it' };
  if (facts.otherReset !== null) return { kind: 'power', text: `the hardware restarted the machine for ${facts.otherReset}` };
  if (note === null) return { kind: 'first-start', text: 'this is the first start on this data' };
  if (facts.bootId === '' && note.planned === null) return { kind: 'unknown', text: 'nobody knows: the last run ended without a word' };
  if (note.planned !== null) return { kind: 'asked', text: `the unit had ended in good order because ${note.planned.why}` };
  return { kind: 'power', text: 'power was lost, or the machine was reset from outside' };
}

/** Only the program was started anew. */
function sameMachineRun(note: StopNote, ended: ProgramEnd | null): RestartCause {
  const failed = failure(ended);
  if (failed !== null && !(note.planned !== null && isOrderly(ended))) return failed;
  if (note.planned !== null) return { kind: 'asked', text: `it ended in good order because ${note.planned.why}` };
  return { kind: 'crash', text: 'the program ended without a word: it crashed, or was killed' };
}

const isOrderly = (ended: ProgramEnd | null): boolean => ended?.kind === 'exit' && (ended.code === 0 || ended.code === 80);

function failure(ended: ProgramEnd | null): RestartCause | null {
  if (ended === null) return null;
  if (ended.kind === 'memory') return { kind: 'memory', text: 'the kernel ended the program, which held more memory than its limit' };
  if (ended.kind === 'signal') return { kind: 'crash', text: `the program was ended by signal ${ended.signal}` };
  if (ended.kind === 'exit') return { kind: 'crash', text: `the program ended with exit code ${ended.code}` };
  return { kind: 'stuck', text: 'the program hung' };
}

const severities: Partial<Record<RestartKind, Severity>> = { 'first-start': 'notice', 'factory-reset': 'notice', asked: 'notice', power: 'warning', unknown: 'warning' };

/** What nobody asked for and no power cut explains is an alert. */
export const restartSeverity = ({ kind }: RestartCause): Severity => severities[kind] ?? 'alert';
