import type { CollectContext } from './collect-context.ts';
import { deskOf } from './collect-context.ts';
import type { CollectState, CollectStep } from './collect-state.ts';
import { close } from './collect-state.ts';
import { enterMenu } from './inside.ts';
import { modeFrames } from './machines.ts';

/**
 * Where an owner goes on at another unit. Messages are those that lie there, so a category is entered anew, from its first message; what was
 * recorded and not kept stays behind, and the owner is in the main menu. Who is not logged in yet goes on as they were.
 */
export function carriedOn(context: CollectContext, state: CollectState): CollectStep | null {
  if (state.name === 'ending') return close();
  if (!('frames' in state)) return null;
  const { session, frames, work } = state;
  const mode = modeFrames[deskOf(context, session).mode];
  const messages = frames.find((frame) => frame.name === 'listen' || frame.name === 'hear');
  if (messages?.phase === 'marking' && messages.then !== null && leaves.has(messages.then.kind)) return close('goodbye');
  if (messages !== undefined) return enterMenu(context, session, mode.messages(messages));
  const recorded = work.open !== null || work.opening !== null || work.recording || frames.some(({ name }) => name === 'recording' || name === 'compose');
  return recorded ? enterMenu(context, session, mode.main) : null;
}

const leaves: ReadonlySet<string> = new Set(['leave', 'exit']);
