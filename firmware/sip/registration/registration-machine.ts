/**
 *   idle -> registering -> registered -> registering (refresh) -> ...
 *                 \-> waiting (failed) -> registering
 *   registering, registered -> leaving -> gone
 *   registered -> retiring (asks for the bindings again and again) -> leaving, or registering when it is wanted again
 *   idle, waiting -> gone
 *   any of them -> gone, when it is abandoned: the registrar is lost, and the binding lapses there by itself
 */
export type RegistrationState = 'idle' | 'registering' | 'registered' | 'waiting' | 'retiring' | 'leaving' | 'gone';

export type RegistrationInput = 'start' | 'accepted' | 'refused' | 'due' | 'stop' | 'retire' | 'replaced' | 'abandon';

export type RegistrationEffect = 'send' | 'wait-to-refresh' | 'wait-to-retry' | 'send-query' | 'wait-to-query' | 'send-removal' | 'tell-registered' | 'tell-failed' | 'finish';

export interface RegistrationTransition {
  readonly to: RegistrationState;
  readonly effects: readonly RegistrationEffect[];
}

const to = (state: RegistrationState, ...effects: RegistrationEffect[]): RegistrationTransition => ({ to: state, effects });

const table: Record<RegistrationState, Partial<Record<RegistrationInput, RegistrationTransition>>> = {
  idle: { start: to('registering', 'send'), stop: to('gone', 'finish'), retire: to('gone', 'finish'), abandon: to('gone', 'finish') },
  registering: {
    accepted: to('registered', 'tell-registered', 'wait-to-refresh'),
    refused: to('waiting', 'tell-failed', 'wait-to-retry'),
    stop: to('leaving', 'send-removal'),
    retire: to('leaving', 'send-removal'),
    abandon: to('gone', 'finish'),
  },
  registered: {
    due: to('registering', 'send'),
    stop: to('leaving', 'send-removal'),
    retire: to('retiring', 'send-query'),
    abandon: to('gone', 'finish'),
  },
  retiring: {
    accepted: to('retiring', 'wait-to-query'),
    due: to('retiring', 'send-query'),
    replaced: to('leaving', 'send-removal'),
    refused: to('leaving', 'send-removal'),
    stop: to('leaving', 'send-removal'),
    start: to('registering', 'send'),
    abandon: to('gone', 'finish'),
  },
  waiting: { due: to('registering', 'send'), stop: to('gone', 'finish'), retire: to('gone', 'finish'), abandon: to('gone', 'finish') },
  leaving: { accepted: to('gone', 'finish'), refused: to('gone', 'finish'), abandon: to('gone', 'finish') },
  gone: {},
};

/** What is not listed changes nothing. */
export const registrationStep = (state: RegistrationState, input: RegistrationInput): RegistrationTransition => table[state][input] ?? { to: state, effects: [] };
