import type { ComparisonSign } from './condition.ts';

/** A number as arithmetic has it. '0201' and '+49...' are none: they are telephone numbers, and 0201 is not 201. */
const arithmetic = /^-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,6})?$/;

/** The number that a value is; null: it is text. */
export const asNumber = (text: string): number | null => (arithmetic.test(text) ? Number(text) : null);

/**
 * Two numbers are compared as numbers, all else as text. What nobody knows ('', such as the place in the queue of a call that is in none) is
 * neither less nor more than anything.
 */
export function compareValues(a: string, sign: ComparisonSign, b: string): boolean {
  const [one, other] = [asNumber(a), asNumber(b)];
  const order = one !== null && other !== null ? Math.sign(one - other) : a < b ? -1 : a > b ? 1 : 0;
  if (sign === '=') return order === 0;
  if (sign === '!=') return order !== 0;
  if (a === '' || b === '') return false;
  switch (sign) {
    case '<':
      return order < 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    case '>=':
      return order >= 0;
  }
}
