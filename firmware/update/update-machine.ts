import { readingFault } from './bundle-verdict.ts';
import { answered, ended, moved, no, running, tell, tried, withOutcome } from './update-moves.ts';
import { gaveUp, startedMove } from './update-start.ts';
import type { SlotVersion, UpdateEffect, UpdateInput, UpdateMove, UpdateRecord, UpdateState, UpdateTimer } from './update-state.ts';
import { compareVersions, isVersion } from './version-order.ts';

/** Percents are told to the log in such steps. */
const toldEvery = 25;

/**
 * How a firmware is replaced. What is not drawn changes nothing; an order that cannot be followed is answered with the reason.
 *
 *   idle ─ order ─> fetching ─> checking ─> installing ─> waiting ─ no call, or `now` ─> restarting ═> proving ─ own call answered ─> idle
 *     └──────────── refused, failed, cancelled <──┘            └─ a partner serves first: leaving ─┘      └─ not in time ─> going-back ═> idle
 *
 * ═> is a restart of the machine: `update-start.ts` finds out what became of it.
 */
export function updateStep(state: UpdateState, input: UpdateInput): UpdateMove {
  switch (input.type) {
    case 'started':
      return startedMove(state, input.slots, input.nowMs);
    case 'order':
      return ordered(state, input);
    case 'fetch-progress':
      return state.phase === 'fetching' ? moved({ ...state, percent: input.percent }) : moved(state);
    case 'fetched':
      return state.phase === 'fetching' && state.order !== null ? moved({ ...state, phase: 'checking', percent: 0 }, { type: 'check', order: state.order }) : moved(state);
    case 'checked':
      return checked(state, input);
    case 'refused':
      return refused(state, input);
    case 'progress':
      return progress(state, input.percent);
    case 'installed':
      return installed(state);
    case 'install-failed':
      return installFailed(state, input.reason, input.nowMs);
    case 'look':
      return look(state, input);
    case 'timer':
      return expired(state, input.timer);
    case 'now':
      return now(state);
    case 'cancel':
      return cancelled(state, input.by, input.nowMs);
    case 'restart-failed':
      return restartFailed(state, input.reason);
    case 'proved':
      return proved(state, input.nowMs);
    case 'not-proved':
      return state.phase === 'proving' ? moved({ ...state, doubt: input.reason }) : moved(state);
  }
}

/** The waits that a state asks for; one whose key changes starts anew. */
export function updateTimers(state: UpdateState): Partial<Record<UpdateTimer, string>> {
  if (state.phase === 'leaving') return { leave: 'partner' };
  if (state.phase !== 'proving') return {};
  return tried(state) ? { trial: state.record.bootId } : { unproved: 'start' };
}

const busyWith: Readonly<Record<Exclude<UpdateState['phase'], 'idle' | 'proving'>, string>> = {
  fetching: 'an update is being fetched', checking: 'an update is being checked', installing: 'an update is being installed',
  waiting: 'an update is installed and waits for the restart: update now, or update cancel', leaving: 'an update is installed and the unit is about to restart',
  restarting: 'the unit is about to restart', 'going-back': 'the unit goes back to the version before',
};

function ordered(state: UpdateState, { order, slots }: Extract<UpdateInput, { type: 'order' }>): UpdateMove {
  if (state.phase === 'proving') return no(state, 'this version has not proved itself yet: it must answer a call of its own first');
  if (state.phase !== 'idle') return no(state, busyWith[state.phase]);
  if (slots === null) return no(state, 'this machine has no firmware slots');
  const begun = { ...state, slots, order, percent: 0, doubt: null };
  if (order.kind === 'slot') return back(begun, order.by);
  const told = tell('notice', 'update-ordered', `${order.by} wants the firmware of ${order.source} to be installed.`);
  if (order.kind === 'web') return answered(moved({ ...begun, phase: 'fetching' }, told, { type: 'fetch', order }), 'it is fetched, checked, and installed beside calls');
  return answered(moved({ ...begun, phase: 'checking' }, told, { type: 'check', order }), 'it is checked, and installed beside calls');
}

