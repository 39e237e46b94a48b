import type { HeaderField, SipRequest, SipResponse } from '../message.ts';
import { parseParams } from '../syntax/params.ts';
import { decimal } from '../syntax/tokens.ts';

/** An agreed session timer (RFC 4028): who refreshes, and within how long. */
export interface SessionTimer {
  readonly intervalSec: number;
  readonly weRefresh: boolean;
}

export interface SessionTimerLimits {
  /** What we ask for; 0 = no session timer from us. */
  readonly sessionExpiresSec: number;
  readonly minSessionExpiresSec: number;
}

export const supportsTimer = (message: SipRequest | SipResponse): boolean => message.headers.list('Supported').concat(message.headers.list('Require')).some((tag) => tag.toLowerCase() === 'timer');

interface Asked {
  readonly seconds: number;
  readonly refresher: string;
}

export function sessionExpires(message: SipRequest | SipResponse): Asked | null {
  const [value = '', ...params] = (message.headers.get('Session-Expires') ?? '').split(';');
  const seconds = decimal(value.trim());
  return seconds === null || seconds === 0 ? null : { seconds, refresher: (parseParams(params.join(';'))?.get('refresher') ?? '').toLowerCase() };
}

/** At the UAS: the Min-SE of a 422 (section 9). null = the interval is long enough, or the peer could do nothing with a 422. */
export function intervalTooSmall(request: SipRequest, limits: SessionTimerLimits): HeaderField | null {
  const asked = sessionExpires(request);
  const tooSmall = asked !== null && asked.seconds < limits.minSessionExpiresSec && supportsTimer(request);
  return tooSmall ? { name: 'Min-SE', value: String(limits.minSessionExpiresSec) } : null;
}

/** At the UAS: what to agree to (section 9). null = no timer for this session. */
export function agreeTimer(request: SipRequest, limits: SessionTimerLimits): SessionTimer | null {
  const asked = sessionExpires(request);
  const peerCan = supportsTimer(request);
  if (asked === null) return limits.sessionExpiresSec === 0 ? null : { intervalSec: limits.sessionExpiresSec, weRefresh: true };
  const intervalSec = Math.max(asked.seconds, limits.minSessionExpiresSec);
  return { intervalSec, weRefresh: !peerCan || asked.refresher === 'uas' };
}

/** What the UAS writes into its 2xx. */
export function timerFields(timer: SessionTimer | null, request: SipRequest): { name: string; value: string }[] {
  if (timer === null) return [];
  const fields = [{ name: 'Session-Expires', value: `${timer.intervalSec};refresher=${timer.weRefresh ? 'uas' : 'uac'}` }];
  return supportsTimer(request) ? [...fields, { name: 'Require', value: 'timer' }] : fields;
}

/** At the UAC: what a 2xx agreed. null = the peer wants none. */
export function agreedTimer(response: SipResponse): SessionTimer | null {
  const asked = sessionExpires(response);
  return asked === null ? null : { intervalSec: asked.seconds, weRefresh: asked.refresher !== 'uas' };
}

/** When the refresher refreshes: half of the interval (section 7.2). */
export const refreshAfterMs = (timer: SessionTimer): number => timer.intervalSec * 500;

/** When the other side gives up waiting for a refresh: a third of the interval, at most 32 s, before its end (section 10). */
export const giveUpAfterMs = (timer: SessionTimer): number => (timer.intervalSec - Math.min(32, timer.intervalSec / 3)) * 1000;
