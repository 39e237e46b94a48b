import type { Flow, FlowInput } from '../flow.ts';
import type { CollectContext, CollectState, CollectStep } from './collect-state.ts';
import { go, over, stay } from './collect-state.ts';
import { greetingMenu, greetingOpening, greetingPrompt, greetingRecording, greetingStoring } from './greeting-menu.ts';
import { afterBody, announcing, counting, hearingBody, hearingEnvelope, listing, marking, telling } from './listen.ts';
import { askMailbox, checking, enteringMailbox, enteringPin } from './log-in.ts';
import { mainMenu, newPin, pinStoring } from './main-menu.ts';

/** Start point Collect: log-in, then IP Office mode's menu (key maps in `key-map.ts`). */
export function collectFlow(context: CollectContext): Flow<CollectState> {
  return { initial: { name: 'idle' }, step: (state, input) => step(context, state, input) };
}

function step(context: CollectContext, state: CollectState, input: FlowInput): CollectStep {
  switch (state.name) {
    case 'idle':
      return input.type === 'start' ? askMailbox(context, 0, 0, 'collect.welcome') : stay(state);
    case 'mailbox':
      return enteringMailbox(context, state, input);
    case 'pin':
      return enteringPin(context, state, input);
    case 'checking':
      return checking(context, state, input);
    case 'counting':
      return counting(state, input);
    case 'announcing':
      return announcing(state, input);
    case 'listing':
      return listing(state, input);
    case 'envelope':
      return hearingEnvelope(state, input);
    case 'body':
      return hearingBody(state, input);
    case 'after':
      return afterBody(state, input);
    case 'marking':
      return marking(state, input);
    case 'telling':
      return telling(state, input);
    case 'main':
      return mainMenu(state, input);
    case 'greeting':
      return greetingMenu(state, input);
    case 'greeting-opening':
      return greetingOpening(state, input);
    case 'greeting-prompt':
      return greetingPrompt(context, state, input);
    case 'greeting-recording':
      return greetingRecording(state, input);
    case 'greeting-storing':
      return greetingStoring(state, input);
    case 'new-pin':
      return newPin(state, input);
    case 'pin-storing':
      return pinStoring(state, input);
    case 'closing':
      return closing(state, input);
    case 'over':
      return stay(state);
  }
}

function closing(state: CollectState, input: FlowInput): CollectStep {
  if (input.type === 'hung-up') return over;
  if (input.type !== 'played') return stay(state);
  return go({ name: 'over' }, { type: 'hang-up', text: 'the flow has ended' }, { type: 'done' });
}
