import { awaitResult, type CallStep, dialSteps, flashSteps } from './dial-steps.ts';
import { heardCode } from './event-codes.ts';
import { type Call, type ModemWays, mostSteps, stay, tell, type V253Effect, type V253Input, type V253State, type V253Step, type VoiceMode } from './v253-state.ts';

export type OffHook = Extract<V253State, { readonly call: Call }>;

const enterMs = 5000;
const leaveMs = 5000;
/** The loop moves when we take the line, and when we flash. */
const guardMs = 1000;
/** A modem that leaves its voice state more often in one call is of no use. */
const mostRestarts = 10;
const commands: Readonly<Record<VoiceMode, string>> = { transmit: 'AT+VTX', receive: 'AT+VRX', duplex: 'AT+VTR' };

export const isOffHook = (state: V253State): state is OffHook => 'call' in state;

const isVoice = (state: OffHook): state is Extract<OffHook, { readonly name: VoiceMode }> => state.name === 'transmit' || state.name === 'receive' || state.name === 'duplex';

export const newCall = (answered: boolean, ringing: boolean): Call => ({ answered, ringing, dialled: false, steps: [], released: false, toSend: false, gone: false, guarded: true, reversed: false, burst: null, restarts: 0 });

/** Off-hook: the modem is in the command state between voice states, and each of the acts needs it there. */
export function offHookStep(state: OffHook, input: V253Input, ways: ModemWays): V253Step {
  const { call } = state;
  switch (input.type) {
    case 'reply':
      return replied(state, input.reply.result, ways);
    case 'release':
      return release(state, { ...call, released: true, steps: state.name === 'command' ? call.steps.slice(0, 1) : [] }, ways);
    case 'dial':
      return add(state, dialSteps(input.digits, input.how, ways.profile, !call.answered && !call.dialled), { dialled: true });
    case 'flash':
      return add(state, flashSteps(ways.profile.flash), { guarded: true });
    case 'frames-waiting':
      return framesWaiting(state, { ...call, toSend: true });
    case 'frames-ran-out':
      return state.name === 'transmit' ? leave(state, { ...call, toSend: false }) : stay({ ...state, call: { ...call, toSend: false } });
    case 'code':
      return heardCode(state, input.code, ways);
    case 'end':
      return state.name === 'receive' || state.name === 'duplex' ? leftByItself(state) : stay(state);
    case 'unsolicited':
      return unsolicited(state, input.result);
    case 'stalled':
      return isVoice(state) ? fail(state, 'the modem stands still in the middle of a call') : stay(state);
    case 'ring':
      return state.name === 'seizing' && !call.answered ? { state: { ...state, call: { ...call, answered: true, ringing: true } }, effects: [tell({ type: 'ring-started' })] } : stay(state);
    case 'guard-over':
      return stay({ ...state, call: { ...call, guarded: false } });
    case 'pause-over':
      return state.name === 'command' && call.steps[0]?.type === 'pause' ? next({ ...call, steps: call.steps.slice(1) }, ways) : stay(state);
    case 'caller-id':
      return { state, effects: [tell(input)] };
    default:
      return stay(state);
  }
}

/** Half duplex. On the way to another voice state the clock may wait for it; while something is dialled it may not. */
function framesWaiting(state: OffHook, call: Call): V253Step {
  if (state.name === 'receive') return leave(state, call);
  return { state: { ...state, call }, effects: state.name === 'leaving' || state.name === 'entering' ? [{ type: 'audio', mode: 'turning' }] : [] };
}

/** A pause is cut short, and a call that is being set up is broken off by any character (V.250 clause 5.6.1). */
function release(state: OffHook, call: Call, ways: ModemWays): V253Step {
  const [step] = call.steps;
  if (state.name !== 'command') return act(state, call);
  if (step?.type === 'pause') return next(call, ways);
  return { state: { ...state, call }, effects: step?.type === 'ask' && step.command.startsWith('ATD') ? [{ type: 'break-off' }] : [] };
}

/** Something is to be done that the command state is needed for. */
function act(state: OffHook, call: Call): V253Step {
  return isVoice(state) ? leave(state, call) : stay({ ...state, call });
}

function add(state: OffHook, steps: readonly CallStep[], change: Partial<Call>): V253Step {
  const { call } = state;
  if (steps.length === 0 || call.steps.length + steps.length > mostSteps) return stay(state);
  return act(state, { ...call, ...change, steps: [...call.steps, ...steps] });
}

function leave(state: Extract<OffHook, { readonly name: VoiceMode }>, call: Call): V253Step {
  const how = state.name === 'transmit' && !call.released ? 'played' : state.name;
  return { state: { name: 'leaving', call, mode: state.name }, effects: [{ type: 'leave', how, limitMs: leaveMs }, { type: 'audio', mode: call.toSend ? 'turning' : 'quiet' }] };
}

function replied(state: OffHook, result: string, ways: ModemWays): V253Step {
  if (result === 'timed-out') return fail(state, 'the modem does not answer');
  switch (state.name) {
    case 'seizing':
      return seized(state, result, ways);
    case 'entering':
      return entered(state, result, ways);
    case 'leaving':
      return next(state.call, ways);
    case 'command':
      return stepDone(state, result, ways);
    default:
      return stay(state);
  }
}

function seized(state: OffHook, result: string, ways: ModemWays): V253Step {
  if (isRefusal(result)) return fail(state, `the modem does not go off-hook: ${result}`);
  const { state: to, effects } = next({ ...state.call, ringing: false }, ways);
  const stopped = state.call.ringing ? [tell({ type: 'ring-stopped' })] : [];
  return { state: to, effects: [...stopped, tell({ type: 'off-hook' }), { type: 'timer', timer: 'guard-over', ms: guardMs }, ...effects] };
}

