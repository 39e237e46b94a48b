/** One figure of the bench. `ratio`: against what was measured beside it in the same run; only ratios are compared between machines and runs. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** null = there is nothing to compare with. */
  readonly ratio: number | null;
  /** What `ratio` is against, in words. */
  readonly against: string;
  /** Whether more is worse. */
  readonly better: 'less' | 'more';
  /** What the product wants to reach; null = nothing is said. */
  readonly goal: number | null;
}

/** Stored ratios by the name of their figure. */
export type StoredRatios = Readonly<Record<string, number>>;

/** Worse than stored by more than this is a regression. */
export const tolerance = 0.1;

export interface Regression {
  readonly name: string;
  readonly stored: number;
  readonly now: number;
}

export function regressions(figures: readonly Figure[], stored: StoredRatios): Regression[] {
  return figures.flatMap(({ name, ratio, better }) => {
    const before = stored[name];
    if (ratio === null || before === undefined) return [];
    const worse = better === 'less' ? ratio > before * (1 + tolerance) : ratio < before * (1 - tolerance);
    return worse ? [{ name, stored: before, now: ratio }] : [];
  });
}

export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, unit, ratio, against, goal, better }) => [
    name, `${shown(value)} ${unit}`, ratio === null ? '' : `${shown(ratio)} x ${against}`, goal === null ? '' : `${better === 'less' ? '<=' : '>='} ${shown(goal)} ${verdict(value, goal, better)}`,
  ]);
  const all = [['FIGURE', 'VALUE', 'RATIO', 'GOAL'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) => row.map((cell, column) => (column === 1 ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] as number))).join('  ').trimEnd()).join('\n');
}

const verdict = (value: number, goal: number, better: Figure['better']): string => ((better === 'less' ? value <= goal : value >= goal) ? 'yes' : 'NO');
const shown = (value: number): string => (Math.abs(value) >= 1000 ? String(Math.round(value)) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2));

/** Of sorted values; NaN of none. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
