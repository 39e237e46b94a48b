/** How calls are handed to others, and to whom. */
export interface TransferSettings {
  /** refer: the PBX is asked to take the call over, and where it refuses the unit stays between the two; bridge: the unit always does. */
  readonly method: 'refer' | 'bridge';
  /** Patterns of numbers that callers and flows may be sent to: digits, X any digit, [1-8] one of them, and a final '.' for anything. */
  readonly allow: readonly string[];
  /** How long the unit lets a number ring that it calls itself. */
  readonly ringSec: number;
  /** How long the PBX may take to say what became of a transfer. */
  readonly reportSec: number;
  /** The longest conversation through the unit. */
  readonly talkMin: number;
  /** Whose ringing tone waiting callers hear, by ISO 3166 country code. */
  readonly zone: string;
  /** Dialled at the unit, with the number of a slot behind it: takes a parked call. null = nobody can. */
  readonly parkPrefix: string | null;
}

/** Numbers that callers reach from the greeting of a mailbox by a key; null = the key means nothing. */
export interface BreakoutSettings {
  readonly key0: string | null;
  readonly key2: string | null;
  readonly key3: string | null;
}