/** To what the other slot holds: as it was good once, it is only judged by what has changed since. */
function back(state: UpdateState, by: string): UpdateMove {
  const { slots, record, version } = state;
  const older = record.older;
  if (slots === null || older === null || older.slot !== slots.other.name || !slots.other.good) return no(state, 'the other slot holds no version that has proved itself');
  const fault = backFault(state, older);
  if (fault !== null) return no(state, fault);
  const next = { ...state, phase: 'waiting' as const, record: stepped(state, 'installed', { target: older, before: running(state) }) };
  const told = tell('notice', 'update-back', `${by} wants version ${older.version} back, in place of ${version}.`);
  return answered(moved(next, { type: 'keep', must: true }, { type: 'start-other' }, told), `version ${older.version} is taken at the next start${waitingFor(next)}`);
}

function backFault({ record: { floor, dataNeeds }, release }: UpdateState, older: SlotVersion): string | null {
  if (isVersion(older.version) && compareVersions(older.version, floor) < 0) return `version ${older.version} is older than ${floor}, below which nothing is started here any more`;
  return readingFault(older.version, older.release ?? { data: 0, dataFrom: 0 }, { dataNeeds, release });
}

function checked(state: UpdateState, { bundle, release, remark }: Extract<UpdateInput, { type: 'checked' }>): UpdateMove {
  const { order, slots } = state;
  if (state.phase !== 'checking' || order === null || slots === null) return moved(state);
  const target = { slot: slots.other.name, version: bundle.version, release };
  const record = { ...stepped(state, 'installing', { target, before: running(state) }), older: null };
  const text = `Version ${bundle.version} is good to be installed in slot ${target.slot}, beside version ${state.version}${remark === null ? '' : `; ${remark}`}.`;
  return moved({ ...state, phase: 'installing', percent: 0, record }, { type: 'keep', must: true }, tell('notice', 'update-checked', text), { type: 'install', order });
}

function refused(state: UpdateState, { version, reason, nowMs }: Extract<UpdateInput, { type: 'refused' }>): UpdateMove {
  if (state.phase !== 'fetching' && state.phase !== 'checking') return moved(state);
  const next = ended(state, { version, end: 'refused', reason, nowMs });
  return moved(next, tell('warning', 'update-refused', `The firmware of ${state.order?.source ?? ''} is refused, and nothing was changed: ${reason}.`), { type: 'clear' }, { type: 'keep', must: false });
}

function progress(state: UpdateState, percent: number): UpdateMove {
  if (state.phase !== 'installing') return moved(state);
  const steps = Math.floor(percent / toldEvery) > Math.floor(state.percent / toldEvery) && percent < 100;
  return moved({ ...state, percent }, ...(steps ? [tell('info', 'update-progress', `${percent} % of the firmware is installed.`)] : []));
}

function installed(state: UpdateState): UpdateMove {
  if (state.phase !== 'installing') return moved(state);
  const next: UpdateState = { ...state, phase: 'waiting', percent: 100, record: { ...state.record, step: 'installed' } };
  const text = `Version ${next.record.target?.version ?? ''} is installed in slot ${next.record.target?.slot ?? ''} and is tried at the next start${waitingFor(next)}.`;
  // Without the record the start would still know by the slot that something is tried.
  return moved(next, { type: 'keep', must: false }, { type: 'clear' }, tell('notice', 'update-installed', text));
}

function installFailed(state: UpdateState, reason: string, nowMs: number): UpdateMove {
  if (state.phase !== 'installing') return moved(state);
  const version = state.record.target?.version ?? '';
  return moved(ended(state, { version, end: 'failed', reason, nowMs }), { type: 'clear' }, { type: 'keep', must: false }, tell('error', 'update-failed', `Version ${version} could not be installed, and version ${state.version} goes on: ${reason}.`));
}

const waitingFor = ({ order }: UpdateState): string => (order?.restart === 'command' ? ', which waits for update now' : order?.restart === 'now' ? ', which comes at once' : ', as soon as no call is up');

function look(state: UpdateState, { calls, serves, partnerFit }: Extract<UpdateInput, { type: 'look' }>): UpdateMove {
  if (state.phase === 'waiting') {
    if (state.order?.restart === 'command') return moved(state);
    if (serves && partnerFit) return moved({ ...state, phase: 'leaving' }, { type: 'hand-over' });
    return calls === 0 || state.order?.restart === 'now' ? restarting(state) : moved(state);
  }
  if (state.phase !== 'leaving' || serves) return moved(state);
  // The partner has taken over: only the calls that stand are waited for, without a limit.
  return calls === 0 || state.order?.restart === 'now' ? restarting(state) : moved({ ...state, phase: 'waiting' });
}

