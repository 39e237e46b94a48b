import type { Random } from '../../../hal/random.ts';

/** Crockford's base 32: no I, L, O, U, so that what is read aloud over a telephone comes out right. */
const symbols = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 12 symbols of 5 bits = 60 bits. */
const length = 12;

/** A new code in groups: 'K7QM-2X9D-H40V'. */
export function makeCode(random: Random): string {
  const text = Array.from({ length }, () => symbols[random.below(symbols.length)]).join('');
  return (text.match(/.{4}/g) ?? []).join('-');
}

/** What was typed as it was shown, however it is grouped and written; null = it cannot be a code. */
export function readCode(typed: string): string | null {
  const text = typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  const good = text.length === length && [...text].every((symbol) => symbols.includes(symbol));
  return good ? (text.match(/.{4}/g) ?? []).join('-') : null;
}
