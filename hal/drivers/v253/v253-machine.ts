import { isOffHook, newCall, offHookStep } from './off-hook.ts';
import { type ModemWays, stay, tell, type V253Effect, type V253Input, type V253State, type V253Step } from './v253-state.ts';

/** Modems tell of a burst of ringing once, somewhere in it; it counts as over after so long. */
const ringMs = 2000;
/** The longest pause between two bursts of one call, with room. */
const pauseMs = 6000;
/** Between attempts to get back a modem that did not answer three times. */
const retryMs = 30_000;
/** Rungs of the ladder before the alarm: ask and reset; open anew, which drops DTR, ask and reset. */
const rungsBeforeAlarm = 2;
const checkMs = 5000;
const seizeMs = 10_000;

/** The life of a line on a voice modem. Pure and total: an input that means nothing in a state changes nothing. */
export function v253Step(state: V253State, input: V253Input, ways: ModemWays): V253Step {
  if (state.name === 'lost') return stay(state);
  if (input.type === 'unplugged') return { state: { name: 'lost' }, effects: [{ type: 'audio', mode: 'off' }, { type: 'lose', id: 'connection-lost', text: input.text }] };
  if (isOffHook(state)) return offHookStep(state, input, ways);
  switch (state.name) {
    case 'preparing':
      return preparing(state, input);
    case 'idle':
    case 'ringing':
      return onHook(state, input, ways);
    case 'checking':
      return checking(state, input, ways);
    case 'hanging-up':
      return hangingUp(state, input);
  }
}

function preparing(state: V253State & { name: 'preparing' }, input: V253Input): V253Step {
  switch (input.type) {
    case 'prepared':
      return { state: { name: 'idle' }, effects: [...(state.released ? [tell({ type: 'on-hook' })] : []), ...(state.alarmed ? [tell({ type: 'clear' })] : [])] };
    case 'not-prepared':
      return notPrepared(state, input.text);
    case 'release':
      return stay({ ...state, released: true });
    case 'retry':
      return { state, effects: [{ type: 'prepare', reopen: true }] };
    default:
      return stay(state);
  }
}

function notPrepared(state: V253State & { name: 'preparing' }, text: string): V253Step {
  const attempt = state.attempt + 1;
  if (attempt < rungsBeforeAlarm) return { state: { ...state, attempt }, effects: [{ type: 'prepare', reopen: true }] };
  return { state: { ...state, attempt, alarmed: true }, effects: [...(state.alarmed ? [] : [tell({ type: 'alarm', text })]), { type: 'timer', timer: 'retry', ms: retryMs }] };
}

function onHook(state: V253State & { name: 'idle' | 'ringing' }, input: V253Input, ways: ModemWays): V253Step {
  const burst = state.name === 'ringing' && state.burst;
  switch (input.type) {
    case 'ring':
      return rung(burst, { name: 'ringing', burst: true });
    case 'code':
      return input.code === 'R' ? rung(burst, { name: 'ringing', burst: true }) : stay(state);
    case 'ring-over':
      return burst ? { state: { name: 'ringing', burst: false }, effects: burstOver } : stay(state);
    case 'call-over':
      return burst ? stay(state) : stay({ name: 'idle' });
    case 'caller-id':
      return { state, effects: [tell(input)] };
    case 'seize':
      return seize(state.name === 'ringing', burst, ways);
    case 'check':
      return state.name === 'ringing' ? stay(state) : { state: { name: 'checking', ringing: false, burst: false, seized: false }, effects: [{ type: 'ask', command: 'AT', limitMs: checkMs }] };
    default:
      return stay(state);
  }
}

const rung = (already: boolean, state: V253State): V253Step => {
  const over: V253Effect = { type: 'timer', timer: 'ring-over', ms: ringMs };
  return { state, effects: already ? [over] : [tell({ type: 'ring-started' }), over] };
};

const burstOver: readonly V253Effect[] = [tell({ type: 'ring-stopped' }), { type: 'timer', timer: 'call-over', ms: pauseMs }];

function seize(answered: boolean, burst: boolean, { profile }: ModemWays): V253Step {
  return { state: { name: 'seizing', call: newCall(answered, burst) }, effects: [{ type: 'ask', command: `AT${profile.offHook}`, limitMs: seizeMs }] };
}

function checking(state: V253State & { name: 'checking' }, input: V253Input, ways: ModemWays): V253Step {
  switch (input.type) {
    case 'seize':
      return stay({ ...state, seized: true });
    case 'release':
      return stay({ ...state, seized: false });
    case 'ring':
      return rung(state.burst, { ...state, ringing: true, burst: true });
    case 'code':
      return input.code === 'R' ? rung(state.burst, { ...state, ringing: true, burst: true }) : stay(state);
    case 'caller-id':
      return { state, effects: [tell(input)] };
    case 'ring-over':
      return state.burst ? { state: { ...state, burst: false }, effects: burstOver } : stay(state);
    case 'reply':
      if (input.reply.result === 'timed-out') return unanswered(state);
      if (state.seized) return seize(state.ringing, state.burst, ways);
      return stay(state.ringing ? { name: 'ringing', burst: state.burst } : { name: 'idle' });
    default:
      return stay(state);
  }
}

const unanswered = ({ seized, burst }: V253State & { name: 'checking' }): V253Step => ({
  state: { name: 'preparing', attempt: 0, alarmed: false, released: seized },
  effects: [...(burst ? [tell({ type: 'ring-stopped' })] : []), { type: 'prepare', reopen: false }],
});

function hangingUp(state: V253State & { name: 'hanging-up' }, input: V253Input): V253Step {
  if (input.type === 'prepared') return { state: { name: 'idle' }, effects: [tell({ type: 'on-hook' })] };
  if (input.type !== 'not-prepared') return stay(state);
  return { state: { name: 'preparing', attempt: 0, alarmed: false, released: true }, effects: [{ type: 'prepare', reopen: false }] };
}
