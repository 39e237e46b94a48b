import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Figure, StoredRatios } from './figures.ts';
import { repeatable } from './figures.ts';

/** The ratios of one machine, with which later runs are compared. */
export const ratiosFile = 'test/bench/ratios.json';

export const hasRatios = (): boolean => existsSync(ratiosFile);

/** None where nothing has been stored. */
export const storedRatios = (): StoredRatios => (hasRatios() ? (JSON.parse(readFileSync(ratiosFile, 'utf8')) as StoredRatios) : {});

/** Keeps those that repeat, and tells those that do not. */
export function storeRatios(figures: readonly Figure[], tell: (text: string) => void): void {
  const ratios = repeatable(figures);
  const now = new Set(figures.map(({ name }) => name));
  // Those of sections that were not run stay.
  const others = Object.entries(storedRatios()).filter(([name]) => !now.has(name));
  writeFileSync(ratiosFile, `${JSON.stringify({ ...Object.fromEntries(others), ...ratios }, null, 1)}\n`);
  for (const { name, ratio, spread } of figures) if (ratio !== null && !(name in ratios)) tell(`not stored, as it varies by a factor of ${spread?.toFixed(2) ?? '?'}: ${name}`);
}
