import type { ActionStep } from '../actions/action.ts';
import { waitsFor } from '../actions/action.ts';
import type { Variables } from '../actions/action.ts';
import type { ReadyNode } from '../document/parse-flow.ts';
import type { Flow, FlowEffect, FlowInput, FlowStep } from '../flow.ts';
import { findLanguage } from '../language/languages.ts';
import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';
import { withSet } from '../variables/variables.ts';
import type { DocumentContext } from './document-context.ts';
import { actionContext } from './document-context.ts';
import type { DocumentState } from './document-state.ts';
import { initialState, mostModules, mostUnwaited } from './document-state.ts';
import { askForPin, pinInput } from './pin-gate.ts';
import { afterEffects, afterInput, afterUnheard, ended, isAwaited } from './underway.ts';

type Step = FlowStep<DocumentState>;

/** A flow document, and those that it leads to, on a call. Pure but for what the context reads. */
export function documentFlow(context: DocumentContext): Flow<DocumentState> {
  return {
    initial: initialState(context.flow),
    step: (before, input) => {
      if (before.phase.at === 'over') return stay(before);
      const state = { ...before, underway: afterInput(before.underway, input) };
      if (input.type === 'hung-up') return hungUp(context, state, input);
      return input.type === 'start' ? start(context, state) : advance(context, state, input);
    },
    hearsFax: (state) => hearsFax(context, state),
  };
}

function start(context: DocumentContext, state: DocumentState): Step {
  if (state.phase.at !== 'idle') return stay(state);
  return enterFlow(context, state, state.flow);
}

function advance(context: DocumentContext, state: DocumentState, input: FlowInput): Step {
  const { phase } = state;
  switch (phase.at) {
    case 'pin':
    case 'checking':
      return atPin(context, state, input);
    case 'prompts':
      return atPrompts(context, state, input);
    case 'action':
      return atAction(context, state, input);
    case 'closing':
      return input.type === 'played' ? over(state, phase.text) : stay(state);
    default:
      return stay(state);
  }
}

function hungUp(context: DocumentContext, before: DocumentState, input: FlowInput): Step {
  const state = { ...before, gone: true };
  if (state.phase.at === 'action') return atAction(context, state, input);
  return state.phase.at === 'prompts' ? begin(context, state) : finished(state);
}

/** To the first node of a flow. */
function enterFlow(context: DocumentContext, state: DocumentState, flow: string, before: readonly FlowEffect[] = []): Step {
  const ready = context.flows(flow);
  if (ready === null) return broken(context, state, `there is no flow '${flow}'`, before);
  return enterNode(context, { ...state, flow }, ready.document.first, before);
}

function enterNode(context: DocumentContext, before: DocumentState, node: string, effects: readonly FlowEffect[]): Step {
  const state: DocumentState = { ...before, node, name: `${before.flow}: ${node}`, unwaited: before.unwaited + 1 };
  const ready = readyNode(context, state);
  if (ready === null) return broken(context, state, `there is no action '${node}' in flow '${state.flow}'`, effects);
  if (state.unwaited > mostUnwaited) return broken(context, state, `${mostUnwaited} actions of flow '${state.flow}' followed one another without one that waits for the caller`, effects);
  if (state.gone) return begin(context, state, effects);
  const asked = askForPin(ready.node.pin, concerned(context, state, ready));
  if (asked === 'none') return prompts(context, state, ready, effects);
  if (asked === 'impossible') return broken(context, state, `'${node}' of flow '${state.flow}' wants the PIN of a mailbox, and no mailbox is presumed or named`, effects);
  return go({ ...state, phase: asked.phase }, [...effects, ...asked.effects]);
}

function atPin(context: DocumentContext, state: DocumentState, input: FlowInput): Step {
  const ready = readyNode(context, state);
  if (ready === null) return broken(context, state, `there is no action '${state.node}' in flow '${state.flow}'`);
  const outcome = pinInput(ready.node.pin, concerned(context, state, ready), state, state.phase, input);
  if (outcome.to === 'phase') return go({ ...state, phase: outcome.phase }, outcome.effects);
  const left = ended(state.underway);
  if (outcome.to === 'refused') return ends(context, { ...state, underway: left.underway }, 'the PIN of an action was not keyed', outcome.phrases, left.effects);
  return prompts(context, { ...state, underway: left.underway, unwaited: 0 }, ready, left.effects);
}

/** The mailbox whose PIN keeps the action. */
function concerned(context: DocumentContext, state: DocumentState, { node, kind, settings }: ReadyNode): string | null {
  if (node.pin !== 'mailbox') return null;
  return kind.concerns === undefined ? context.mailbox : kind.concerns(actionContext(context, state, { node }), settings);
}

