import type { WitnessName } from './witness-key.ts';

/** Pairs of one witness: 2,000 units that report twice a second are 2 % of one core. */
export const maxPairs = 1000;

export type PairList = { readonly ok: true; readonly pairs: readonly WitnessName[] } | { readonly ok: false; readonly faults: readonly string[] };

const nameForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;
const secretForm = /^[\x21-\x7e]{16,128}$/;
/** Faults that are told; a file of another kind would have one in each line. */
const maxFaults = 20;

/** Reads 'name secret', one pair a line; '#' begins a comment. All faults at once, each with its place and what to do. */
export function parsePairList(text: string, file: string): PairList {
  const pairs: WitnessName[] = [];
  const faults: string[] = [];
  const places = new Map<string, number>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = line.replace(/(^|\s)#.*$/, '').trim().split(/\s+/);
    if (words[0] === '') continue;
    const fault = faultOf(words, places);
    if (fault !== null) faults.push(`${file}:${index + 1}: ${fault}`);
    else pairs.push({ name: words[0] as string, secret: words[1] as string });
    places.set(words[0] as string, index + 1);
  }
  if (faults.length === 0 && pairs.length === 0) faults.push(`${file}: there is no pair in it; write one line for each: its name and its secret`);
  if (pairs.length > maxPairs) faults.push(`${file}: it has ${pairs.length} pairs, and one witness takes ${maxPairs}; start a second witness for the others`);
  return faults.length === 0 ? { ok: true, pairs } : { ok: false, faults: faults.slice(0, maxFaults) };
}

/** The secret is never repeated in a fault. */
function faultOf([name = '', secret, ...more]: readonly string[], places: ReadonlyMap<string, number>): string | null {
  if (!nameForm.test(name)) return 'a pair has a name of 1 to 32 letters, digits, dots, dashes and underscores';
  if (secret === undefined) return `${name} has no secret; write it behind the name`;
  if (more.length > 0) return `${name} has more than a name and a secret; a secret has no spaces`;
  if (!secretForm.test(secret)) return `the secret of ${name} must have 16 to 128 printable characters without spaces`;
  const before = places.get(name);
  return before === undefined ? null : `${name} is in line ${before} already; remove one of the two`;
}
