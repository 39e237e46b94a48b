/** Stated values of a code. */
export const codeLimits = {
  validMs: 10 * 60_000,
  /** Wrong ones before the code is void: 3 guesses at 2^60. */
  tries: 3,
  /** Connections before the code is void, so that nobody can make the unit compute for ever. */
  connections: 50,
} as const;

/** A code that is being shown. Pure: each change gives a new one, or why it is void from now on. */
export interface ShownCode {
  readonly code: string;
  readonly untilMs: number;
  readonly triesLeft: number;
  readonly connectionsLeft: number;
}

export type VoidReason = 'expired' | 'tried-too-often' | 'connected-too-often' | 'used' | 'replaced';

export function showCode(code: string, nowMs: number): ShownCode {
  return { code, untilMs: nowMs + codeLimits.validMs, triesLeft: codeLimits.tries, connectionsLeft: codeLimits.connections };
}

export function afterConnection(shown: ShownCode, nowMs: number): ShownCode | VoidReason {
  if (nowMs >= shown.untilMs) return 'expired';
  return shown.connectionsLeft > 0 ? { ...shown, connectionsLeft: shown.connectionsLeft - 1 } : 'connected-too-often';
}

export function afterWrongCode(shown: ShownCode): ShownCode | VoidReason {
  return shown.triesLeft > 1 ? { ...shown, triesLeft: shown.triesLeft - 1 } : 'tried-too-often';
}
