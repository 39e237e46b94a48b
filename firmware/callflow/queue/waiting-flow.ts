import type { QueueSettings } from '../../config/queue-settings.ts';
import type { Flow, FlowEffect, FlowInput, FlowState, FlowStep } from '../flow.ts';
import type { Phrase } from '../phrase.ts';
import { say } from '../phrase.ts';
import type { QueueNews, QueuePriority } from '../requests/queue-requests.ts';
import type { Inner } from './inner-flow.ts';
import { dropInner, stepInner } from './inner-flow.ts';
import type { Place } from './kept-place.ts';
import { agreedTo, backFrom, kept, neverAsked, withPlace } from './kept-place.ts';
import { standardWords } from './queue-words.ts';

export type Announcement = Extract<QueueNews, { news: 'announce' }>;

export interface WaitingContext {
  readonly queue: Pick<QueueSettings, 'number' | 'breakoutKey'>;
  readonly priority: QueuePriority | null;
  /** One round of what is heard meanwhile; `ringing`: the music cannot be played. */
  hold(ringing: boolean): readonly Phrase[];
  /** The site's flow for an announcement; null = there is none, and the unit's words are heard. The same for the same news. */
  announcement(news: Announcement): Flow<FlowState> | null;
  /** Leaves a message in the mailbox of the queue; null = there is none. */
  readonly leave: Flow<FlowState> | null;
}

/**
 *   idle -> waiting <-> announcing -> talking -> over
 *              |  \        |             \-> (the agent hung up) over
 *              |   \       +-> leaving ----> mailbox -> over
 *              |    \-> handing over (overflow to a number) -> mailbox, or over
 *              \-> closing (no mailbox to go to)
 *
 * News of the queue come at any time, also during an announcement: an agent who answers has the caller at once. `inner`: a flow of the site,
 * or the mailbox. What it still has to store when it is left is stored in the background.
 */
export type WaitingState =
  | { readonly name: 'idle' }
  | { readonly name: 'waiting'; readonly hears: Hears }
  | { readonly name: 'announcing'; readonly news: Announcement; readonly inner: FlowState | null; readonly place: Place }
  | { readonly name: 'talking'; readonly agent: string; readonly news: Announcement | null; readonly inner: FlowState | null }
  | { readonly name: 'leaving' }
  | { readonly name: 'handing-over'; readonly hears: Hears }
  | { readonly name: 'mailbox'; readonly inner: FlowState }
  | { readonly name: 'closing' }
  /** The caller is gone; what an announcement had to store is being stored. */
  | { readonly name: 'finishing'; readonly news: Announcement; readonly inner: FlowState }
  | { readonly name: 'over' };

/** What cannot be played is not asked for again before the next announcement: after music comes ringing, after ringing nothing. */
export type Hears = 'music' | 'ringing' | 'nothing';

type Step = FlowStep<WaitingState>;

/** How long an overflow number may ring where the PBX does not take the call over. */
const overflowRingMs = 30_000;

/** A caller who waits in a queue of the unit. */
export function waitingFlow(context: WaitingContext): Flow<WaitingState> {
  return { initial: { name: 'idle' }, step: (state, input) => step(context, state, input), hearsFax: (state) => hearsFax(context, state) };
}

/** A flow of the site that announces may branch on one. */
function hearsFax(context: WaitingContext, state: WaitingState): boolean {
  return state.name === 'announcing' && state.inner !== null && (context.announcement(state.news)?.hearsFax?.(state.inner) ?? false);
}

function step(context: WaitingContext, state: WaitingState, input: FlowInput): Step {
  if (state.name === 'over') return stay(state);
  if (input.type === 'hung-up') return hungUp(context, state, input);
  if (input.type === 'answered' && input.kind === 'queue-next') return news(context, state, input.answer);
  switch (state.name) {
    case 'idle':
      return input.type === 'start' ? go({ name: 'waiting', hears: 'music' }, next(context), ...hold(context)) : stay(state);
    case 'waiting':
      return waiting(context, state, input);
    case 'announcing':
      return announcing(context, state, input);
    case 'leaving':
      return input.type === 'answered' && input.kind === 'queue-leave' && input.answer?.left !== false ? toMailbox(context) : stay(state);
    case 'handing-over':
      return handingOver(context, state, input);
    case 'closing':
      return input.type === 'played' ? end('nobody can take the call') : stay(state);
    case 'mailbox':
    case 'finishing':
    case 'talking':
      return within(context, state, input);
  }
}

