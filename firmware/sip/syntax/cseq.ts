import { isToken } from './tokens.ts';

export interface CSeq {
  /** 0 <= n < 2^31. */
  readonly number: number;
  readonly method: string;
}

/** null = malformed or out of range (RFC 3261 8.1.1.5). */
export function parseCSeq(text: string): CSeq | null {
  const found = /^([0-9]{1,10})\s+(\S+)$/.exec(text.trim());
  const number = Number(found?.[1] ?? -1);
  const method = found?.[2] ?? '';
  return number >= 0 && number < 2 ** 31 && isToken(method) ? { number, method } : null;
}
