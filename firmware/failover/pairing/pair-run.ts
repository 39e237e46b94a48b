import type { Introduction } from './pair-secrets.ts';
import type { PairMessage } from './pair-message.ts';

/** How a run ended. */
export type Outcome =
  | 'paired'
  | 'unconfirmed' // host: stored, but whether the joiner has stored it too is not known
  | 'wrong-code'
  | 'impostor' // joiner: who answers does not know the code
  | 'self' // it is this unit itself
  | 'busy' // the other end is pairing in another way
  | 'version'
  | 'garbage'
  | 'lost' // closed or timed out
  | 'failed'; // one of the two could not store it

/** What a run agreed on. */
export interface Agreement {
  readonly partner: Introduction;
  readonly pairId: string;
  readonly beatKey: Uint8Array;
}

/** pair: the two become primary and backup. site: the joiner becomes a distributed unit of the host's site. */
export type CodePurpose = 'pair' | 'site';

/** What a run starts from; nonce and secret are fresh for each. */
export interface RunFacts {
  readonly code: string;
  /** What the code is for; with one for the other purpose the two ends do not agree on a key. */
  readonly purpose: CodePurpose;
  readonly nonce: Uint8Array;
  /** The scalar of CPace. */
  readonly secret: Uint8Array;
  readonly own: Introduction;
}

export type RunInput =
  | { readonly kind: 'message'; readonly message: PairMessage }
  /** Bytes that are no message. */
  | { readonly kind: 'garbage' }
  | { readonly kind: 'stored' }
  | { readonly kind: 'not-stored'; readonly reason: 'busy' | 'failed' }
  /** Closed or out of time. */
  | { readonly kind: 'gone' };

export type RunEffect =
  | { readonly kind: 'send'; readonly message: PairMessage }
  /** Make it durable, then answer with `stored` or `not-stored`. */
  | { readonly kind: 'store'; readonly agreement: Agreement }
  /** The last effect of each run. */
  | { readonly kind: 'over'; readonly outcome: Outcome };

export interface Transition<State> {
  readonly state: State;
  readonly effects: readonly RunEffect[];
}

/** One end of a run, pure. */
export interface RunMachine<State> {
  readonly start: Transition<State>;
  step(state: State, input: RunInput): Transition<State>;
}

export const send = (message: PairMessage): RunEffect => ({ kind: 'send', message });
export const over = (outcome: Outcome): RunEffect => ({ kind: 'over', outcome });