function prompts(context: DocumentContext, state: DocumentState, ready: ReadyNode, effects: readonly FlowEffect[]): Step {
  const phrases = actionContext(context, state, ready).phrases(ready.node.prompts);
  if (phrases.length === 0) return begin(context, state, effects);
  return go({ ...state, phase: { at: 'prompts' } }, [...effects, { type: 'play', phrases, bargeIn: !ready.node.uninterrupted }]);
}

/** A key cuts the prompts short; who hears keys is given it. */
function atPrompts(context: DocumentContext, state: DocumentState, input: FlowInput): Step {
  if (input.type === 'played') return begin(context, state);
  if (input.type === 'fax-tone') return faxInPrompts(context, state);
  if (input.type !== 'digit' || !state.underway.bargeIn) return stay(state);
  const begun = begin(context, state);
  const hears = readyNode(context, state)?.kind.hearsKeys === true && begun.state.phase.at === 'action' && begun.state.node === state.node;
  if (!hears) return begun;
  const heard = atAction(context, begun.state, input);
  return { state: heard.state, effects: [...begun.effects, ...heard.effects] };
}

/** The action branches on a fax tone, in its prompts or after them. */
function hearsFax(context: DocumentContext, state: DocumentState): boolean {
  if (state.gone || (state.phase.at !== 'prompts' && state.phase.at !== 'action')) return false;
  const ready = readyNode(context, state);
  return ready?.kind.hearsFax?.(ready.settings) ?? false;
}

/** A fax machine does not listen: where the action branches on it, it does so at once. Else the prompts go on. */
function faxInPrompts(context: DocumentContext, state: DocumentState): Step {
  const ready = readyNode(context, state);
  if (ready?.kind.hearsKeys !== true) return stay(state);
  const begun = ready.kind.begin(actionContext(context, state, ready), ready.settings);
  if (begun.to !== 'state') return stay(state);
  const heard = ready.kind.step(actionContext(context, state, ready), ready.settings, begun.state, { type: 'fax-tone' });
  return heard.to === 'state' ? stay(state) : follow(context, { ...state, unwaited: 0 }, ready, heard);
}

/** After a hang-up only actions that do without the caller go on, and only where the flow says so. */
function begin(context: DocumentContext, state: DocumentState, effects: readonly FlowEffect[] = []): Step {
  const ready = readyNode(context, state);
  if (ready === null) return broken(context, state, `there is no action '${state.node}' in flow '${state.flow}'`, effects);
  const waits = waitsFor(ready.kind, ready.settings);
  if (state.gone && (waits || context.flows(state.home)?.document.completeSequence !== true)) return finished(state, effects);
  const entered = waits ? { ...state, unwaited: 0 } : state;
  return follow(context, entered, ready, ready.kind.begin(actionContext(context, entered, ready), ready.settings), effects);
}

function atAction(context: DocumentContext, state: DocumentState, input: FlowInput): Step {
  const ready = readyNode(context, state);
  if (ready === null || state.phase.at !== 'action') return broken(context, state, `there is no action '${state.node}' in flow '${state.flow}'`);
  const entered = input.type === 'digit' ? { ...state, unwaited: 0 } : state;
  return follow(context, entered, ready, ready.kind.step(actionContext(context, entered, ready), ready.settings, state.phase.state, input));
}

/** `first`: effects that come first. */
function follow(context: DocumentContext, former: DocumentState, ready: ReadyNode, step: ActionStep<unknown>, first: readonly FlowEffect[] = []): Step {
  const state = { ...former, variables: 'set' in step ? withSet(former.variables, step.set) : former.variables };
  const before = [...first, ...spoken('set' in step ? step.set : undefined)];
  if (step.to === 'state') return waiting(context, state, step.state, [...before, ...step.effects]);
  const last = [...before, ...((step.to === 'result' && step.effects) || [])];
  const next: DocumentState = { ...state, underway: ended(state.underway).underway };
  const effects = [...last, ...ended(afterEffects(state.underway, last)).effects];
  switch (step.to) {
    case 'result':
      return connect(context, next, ready, step.result, effects);
    case 'flow':
      return toFlow(context, next, step, effects);
    case 'queue':
      return go({ ...next, phase: { at: 'over' } }, [...effects, { type: 'become-queue', queue: step.queue, priority: step.priority }]);
    case 'home':
      return enterFlow(context, { ...next, modules: [] }, next.home, effects);
    case 'module-return':
      return fromModule(context, next, effects);
    case 'hang-up':
      return close(next, step.text, step.phrases ?? [], effects);
  }
}