function restarting(state: UpdateState): UpdateMove {
  const cause = `version ${state.record.target?.version ?? ''} is to be tried`;
  return moved({ ...state, phase: 'restarting' }, tell('notice', 'update-restart', `The machine restarts: ${cause}.`), { type: 'restart', cause });
}

/** An order to restart at once, given again, does no harm. */
function now(state: UpdateState): UpdateMove {
  const { order, phase } = state;
  if (phase === 'restarting') return no(state, busyWith[phase]);
  if ((phase !== 'waiting' && phase !== 'leaving') || order === null) return no(state, 'no update waits for a restart');
  return answered(moved({ ...state, order: { ...order, restart: 'now' } }), 'the machine restarts at once');
}

function cancelled(state: UpdateState, by: string, nowMs: number): UpdateMove {
  const version = state.record.target?.version ?? '';
  const told = tell('notice', 'update-cancelled', `${by} cancelled the update.`);
  const done = (...effects: UpdateEffect[]): UpdateMove => answered(moved(ended(state, { version, end: 'cancelled', reason: `${by} cancelled it`, nowMs }), ...effects, { type: 'keep', must: false }, told), 'the update is cancelled');
  switch (state.phase) {
    case 'fetching':
    case 'checking':
      return done({ type: 'abort' }, { type: 'clear' });
    case 'waiting':
      return done({ type: 'stay' });
    case 'installing':
      return no(state, 'what is being written cannot be broken off; cancel it when it is installed');
    case 'leaving':
    case 'restarting':
    case 'going-back':
      return no(state, busyWith[state.phase]);
    case 'proving':
    case 'idle':
      return no(state, 'no update is going on');
  }
}

function expired(state: UpdateState, timer: UpdateTimer): UpdateMove {
  if (timer === 'trial' && state.phase === 'proving' && tried(state)) return gaveUp(state, `no call of its own was answered in time: ${state.doubt ?? 'none was placed'}`);
  if (timer === 'unproved' && state.phase === 'proving') return moved(state, tell('alert', 'unproved', `The unit has not answered a call of its own since it started, so its firmware is not marked good, and the next start may take the other slot: ${state.doubt ?? 'none was placed'}.`));
  if (timer !== 'leave' || state.phase !== 'leaving') return moved(state);
  return moved({ ...state, phase: 'waiting', order: state.order === null ? null : { ...state.order, restart: 'command' } }, tell('warning', 'update-not-left', 'The partner did not take the service, so the restart into the new firmware waits for the command update now.'));
}

function restartFailed(state: UpdateState, reason: string): UpdateMove {
  if (state.phase !== 'restarting' && state.phase !== 'going-back') return moved(state);
  const told = tell('alert', 'update-restart-failed', `The machine could not be restarted for its firmware, somebody must do it: ${reason}.`);
  return state.phase === 'going-back' ? moved(state, told) : moved({ ...state, phase: 'waiting', order: state.order === null ? null : { ...state.order, restart: 'command' } }, told);
}

function proved(state: UpdateState, nowMs: number): UpdateMove {
  if (state.phase !== 'proving' || state.slots === null) return moved(state);
  const { record, version, release } = state;
  const wasTried = tried(state);
  const good = running(state);
  const older = wasTried ? record.before : record.older;
  const floor = compareVersions(release.floor, record.floor) > 0 ? release.floor : record.floor;
  const kept = { ...record, good, older, floor, dataNeeds: Math.max(record.dataNeeds, release.dataFrom), step: 'none' as const, target: null, before: null, reason: '', starts: 0 };
  const next: UpdateState = { ...state, phase: 'idle', order: null, percent: 0, doubt: null, slots: { ...state.slots, booted: { ...state.slots.booted, good: true } }, record: kept };
  const text = wasTried ? `Version ${version} answered a call of its own and is marked good; it was ${record.before?.version ?? 'another version'} before.` : `Slot ${good.slot} with version ${version} is marked good: it answered a call of its own.`;
  const whole = wasTried ? { ...next, record: withOutcome(kept, { atMs: nowMs, from: record.before?.version ?? '', version, end: 'good', reason: '' }) } : next;
  return moved(whole, { type: 'keep', must: false }, tell(wasTried ? 'notice' : 'info', 'marked-good', text));
}

const stepped = ({ record, slots }: UpdateState, step: UpdateRecord['step'], more: Pick<UpdateRecord, 'target' | 'before'>): UpdateRecord => ({ ...record, ...more, step, bootId: slots?.bootId ?? '', reason: '', starts: 0 });
