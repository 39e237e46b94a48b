import type { BundleFacts, SlotStatus } from '../../hal/firmware-slots.ts';
import type { Severity } from '../log.ts';
import type { ReleaseFacts } from './release-facts.ts';

export type UpdatePhase =
  | 'idle'
  /** A bundle is on its way here. */
  | 'fetching'
  /** It is looked at: signature, board, version, formats. Nothing has been written. */
  | 'checking'
  /** It goes into the other slot. */
  | 'installing'
  /** It is installed, and the restart waits: for calls to end, or for a command. */
  | 'waiting'
  /** The partner was asked to serve. */
  | 'leaving'
  | 'restarting'
  /** This slot has not been marked good since the machine started: a call of the unit's own must be answered first. */
  | 'proving'
  /** It was not, and the machine restarts into the slot before. */
  | 'going-back';

/** Who wants what. */
export interface UpdateOrder {
  /** 'slot' = back to what the other slot holds. */
  readonly kind: 'file' | 'web' | 'slot';
  /** As it was given: a path or a URL. */
  readonly source: string;
  readonly by: string;
  /** 'idle': when no call is up. 'now': calls are ended. 'command': when somebody says so. */
  readonly restart: 'idle' | 'now' | 'command';
}

/** A version in a slot. `release` null = what it says of itself is not known here. */
export interface SlotVersion {
  readonly slot: string;
  readonly version: string;
  readonly release: ReleaseFacts | null;
}

export interface UpdateOutcome {
  readonly atMs: number;
  readonly from: string;
  /** '' = it did not come to be known. */
  readonly version: string;
  readonly end: 'good' | 'rolled-back' | 'refused' | 'failed' | 'cancelled';
  /** A sentence without its full stop; '' where `end` says all. */
  readonly reason: string;
}

/** How far an update has come, as the disk has it: what a start finds tells what happened meanwhile. */
export type UpdateStep = 'none' | 'installing' | 'installed' | 'trying' | 'failed';

/** The durable part. */
export interface UpdateRecord {
  readonly step: UpdateStep;
  readonly target: SlotVersion | null;
  readonly before: SlotVersion | null;
  /** The start of the machine in which `step` was written. */
  readonly bootId: string;
  /** Why a tried version is given up. */
  readonly reason: string;
  /** Starts of the program while a version is tried. */
  readonly starts: number;
  /** What was last marked good. */
  readonly good: SlotVersion | null;
  /** What was good before it, if its slot still has it. */
  readonly older: SlotVersion | null;
  readonly floor: string;
  readonly dataNeeds: number;
  /** Newest first. */
  readonly outcomes: readonly UpdateOutcome[];
}

export const keptOutcomes = 16;

export interface UpdateState {
  readonly phase: UpdatePhase;
  readonly record: UpdateRecord;
  readonly slots: SlotStatus | null;
  /** The running version. */
  readonly version: string;
  readonly release: ReleaseFacts;
  readonly order: UpdateOrder | null;
  readonly percent: number;
  /** The newest failed try of a proof; null = there was none. */
  readonly doubt: string | null;
}

export type UpdateInput =
  /** The unit has started. `slots` null: the machine has none. */
  | { readonly type: 'started'; readonly slots: SlotStatus | null; readonly nowMs: number }
  | { readonly type: 'order'; readonly order: UpdateOrder; readonly slots: SlotStatus | null }
  | { readonly type: 'fetch-progress'; readonly percent: number }
  | { readonly type: 'fetched' }
  /** It may be installed. `remark`: a sentence for whoever asked; null = nothing is remarkable. */
  | { readonly type: 'checked'; readonly bundle: BundleFacts; readonly release: ReleaseFacts; readonly remark: string | null; readonly nowMs: number }
  /** `version`: '' = it did not come to be known. `reason`: a sentence without its full stop. */
  | { readonly type: 'refused'; readonly version: string; readonly reason: string; readonly nowMs: number }
  | { readonly type: 'progress'; readonly percent: number }
  | { readonly type: 'installed'; readonly nowMs: number }
  | { readonly type: 'install-failed'; readonly reason: string; readonly nowMs: number }
  /** Once a second while the restart waits. */
  | { readonly type: 'look'; readonly calls: number; readonly serves: boolean; readonly partnerFit: boolean }
  | { readonly type: 'timer'; readonly timer: UpdateTimer; readonly nowMs: number }
  | { readonly type: 'now' }
  | { readonly type: 'cancel'; readonly by: string; readonly nowMs: number }
  | { readonly type: 'restart-failed'; readonly reason: string }
  /** The own call was answered and heard, and the slot is marked good. */
  | { readonly type: 'proved'; readonly nowMs: number }
  | { readonly type: 'not-proved'; readonly reason: string };

export type UpdateTimer =
  /** A tried version has so long to prove itself. */
  | 'trial'
  /** A slot that is not tried is not proved for a long time: somebody should know. */
  | 'unproved'
  /** The partner has so long to take the service. */
  | 'leave';

export type UpdateEffect =
  | { readonly type: 'fetch'; readonly order: UpdateOrder }
  | { readonly type: 'check'; readonly order: UpdateOrder }
  /** The record is made durable before what follows; `must`: what follows does not happen without. */
  | { readonly type: 'keep'; readonly must: boolean }
  | { readonly type: 'install'; readonly order: UpdateOrder }
  | { readonly type: 'start-other' }
  /** The next start takes the booted slot again. */
  | { readonly type: 'stay' }
  /** What was fetched goes. */
  | { readonly type: 'clear' }
  | { readonly type: 'hand-over' }
  | { readonly type: 'restart'; readonly cause: string }
  /** Own calls, until `proved`. */
  | { readonly type: 'prove' }
  | { readonly type: 'mark-bad' }
  | { readonly type: 'abort' }
  | { readonly type: 'tell'; readonly severity: Severity; readonly event: string; readonly text: string };

/** To an order. `text`: a sentence without its full stop. */
export interface UpdateAnswer {
  readonly ok: boolean;
  readonly text: string;
}

export interface UpdateMove {
  readonly state: UpdateState;
  readonly effects: readonly UpdateEffect[];
  /** For whoever gave an order; null for other inputs. */
  readonly answer: UpdateAnswer | null;
}

export const freshRecord = (floor: string, dataNeeds: number): UpdateRecord => ({
  step: 'none', target: null, before: null, bootId: '', reason: '', starts: 0, good: null, older: null, floor, dataNeeds, outcomes: [],
});
