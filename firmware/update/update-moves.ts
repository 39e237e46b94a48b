import { keptOutcomes, type SlotVersion, type UpdateEffect, type UpdateMove, type UpdateOutcome, type UpdateRecord, type UpdateState } from './update-state.ts';

export const moved = (state: UpdateState, ...effects: UpdateEffect[]): UpdateMove => ({ state, effects, answer: null });
export const answered = (move: UpdateMove, text: string): UpdateMove => ({ ...move, answer: { ok: true, text } });
export const no = (state: UpdateState, text: string): UpdateMove => ({ state, effects: [], answer: { ok: false, text } });

export const tell = (severity: Extract<UpdateEffect, { type: 'tell' }>['severity'], event: string, text: string): UpdateEffect => ({ type: 'tell', severity, event, text });

/** What runs now. */
export const running = ({ slots, version, release }: UpdateState): SlotVersion => ({ slot: slots?.booted.name ?? '', version, release });

/** The slot that is booted is being tried: it has not been marked good since it was written, or since it was asked for again. */
export const tried = ({ record, slots }: UpdateState): boolean => record.step !== 'none' && record.target !== null && record.target.slot === slots?.booted.name;

export const withOutcome = (record: UpdateRecord, outcome: UpdateOutcome): UpdateRecord => ({ ...record, outcomes: [outcome, ...record.outcomes].slice(0, keptOutcomes) });

/** No update goes on any more. */
export function ended(state: UpdateState, { version, end, reason, nowMs, from = state.version }: { version: string; end: UpdateOutcome['end']; reason: string; nowMs: number; from?: string }): UpdateState {
  const record = { ...state.record, step: 'none' as const, target: null, before: null, reason: '', starts: 0 };
  return { ...state, phase: 'idle', order: null, percent: 0, record: withOutcome(record, { atMs: nowMs, from, version, end, reason }) };
}