/** Whoever sets $LOC chooses the language of what is said from now on; what is no language of the unit changes nothing. */
function spoken(set: Variables | undefined): FlowEffect[] {
  const language = findLanguage(withSet({}, set)['LOC']?.trim().replace('_', '-') ?? '');
  return language === null ? [] : [{ type: 'speak-language', code: language.code }];
}

/** The action goes on. Who has hung up hears nothing, and is not waited for. */
function waiting(context: DocumentContext, before: DocumentState, inner: unknown, asked: readonly FlowEffect[]): Step {
  const effects = before.gone ? asked.filter((effect) => effect.type !== 'play') : asked;
  const state: DocumentState = { ...before, phase: { at: 'action', state: inner } };
  const underway = afterEffects(state.underway, effects);
  if (!state.gone || isAwaited(underway)) return go(state, effects);
  if (effects.length === asked.length || state.unwaited > mostUnwaited) return finished(state, effects);
  const heard = atAction(context, { ...state, underway, unwaited: state.unwaited + 1 }, afterUnheard(asked));
  return { state: heard.state, effects: [...effects, ...heard.effects] };
}

function connect(context: DocumentContext, state: DocumentState, { node }: ReadyNode, result: string, effects: readonly FlowEffect[]): Step {
  const target = node.results[result];
  if (target !== undefined) return enterNode(context, state, target, effects);
  const text = `result ${result} of '${state.node}' in flow '${state.flow}' leads nowhere`;
  return ends(context, state, text, [], effects);
}

function toFlow(context: DocumentContext, state: DocumentState, { flow, returns }: { flow: string; returns: boolean }, effects: readonly FlowEffect[]): Step {
  if (!returns) return enterFlow(context, { ...state, home: flow, modules: [] }, flow, effects);
  if (state.modules.length >= mostModules) return broken(context, state, `'${state.node}' of flow '${state.flow}' calls a module within ${mostModules} others`, effects);
  return enterFlow(context, { ...state, modules: [...state.modules, { flow: state.flow, node: state.node }] }, flow, effects);
}

function fromModule(context: DocumentContext, state: DocumentState, effects: readonly FlowEffect[]): Step {
  const back = state.modules.at(-1);
  if (back === undefined) {
    const text = `'${state.node}' of flow '${state.flow}' returns, and no flow has called it`;
    context.tell(text);
    return ends(context, state, text, [], effects);
  }
  const caller: DocumentState = { ...state, ...back, name: `${back.flow}: ${back.node}`, modules: state.modules.slice(0, -1) };
  const ready = readyNode(context, caller);
  if (ready === null) return broken(context, caller, `there is no action '${back.node}' in flow '${back.flow}'`, effects);
  return connect(context, caller, ready, 'Return', effects);
}

/** Told in the log, and the caller in words. */
function broken(context: DocumentContext, state: DocumentState, text: string, effects: readonly FlowEffect[] = []): Step {
  context.tell(text);
  const left = ended(state.underway);
  return ends(context, { ...state, underway: left.underway }, text, say('try-later'), [...effects, ...left.effects]);
}

/** The flow is at its end without saying what becomes of the caller. Who is lent by a queue goes on waiting there: only the flow ends. */
function ends(context: DocumentContext, state: DocumentState, text: string, phrases: readonly Phrase[], effects: readonly FlowEffect[]): Step {
  if (context.unconnected === 'queue' && !state.gone) return go({ ...state, phase: { at: 'over' } }, [...effects, { type: 'done' }]);
  return close(state, text, phrases, effects);
}

function close(state: DocumentState, text: string, phrases: readonly Phrase[], effects: readonly FlowEffect[]): Step {
  if (state.gone || phrases.length === 0) return over(state, text, effects);
  return go({ ...state, phase: { at: 'closing', text } }, [...effects, { type: 'play', phrases, bargeIn: false }]);
}

const readyNode = (context: DocumentContext, { flow, node }: DocumentState): ReadyNode | null => context.flows(flow)?.nodes.get(node) ?? null;

const stay = (state: DocumentState): Step => ({ state, effects: [] });
const go = (state: DocumentState, effects: readonly FlowEffect[]): Step => ({ state: { ...state, underway: afterEffects(state.underway, effects) }, effects });

/** The unit ends the call. */
function over(state: DocumentState, text: string, effects: readonly FlowEffect[] = []): Step {
  if (state.gone) return finished(state, effects);
  return go({ ...state, phase: { at: 'over' } }, [...effects, { type: 'hang-up', text: text.slice(0, 300) }, { type: 'done' }]);
}

/** The caller has ended it. */
function finished(state: DocumentState, effects: readonly FlowEffect[] = []): Step {
  const left = ended(afterEffects(state.underway, effects));
  return { state: { ...state, phase: { at: 'over' }, underway: left.underway }, effects: [...effects, ...left.effects, { type: 'done' }] };
}
