import type { CallerId } from '../../../hal/line.ts';
import type { TestCall } from './test-phone.ts';

/** Exchanges and telephones at the far ends of simulated lines. */
export interface FarEndsConsole {
  lines(): readonly { readonly name: string; readonly kind: 'trunk' | 'phone' }[];
  /** Resolves to a sentence when the call is over. `tell` gets a line for each thing that happens; aborting `signal` hangs up. Errors: HalError (no such file). */
  ring(call: LineCall, tell: (line: string) => void, signal: AbortSignal): Promise<string>;
  act(line: string, act: FarEndAct): void;
  keys(line: string, keys: string, via: 'dtmf' | 'pulse'): void;
}

/** A call that comes in on a simulated trunk line. */
export interface LineCall extends Pick<TestCall, 'speech' | 'steps'> {
  readonly line: string;
  /** null = the exchange gives none. */
  readonly callerId: CallerId | null;
}

/** What the other side of a line can do without a call. */
export type FarEndAct = 'lift' | 'down' | 'flash' | 'hang-up' | 'unplug' | 'plug' | 'no-battery' | 'battery';
