import { whileUp, type HealthCheck } from '../health-check.ts';

/** `probe`: asks the unit by OPTIONS through its own socket; resolves to why there was no answer, null = there was one. */
export function sip(probe: () => Promise<string | null>): HealthCheck {
  return { name: 'sip', about: 'SIP is answered', runsIn: whileUp, everyRounds: 2, look: probe };
}
