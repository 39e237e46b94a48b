import type { Rehearsal } from './rehearsal.ts';

/** What a caller does: keys, `wN` waits (or speaks) N seconds, `f` is a fax machine, `h` hangs up. Spaces may stand anywhere. */
export type CallerStep = { readonly key: string } | { readonly waitMs: number } | 'fax' | 'hang-up';

const steps = /([0-9*#])|w([0-9]{1,4}(?:\.[0-9])?)|(f)|(h)|\s+|(.)/giy;

/** A sentence on the first thing that is none. */
export function parseCallerScript(text: string): readonly CallerStep[] | string {
  const found: CallerStep[] = [];
  for (const { 0: whole, 1: key, 2: seconds, 3: fax, 4: hangUp, 5: other, index } of text.matchAll(steps)) {
    if (other !== undefined) return `'${whole}' at column ${index + 1} is no key; there are 0-9 * #, w5 (wait, or speak, 5 s), f (fax tone) and h (hang up)`;
    if (key !== undefined) found.push({ key });
    else if (seconds !== undefined) found.push({ waitMs: Number(seconds) * 1000 });
    else if (fax !== undefined) found.push('fax');
    else if (hangUp !== undefined) found.push('hang-up');
  }
  return found;
}

/** Until the flow is over. */
export function act(rehearsal: Rehearsal, script: readonly CallerStep[]): void {
  for (const step of script) {
    if (rehearsal.over) return;
    if (step === 'hang-up') rehearsal.hangUp();
    else if (step === 'fax') rehearsal.faxTone();
    else if ('key' in step) rehearsal.key(step.key);
    else rehearsal.wait(step.waitMs);
  }
}