function entered(state: OffHook & { readonly name: 'entering' }, result: string, ways: ModemWays): V253Step {
  const { mode, call } = state;
  if (farEndWent(result) && call.restarts < mostRestarts) return wentWhileEntering(call, result, ways);
  if (result !== 'CONNECT') return mode === 'duplex' ? refusesDuplex(result) : fail(state, `the modem refuses ${commands[mode]}: ${result}`);
  const voice = { name: mode, call } as const;
  const wanted = call.released || call.steps.length > 0 || (mode === 'receive' && call.toSend);
  return wanted ? leave(voice, call) : { state: voice, effects: [{ type: 'audio', mode }] };
}

/** The far end has gone while the modem was asked for a voice state: it takes none, and is asked again, for a tone may follow. */
function wentWhileEntering(call: Call, result: string, ways: ModemWays): V253Step {
  const { state, effects } = next({ ...call, gone: true, restarts: call.restarts + 1 }, ways);
  return { state, effects: [...goneBy(call, result), ...effects] };
}

/** Told by the profile and found wrong: opened anew, the line is used half duplex. */
const refusesDuplex = (result: string): V253Step => ({
  state: { name: 'lost' },
  effects: [{ type: 'audio', mode: 'off' }, { type: 'lose', id: 'unsupported', text: `the modem refuses AT+VTR: ${result}; from now on it is used half duplex` }],
});

function stepDone(state: OffHook, result: string, ways: ModemWays): V253Step {
  const [step, ...steps] = state.call.steps;
  if (step?.type !== 'ask') return stay(state);
  if (state.call.released) return next(state.call, ways);
  if (result === 'ERROR') return step.otherwise === null ? fail(state, `the modem refuses ${step.command}`) : next({ ...state.call, steps: [...step.otherwise, ...steps] }, ways);
  if (!isRefusal(result)) return next({ ...state.call, steps }, ways);
  const { state: to, effects } = next({ ...state.call, steps: [], gone: true }, ways);
  return { state: to, effects: [...goneBy(state.call, result), ...effects] };
}

/** The call failed at the far end. */
const goneBy = (call: Call, result: string): V253Effect[] => [
  ...(result === 'BUSY' ? [tell({ type: 'tone', tone: 'busy' })] : []),
  ...(call.gone ? [] : [tell({ type: 'disconnect', by: 'report' })]),
];

const farEndWent = (result: string): boolean => result === 'BUSY' || result.startsWith('NO ');
const isRefusal = (result: string): boolean => result === 'ERROR' || farEndWent(result);

/** In the command state, with nothing asked: what now? */
function next(call: Call, ways: ModemWays): V253Step {
  if (call.released) return { state: { name: 'hanging-up' }, effects: [{ type: 'audio', mode: 'off' }, { type: 'hang-up' }] };
  const [step] = call.steps;
  if (step === undefined) return enter(call, ways);
  if (step.type === 'pause') return { state: { name: 'command', call }, effects: [{ type: 'audio', mode: 'quiet' }, { type: 'timer', timer: 'pause-over', ms: step.ms }] };
  if (step.type === 'ask') return { state: { name: 'command', call }, effects: [{ type: 'audio', mode: 'quiet' }, ask(step), ...guard(call)] };
  const { state, effects } = next({ ...call, steps: call.steps.slice(1) }, ways);
  return { state, effects: [tell(step.happening), ...effects] };
}

const ask = ({ command, limitMs }: CallStep & { readonly type: 'ask' }): V253Effect => ({ type: 'ask', command, limitMs });

const guard = ({ guarded }: Call): V253Effect[] => (guarded ? [{ type: 'timer', timer: 'guard-over', ms: guardMs }] : []);

function enter(call: Call, { duplex }: ModemWays): V253Step {
  const mode = duplex === 'full' ? 'duplex' : call.toSend ? 'transmit' : 'receive';
  return { state: { name: 'entering', call, mode }, effects: [{ type: 'audio', mode: mode === 'receive' ? 'quiet' : 'turning' }, { type: 'ask', command: commands[mode], limitMs: enterMs }] };
}

function leftByItself(state: OffHook): V253Step {
  const call = { ...state.call, restarts: state.call.restarts + 1, steps: [awaitResult, ...state.call.steps] };
  if (call.restarts > mostRestarts) return fail(state, 'the modem leaves its voice state again and again');
  return { state: { name: 'command', call }, effects: [{ type: 'audio', mode: 'quiet' }, ask(awaitResult as CallStep & { type: 'ask' })] };
}

/** NO CARRIER and the like: the call has gone. OK and ERROR where samples go to the modem: it takes no more of them. */
function unsolicited(state: OffHook, result: string): V253Step {
  if (result.startsWith('NO ') || result === 'BUSY') return { state: { ...state, call: { ...state.call, gone: true } }, effects: goneBy(state.call, result) };
  if (state.name !== 'transmit') return stay(state);
  if (state.call.restarts >= mostRestarts) return fail(state, 'the modem leaves its voice state again and again');
  const call = { ...state.call, restarts: state.call.restarts + 1 };
  return { state: { name: 'entering', call, mode: 'transmit' }, effects: [{ type: 'audio', mode: 'turning' }, { type: 'ask', command: commands.transmit, limitMs: enterMs }] };
}

/** The call is lost with its modem: told at once, since nothing is heard of the line any more; then the ladder. */
function fail(state: OffHook, text: string): V253Step {
  return {
    state: { name: 'preparing', attempt: 0, alarmed: true, released: state.call.released },
    effects: [{ type: 'audio', mode: 'off' }, tell({ type: 'alarm', text }), { type: 'prepare', reopen: false }],
  };
}
