/** Longer words are never close to anything anyone meant, and would make the comparison dear. */
const longestWord = 64;

/**
 * The word out of `known` that `typed` was most likely meant to be: differs in letter case only, is begun by it, or is at most a
 * third of its letters away. null when nothing is near.
 */
export function nearest(typed: string, known: Iterable<string>): string | null {
  if (typed.length === 0 || typed.length > longestWord) return null;
  const wanted = typed.toLowerCase();
  let best: string | null = null;
  let bestDistance = Math.min(Math.max(1, Math.floor(wanted.length / 3)), wanted.length - 1) + 1;
  for (const word of known) {
    const distance = closeness(wanted, word.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [word, distance];
  }
  return best;
}

function closeness(wanted: string, word: string): number {
  if (wanted === word) return 0;
  if (wanted.length >= 3 && word.startsWith(wanted)) return 0.5;
  return word.length > longestWord ? Infinity : editDistance(wanted, word);
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
export function editDistance(from: string, to: string): number {
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(at(above, column) + 1, at(current, column - 1) + 1, at(above, column - 1) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) cost = Math.min(cost, at(before, column - 2) + 1);
      current.push(cost);
    }
    [before, above] = [above, current];
  }
  return at(above, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
