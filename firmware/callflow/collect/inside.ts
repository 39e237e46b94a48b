import type { FlowEffect, FlowInput } from '../flow.ts';
import type { CollectContext, Session } from './collect-context.ts';
import { deskOf } from './collect-context.ts';
import type { CollectStep, Inside } from './collect-state.ts';
import { closeWith, doing, go } from './collect-state.ts';
import type { Frame } from './frames.ts';
import { hungUp } from './hang-up.ts';
import { askAnotherMailbox } from './log-in.ts';
import { machineOf, modeFrames } from './machines.ts';
import type { Turn } from './turn.ts';
import { noWait } from './turn.ts';
import type { Work } from './work.ts';
import { afterEffects, afterInput, noWork } from './work.ts';

/** Menus are not deeper; a frame that moves on and on is a fault of the menu, and ends it. */
const mostFrames = 8;
const mostMoves = 32;

/** One input of the menu: the frame on top hears it. */
export function inside(context: CollectContext, state: Inside, input: FlowInput): CollectStep {
  const work = afterInput(state.work, input);
  if (input.type === 'hung-up') return hungUp(work);
  const top = state.frames.at(-1);
  const stack: Stack = { context, session: state.session, frames: state.frames.slice(0, -1), work, effects: [] };
  if (top === undefined) return settle(stack, { to: 'main', first: [] });
  return settle(stack, machineOf(top).step(deskOf(context, state.session), top, input));
}

/** The menu begins with this frame. */
export function enterMenu(context: CollectContext, session: Session, frame: Frame): CollectStep {
  return settle({ context, session, frames: [], work: noWork, effects: [] }, { to: 'instead', frame, effects: [] });
}

interface Stack {
  readonly context: CollectContext;
  session: Session;
  frames: Frame[];
  work: Work;
  effects: FlowEffect[];
}

/** Moves the stack until a frame stays on top. */
function settle(stack: Stack, first: Turn): CollectStep {
  let turn = first;
  const again: FlowInput[] = [];
  for (let moves = 0; moves < mostMoves; moves++) {
    if (turn.to === 'close') return closed(stack, turn);
    if (turn.to === 'log-in') return loggedOut(stack);
    if (turn.to === 'back') again.push(...(turn.again ?? []));
    if (turn.to !== 'stay') {
      turn = move(stack, turn);
      continue;
    }
    add(stack, turn.effects);
    stack.frames.push(turn.frame);
    const input = again.shift();
    if (input === undefined) return go({ name: doing(turn.frame), session: stack.session, frames: stack.frames, work: stack.work }, ...stack.effects);
    stack.frames.pop();
    turn = machineOf(turn.frame).step(deskOf(stack.context, stack.session), turn.frame, input);
  }
  return closed(stack, { to: 'close', ids: ['try-later', 'goodbye'] });
}

function move(stack: Stack, turn: Exclude<Turn, { to: 'stay' | 'close' | 'log-in' }>): Turn {
  add(stack, [noWait]);
  switch (turn.to) {
    case 'above':
      add(stack, turn.effects);
      if (stack.frames.length >= mostFrames) return { to: 'main', first: [] };
      stack.frames.push(turn.below);
      return enter(stack, turn.above);
    case 'instead':
      add(stack, turn.effects);
      return enter(stack, turn.frame);
    case 'back':
      add(stack, turn.effects);
      if (turn.options !== undefined) stack.session = { ...stack.session, options: turn.options };
      return resume(stack, turn);
    case 'main':
      putAway(stack);
      stack.frames = [];
      return enter(stack, modeFrames[deskOf(stack.context, stack.session).mode].main, turn.first);
  }
}

const enter = ({ context, session }: Stack, frame: Frame, first: Extract<Turn, { to: 'main' }>['first'] = []): Turn => machineOf(frame).enter(deskOf(context, session), frame, first);

function resume(stack: Stack, { result }: Extract<Turn, { to: 'back' }>): Turn {
  const frame = stack.frames.pop();
  if (frame === undefined) return { to: 'main', first: result.first };
  const machine = machineOf(frame);
  const desk = deskOf(stack.context, stack.session);
  return machine.resume?.(desk, frame, result) ?? machine.enter(desk, frame, result.first);
}

function add(stack: Stack, effects: readonly FlowEffect[]): void {
  stack.effects.push(...effects);
  stack.work = afterEffects(stack.work, effects);
}

/** What was recorded and not kept stays behind. */
function putAway(stack: Stack): void {
  if (stack.work.open !== null) add(stack, [{ type: stack.work.open === 'draft' ? 'abandon-draft' : 'abandon-greeting' }]);
}

function closed(stack: Stack, { ids }: Extract<Turn, { to: 'close' }>): CollectStep {
  const step = closeWith(stack.work, ...ids);
  return { state: step.state, effects: [...stack.effects, ...step.effects] };
}

/** Somebody else may log in; what was recorded and not kept goes before. */
function loggedOut(stack: Stack): CollectStep {
  putAway(stack);
  const step = askAnotherMailbox(0, 0);
  return { state: step.state, effects: [...stack.effects, noWait, ...step.effects] };
}
