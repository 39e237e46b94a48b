import { HalError } from '../../hal/errors.ts';

export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** In the words of whoever looks for what is wrong with a bundle. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof HalError)) return wordsOf(error);
  if (error.id === 'not-trusted') return `it is not signed by anybody whom this unit trusts (${error.message})`;
  if (error.id === 'damaged') return `it is damaged: cut off, or changed after it was signed (${error.message})`;
  return error.message;
}
