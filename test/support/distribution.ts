// Measured times as a table for people: a line for each kind, with its spread as a row of bars.
import { figure } from './figure.ts';

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const columns = 20;

/** The value below which this share of them lies; the values must be sorted. */
export const quantile = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;

/** How many lie in each twentieth from 0 to `most`: a blank for none. */
function spread(values: readonly number[], most: number): string {
  const counts = new Array<number>(columns).fill(0);
  for (const value of values) counts[Math.min(columns - 1, Math.floor((value / most) * columns))]! += 1;
  const highest = Math.max(...counts);
  return counts.map((count) => (count === 0 ? ' ' : bars[Math.ceil((count / highest) * bars.length) - 1])).join('');
}

/** Prints p50, p99 and the most of each kind, milliseconds, below the line of the test file. */
export function printTimes(kinds: Readonly<Record<string, readonly number[]>>): void {
  const most = Math.max(1, ...Object.values(kinds).flat());
  const width = Math.max(...Object.keys(kinds).map((name) => name.length));
  figure(`${'milliseconds'.padEnd(width)}    p50    p99   most   of  0 ${'-'.repeat(columns - 4)} ${Math.ceil(most)}`);
  for (const [name, values] of Object.entries(kinds)) {
    const sorted = [...values].sort((one, other) => one - other);
    const cells = [quantile(sorted, 0.5), quantile(sorted, 0.99), quantile(sorted, 1)].map((value) => String(Math.round(value)).padStart(7));
    figure(`${name.padEnd(width)}${cells.join('')} ${String(sorted.length).padStart(4)}  ${spread(sorted, most)}`);
  }
}
