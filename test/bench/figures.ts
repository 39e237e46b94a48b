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
  /** The highest ratio of several runs as a multiple of the lowest; null = it was measured once. */
  readonly spread: number | null;
}

export function figure(name: string, value: number, unit: string, more: Partial<Figure> = {}): Figure {
  return { name, value, unit, ratio: null, against: '', better: 'less', goal: null, spread: null, ...more };
}

/** Of values in any order; NaN of none. */
export function median(values: readonly number[]): number {
  return percentile([...values].sort((a, b) => a - b), 0.5);
}

/** One figure of each name out of several runs: the medians of its value and its ratio, and how far the ratios lie apart. */
export function merged(runs: readonly (readonly Figure[])[]): Figure[] {
  if (runs.length < 2) return [...(runs[0] ?? [])];
  // A run that came to no end has less than the others.
  const names = new Map(runs.flat().map((one) => [one.name, one]));
  return [...names.values()].map((one) => {
    const all = runs.flatMap((run) => run.filter(({ name }) => name === one.name));
    const ratios = all.flatMap(({ ratio }) => (ratio === null ? [] : [ratio]));
    const apart = ratios.length < 2 ? {} : { ratio: median(ratios), spread: Math.max(...ratios) / Math.min(...ratios) };
    return { ...one, value: median(all.map(({ value }) => value)), ...apart };
  });
}

/** Ratios that several runs agree upon within the tolerance; the others would be regressions by chance. */
export function repeatable(figures: readonly Figure[]): StoredRatios {
  const agreed = figures.filter(({ ratio, spread }) => ratio !== null && spread !== null && spread <= 1 + tolerance);
  return Object.fromEntries(agreed.map(({ name, ratio }) => [name, Math.round((ratio as number) * 1000) / 1000]));
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
