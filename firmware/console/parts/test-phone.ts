import type { MediaStats } from '../../media/media-protocol.ts';
import type { KeyStep } from '../key-script.ts';

/** The built-in telephone of laptop builds. */
export interface TestPhone {
  /** One call. `tell` gets a line for each thing that happens; aborting `signal` hangs up. Errors: HalError (no socket, no such file). */
  call(call: TestCall, tell: (line: string) => void, signal: AbortSignal): Promise<TestCallEnd>;
}

/** A call that the built-in telephone places at this unit, through the network. */
export interface TestCall {
  /** User part of what is dialled: '201', '*17'. */
  readonly target: string;
  readonly from: string;
  readonly transport: 'udp' | 'tcp';
  /** What a 'speak' step says; null = nothing. */
  readonly speech: { readonly kind: 'say'; readonly text: string } | { readonly kind: 'wav'; readonly file: string } | null;
  /** Done in order once the call stands; then it hangs up. Without steps it listens until the unit hangs up. */
  readonly steps: readonly KeyStep[];
}

/** What became of a call of the unit's own, or of the built-in telephone. */
export interface TestCallEnd {
  readonly answered: boolean;
  /** A sentence: who ended it and why. */
  readonly text: string;
  /** From the answer on. */
  readonly durationMs: number;
  readonly stats: MediaStats | null;
}
