/**
 * What a test call does once it stands, as written after --keys: words apart by spaces.
 *
 *   201#    digits, sent one after another (0-9 * # A-D)
 *   w2.5    waits 2.5 s; w alone waits 1 s
 *   s       waits for the beep, then speaks what --say or --wav gave
 */
export type KeyStep =
  | { readonly kind: 'digits'; readonly digits: string }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'speak' };

/** `send-digits` of the media protocol takes no more at once. */
const mostDigits = 64;
const mostSteps = 100;
const longestWaitSec = 600;

export type KeyScript = { readonly ok: true; readonly steps: readonly KeyStep[] } | { readonly ok: false; readonly message: string };

export function parseKeyScript(text: string): KeyScript {
  const words = text.split(/\s+/).filter((word) => word !== '');
  if (words.length > mostSteps) return { ok: false, message: `at most ${mostSteps} steps are done` };
  const steps: KeyStep[] = [];
  for (const word of words) {
    const step = parseStep(word);
    if (typeof step === 'string') return { ok: false, message: step };
    steps.push(step);
  }
  return { ok: true, steps };
}

/** With something to say and no word on when, it is said first. */
export function withSpeech(steps: readonly KeyStep[], hasSpeech: boolean): readonly KeyStep[] {
  const told = steps.some((step) => step.kind === 'speak');
  return hasSpeech && !told ? [{ kind: 'speak' }, ...steps] : steps;
}

/** The step, or what is wrong with it. */
function parseStep(word: string): KeyStep | string {
  if (word === 's') return { kind: 'speak' };
  if (/^w[0-9]*(?:\.[0-9]+)?$/.test(word)) return parseWait(word.slice(1));
  if (!/^[0-9*#A-D]+$/.test(word)) return `"${word}" is neither digits (0-9 * # A-D), w and seconds, nor s`;
  return word.length > mostDigits ? `at most ${mostDigits} digits go into one word` : { kind: 'digits', digits: word };
}

function parseWait(seconds: string): KeyStep | string {
  const sec = seconds === '' ? 1 : Number(seconds);
  return sec > longestWaitSec ? `a wait lasts at most ${longestWaitSec} s` : { kind: 'wait', ms: Math.round(sec * 1000) };
}
