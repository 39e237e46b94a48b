import type { SlotStatus } from '../../hal/firmware-slots.ts';
import { ended, moved, tell, tried } from './update-moves.ts';
import type { UpdateMove, UpdateState } from './update-state.ts';

/** The program may end and be started again so often while its version is tried. */
export const mostStarts = 3;

/**
 * What has become of an update, by the slot that runs and what the disk says. A restart of the program alone keeps the machine's boot id.
 *
 *   the target runs, not good ──> proving              the slot before runs ── step installing ──> failed: it was interrupted
 *   the target runs, good ──────> it ended well                          └── installed, trying, failed ──> rolled back
 *   no record, but another slot than was good last ──> it is tried       └── installed, same boot id ──> the restart still waits
 */
export function startedMove(state: UpdateState, slots: SlotStatus | null, nowMs: number): UpdateMove {
  const known = { ...state, slots };
  if (slots === null) return moved({ ...known, phase: 'idle' });
  const found = withTarget(known, slots);
  if (tried(found)) return slots.booted.good ? endedWell(found, nowMs) : trying(found, slots);
  if (found.record.step === 'none') return proving(found, slots);
  return notTaken(found, slots, nowMs);
}

/** A record that was lost, or could not be written: what was good last tells that the boot loader has taken another. */
function withTarget(state: UpdateState, { booted, bootId }: SlotStatus): UpdateState {
  const { record } = state;
  const isStrange = record.step === 'none' && record.good !== null && record.good.slot !== booted.name && !booted.good;
  if (!isStrange) return state;
  return { ...state, record: { ...record, step: 'installed', target: { slot: booted.name, version: state.version, release: state.release }, before: record.good, bootId } };
}

function proving(state: UpdateState, { booted }: SlotStatus): UpdateMove {
  return booted.good ? moved({ ...state, phase: 'idle' }) : moved({ ...state, phase: 'proving' }, { type: 'prove' });
}

function trying(state: UpdateState, { bootId }: SlotStatus): UpdateMove {
  const { record, version } = state;
  if (record.step === 'failed') return goingBack(state);
  const starts = record.step === 'trying' && record.bootId === bootId ? record.starts + 1 : 1;
  const next: UpdateState = { ...state, phase: 'proving', record: { ...record, step: 'trying', bootId, starts } };
  if (starts > mostStarts) return gaveUp(next, `the program ended ${mostStarts} times while it was tried`);
  const told = tell('notice', 'update-tried', `Version ${version} is tried in slot ${record.target?.slot ?? ''}; it is marked good once it has answered a call of its own.`);
  // Without the record a fault that is found here is not remembered; the boot loader tries it once all the same.
  return moved(next, { type: 'keep', must: false }, told, { type: 'prove' });
}

/** The power failed between the mark and the record. */
function endedWell(state: UpdateState, nowMs: number): UpdateMove {
  const { record, version, release } = state;
  const next = ended(state, { version, from: record.before?.version ?? '', end: 'good', reason: '', nowMs });
  return moved({ ...next, record: { ...next.record, good: { slot: record.target?.slot ?? '', version, release }, older: record.before, dataNeeds: Math.max(record.dataNeeds, release.dataFrom) } }, { type: 'clear' }, { type: 'keep', must: false });
}

/** The tried version is given up: the reason is written down, and the machine restarts into the slot before. */
export function gaveUp(state: UpdateState, reason: string): UpdateMove {
  const next: UpdateState = { ...state, record: { ...state.record, step: 'failed', reason } };
  const { effects, ...move } = goingBack(next);
  return { ...move, effects: [tell('alert', 'update-given-up', `Version ${state.version} is given up: ${reason}. The machine restarts into version ${state.record.before?.version ?? 'before'}.`), ...effects] };
}

const goingBack = (state: UpdateState): UpdateMove => moved({ ...state, phase: 'going-back' }, { type: 'keep', must: false }, { type: 'mark-bad' }, { type: 'restart', cause: `version ${state.version} is given up: ${state.record.reason}` });

/** The slot runs that ran before. */
function notTaken(state: UpdateState, slots: SlotStatus, nowMs: number): UpdateMove {
  const { step, bootId, target, reason } = state.record;
  const version = target?.version ?? '';
  if (step === 'installed' && bootId === slots.bootId) {
    return moved({ ...state, phase: 'waiting', order: { kind: 'file', source: '', by: 'an earlier start of the program', restart: 'command' } }, tell('notice', 'update-waits', `Version ${version} is installed, and its restart waits for the command update now.`));
  }
  const interrupted = step === 'installing';
  const why = interrupted ? 'the unit was restarted while it was being written' : step === 'failed' ? reason : step === 'trying' ? 'it ended, hung or lost power before it had proved itself' : 'it did not come up';
  const next = ended(state, { version, end: interrupted ? 'failed' : 'rolled-back', reason: why, nowMs });
  const told = interrupted
    ? tell('warning', 'update-interrupted', `Version ${version} was not installed, and version ${state.version} goes on: ${why}.`)
    : tell('alert', 'update-rolled-back', `Version ${version} was tried, and version ${state.version} is back: ${why}.`);
  const then = proving(next, slots);
  return { ...then, effects: [{ type: 'clear' }, { type: 'keep', must: false }, told, ...then.effects] };
}