/** The next round. */
function round<State extends Extract<WaitingState, { readonly hears: Hears }>>(context: WaitingContext, state: State, heard: boolean): Step {
  const hears = heard ? state.hears : state.hears === 'music' ? 'ringing' : 'nothing';
  return go({ ...state, hears }, ...hold(context, hears));
}

function waiting(context: WaitingContext, state: WaitingState, input: FlowInput): Step {
  if (state.name === 'waiting' && (input.type === 'played' || input.type === 'unplayable')) return round(context, state, input.type === 'played');
  return breaksOut(context, input) ? go({ name: 'leaving' }, { type: 'ask', request: { kind: 'queue-leave', queue: context.queue.number } }) : stay(state);
}

function announcing(context: WaitingContext, state: Extract<WaitingState, { name: 'announcing' }>, input: FlowInput): Step {
  const flow = state.inner === null ? null : context.announcement(state.news);
  if (flow === null || state.inner === null) {
    if (input.type === 'played' || input.type === 'unplayable') return backToQueue(context, [], kept);
    return waiting(context, state, input);
  }
  const agreed = agreedTo(state.place, input);
  if (agreed !== null) return go({ ...state, place: agreed.place }, ...agreed.effects);
  return announced(context, state, stepInner(flow, state.inner, input));
}

/** A flow that ends without having ended the call gives the caller back to the queue. */
function announced(context: WaitingContext, { news: about, place: before }: Pick<Extract<WaitingState, { name: 'announcing' }>, 'news' | 'place'>, inner: Inner): Step {
  const { place, effects } = withPlace(before, inner.effects, context.queue.number);
  if (inner.hungUp !== null) return { state: inner.done ? { name: 'over' } : { name: 'finishing', news: about, inner: inner.state }, effects: [...effects, { type: 'hang-up', text: inner.hungUp }, ...(inner.done ? done : [])] };
  return inner.done ? backToQueue(context, effects, place) : { state: { name: 'announcing', news: about, inner: inner.state, place }, effects };
}

const backToQueue = (context: WaitingContext, before: readonly FlowEffect[], place: Place): Step =>
  go({ name: 'waiting', hears: 'music' }, ...before, ...backFrom(place, context.queue.number, next(context)), ...hold(context));

/** Something has happened to the caller. null: the queue has failed, and nobody would ever come. */
function news(context: WaitingContext, state: WaitingState, told: QueueNews | null): Step {
  if (state.name !== 'waiting' && state.name !== 'announcing' && state.name !== 'leaving' && state.name !== 'talking') return stay(state);
  if (told === null) return state.name === 'talking' ? end('the agent is gone') : elsewhere(context, state, null);
  switch (told.news) {
    case 'announce':
      return announce(context, state, told);
    case 'joined':
      return joined(context, state, told.agent);
    case 'agent-gone':
      return end('the agent hung up');
    case 'out':
      return stay(state);
    case 'overflow':
      return elsewhere(context, state, told.to);
  }
}

function announce(context: WaitingContext, state: WaitingState, told: Announcement): Step {
  if (state.name !== 'waiting') return go(state, next(context));
  const flow = context.announcement(told);
  if (flow === null) return go({ name: 'announcing', news: told, inner: null, place: kept }, next(context), { type: 'play', phrases: standardWords(told.point, told.position, told.etaSec), bargeIn: false });
  const begun = announced(context, { news: told, place: kept }, stepInner(flow, flow.initial, { type: 'start' }));
  return { state: begun.state, effects: [next(context), ...begun.effects] };
}

function joined(context: WaitingContext, state: WaitingState, agent: string): Step {
  const left = dropped(context, state);
  return go({ name: 'talking', agent, news: left.inner === null ? null : left.news, inner: left.inner }, { type: 'stop-play' }, ...left.effects, next(context));
}

/** What an announcement of the site was doing when it was left. */
function dropped(context: WaitingContext, state: WaitingState): { readonly news: Announcement | null; readonly inner: FlowState | null; readonly effects: readonly FlowEffect[] } {
  const flow = state.name === 'announcing' && state.inner !== null ? context.announcement(state.news) : null;
  if (flow === null || state.name !== 'announcing' || state.inner === null) return { news: null, inner: null, effects: [] };
  const inner = dropInner(flow, state.inner, neverAsked(state.place));
  return { news: state.news, inner: inner.done ? null : inner.state, effects: inner.effects };
}

