import type { SipRequest } from '../message.ts';
import { isType } from '../syntax/body.ts';

export interface InfoDigit {
  readonly digit: string;
  readonly durationMs: number;
}

const defaultMs = 160;

/** A digit carried by INFO: application/dtmf-relay (`Signal=5`, `Duration=160`) or application/dtmf (`5`). null = neither. */
export function infoDigit(info: SipRequest): InfoDigit | null {
  const type = info.headers.get('Content-Type') ?? '';
  const body = Buffer.from(info.body).toString('latin1');
  if (isType(type, 'application/dtmf-relay')) {
    const signal = /^\s*Signal\s*=\s*([0-9A-D*#]+)\s*$/im.exec(body)?.[1];
    const duration = /^\s*Duration\s*=\s*([0-9]{1,5})\s*$/im.exec(body)?.[1];
    return made(signal, duration === undefined ? defaultMs : Number(duration));
  }
  return isType(type, 'application/dtmf') ? made(/^\s*([0-9A-D*#]+)\s*$/i.exec(body)?.[1], defaultMs) : null;
}

/** Some phones send the event number for star and pound (RFC 4733 3.2): 10, 11. */
function made(signal: string | undefined, durationMs: number): InfoDigit | null {
  if (signal === undefined) return null;
  const digit = signal === '10' ? '*' : signal === '11' ? '#' : signal.toUpperCase();
  return digit.length === 1 ? { digit, durationMs } : null;
}
