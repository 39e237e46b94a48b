import type { LineHappening } from '../../line.ts';
import type { ModemProfile } from './modem-profile.ts';

/** What is done one after the other while the modem is off-hook and neither sends nor hears. */
export type CallStep =
  | { readonly type: 'ask'; readonly command: string; readonly limitMs: number; /** Where the modem refuses it. null: it is of no use then. */ readonly otherwise: readonly CallStep[] | null }
  | { readonly type: 'pause'; readonly ms: number }
  | { readonly type: 'tell'; readonly happening: LineHappening };

/** `LineControl.dial`: at most. */
export const mostDigits = 64;
const commaMs = 500;
/** A tone and the pause after it, with room. */
const toneMs = 500;
/** Ten pulses at ten a second, and the pause between digits. */
const pulseMs = 2000;
const spareMs = 10_000;

/** Empty: nothing that could be dialled was given. `placed`: nothing has been dialled since the line was seized, so that it is a call. */
export function dialSteps(digits: string, how: 'tone' | 'pulse', profile: ModemProfile, placed: boolean): CallStep[] {
  const wanted = how === 'pulse' ? /^[0-9,]+$/ : /^[0-9*#A-D,]+$/;
  if (digits.length > mostDigits || !wanted.test(digits)) return [];
  const steps: CallStep[] = [];
  let byD = placed && !profile.quirks.dialsByVts;
  for (const part of digits.match(/,+|[^,]+/g) ?? []) {
    if (part.startsWith(',')) {
      steps.push({ type: 'pause', ms: commaMs * part.length });
      continue;
    }
    if (how === 'pulse') steps.push(ask(`ATDP${part}`, part.length * pulseMs));
    else steps.push(byD ? { ...ask(`ATDT${part}`, part.length * toneMs), otherwise: [tones(part)] } : tones(part));
    byD = false;
  }
  return [...steps, { type: 'tell', happening: { type: 'dialled' } }];
}

/** Each where the one before is refused. */
export function flashSteps([command, ...others]: readonly string[]): CallStep[] {
  return command === undefined ? [] : [{ ...ask(`AT${command}`, 2000), otherwise: flashSteps(others) }];
}

/** The modem has left a voice state of its own accord: the word that follows says why. */
export const awaitResult: CallStep = { type: 'ask', command: '', limitMs: 3000, otherwise: [] };

const tones = (part: string): CallStep => ask(`AT+VTS=${[...part].join(',')}`, part.length * toneMs);

const ask = (command: string, ms: number): CallStep & { type: 'ask' } => ({ type: 'ask', command, limitMs: spareMs + ms, otherwise: null });