/** Out of the queue: to a number, to the mailbox, or nowhere. */
function elsewhere(context: WaitingContext, state: WaitingState, to: string | null): Step {
  const { effects } = dropped(context, state);
  if (to === null) return after([{ type: 'stop-play' }, ...effects], toMailbox(context));
  const request = { kind: 'transfer', to, how: 'blind', ringMs: overflowRingMs, showNumber: null, showName: null, priority: null, mailbox: context.leave === null ? null : context.queue.number, whisper: null } as const;
  return go({ name: 'handing-over', hears: 'music' }, ...effects, ...hold(context), { type: 'ask', request });
}

function handingOver(context: WaitingContext, state: Extract<WaitingState, { name: 'handing-over' }>, input: FlowInput): Step {
  if (input.type === 'played' || input.type === 'unplayable') return round(context, state, input.type === 'played');
  if (input.type !== 'answered') return stay(state);
  if (input.kind === 'talk') return input.answer === null || input.answer.ended === 'nobody' ? toMailbox(context) : end('the call was handed over, and is over');
  if (input.kind !== 'transfer') return stay(state);
  if (input.answer?.outcome === 'gone') return stay(state);
  if (input.answer?.outcome === 'answered') return go(state, { type: 'stop-play' }, { type: 'ask', request: { kind: 'talk' } });
  return after([{ type: 'stop-play' }], toMailbox(context));
}

function toMailbox({ leave, queue }: WaitingContext): Step {
  if (leave === null) return go({ name: 'closing' }, { type: 'play', phrases: say('queue.closed', 'goodbye'), bargeIn: false });
  const begun = leave.step(leave.initial, { type: 'start' });
  return { state: { name: 'mailbox', inner: begun.state }, effects: begun.effects.map((effect) => aimed(effect, queue.number)) };
}

/** A message is for the mailbox of the queue, also where the call came for another. */
const aimed = (effect: FlowEffect, mailbox: string): FlowEffect => (effect.type === 'admit' || effect.type === 'open-message' ? { mailbox, ...effect } : effect);

/** The mailbox has the call, or something is stored in the background. */
function within(context: WaitingContext, state: Extract<WaitingState, { name: 'mailbox' | 'finishing' | 'talking' }>, input: FlowInput): Step {
  if (state.name === 'mailbox') {
    const begun = context.leave?.step(state.inner, input) ?? { state: state.inner, effects: [] };
    return { state: begun.effects.some(({ type }) => type === 'done') ? { name: 'over' } : { ...state, inner: begun.state }, effects: begun.effects.map((effect) => aimed(effect, context.queue.number)) };
  }
  const flow = state.news === null ? null : context.announcement(state.news);
  if (flow === null || state.inner === null) return stay(state);
  const inner = stepInner(flow, state.inner, input);
  const effects = inner.effects.filter(({ type }) => type !== 'play');
  if (!inner.done) return { state: { ...state, inner: inner.state }, effects };
  return state.name === 'talking' ? { state: { ...state, inner: null }, effects } : { state: { name: 'over' }, effects: [...effects, ...done] };
}

function hungUp(context: WaitingContext, state: WaitingState, input: FlowInput): Step {
  if (state.name === 'mailbox' || state.name === 'finishing') return within(context, state, input);
  const left = state.name === 'talking' ? { news: state.news, inner: state.inner, effects: [] } : dropped(context, state);
  if (left.inner !== null && left.news !== null) return { state: { name: 'finishing', news: left.news, inner: left.inner }, effects: left.effects };
  return { state: { name: 'over' }, effects: [...left.effects, ...done] };
}

const breaksOut = ({ queue, leave }: WaitingContext, input: FlowInput): boolean => leave !== null && input.type === 'digit' && input.digit === queue.breakoutKey;
const next = ({ queue, priority }: WaitingContext): FlowEffect => ({ type: 'ask', request: { kind: 'queue-next', queue: queue.number, priority } });
const hold = (context: WaitingContext, hears: Hears = 'music'): FlowEffect[] => (hears === 'nothing' ? [] : [{ type: 'play', phrases: context.hold(hears === 'ringing'), bargeIn: false }]);
const done: readonly FlowEffect[] = [{ type: 'done' }];
const stay = (state: WaitingState): Step => ({ state, effects: [] });
const go = (state: WaitingState, ...effects: FlowEffect[]): Step => ({ state, effects });
const after = (effects: readonly FlowEffect[], then: Step): Step => ({ state: then.state, effects: [...effects, ...then.effects] });
const end = (text: string): Step => go({ name: 'over' }, { type: 'hang-up', text }, ...done);
