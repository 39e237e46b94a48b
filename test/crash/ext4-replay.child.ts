// One series of crash states, in a mount namespace of its own: whatever happens to this process, its mounts end with it, and
// with them its loop device. Prints what it found as JSON.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Finding, Series } from './series.ts';
import { endShells, runCommand } from './run-command.ts';
import { storeSeries } from './store-series.ts';
import { unitSeries } from './unit-series.ts';

/** Images lie in memory: a disk of the machine would make each flush slow, and be worn. The mount goes with this process. */
async function inMemory<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ext4-'));
  await runCommand('mount', '-t', 'tmpfs', '-o', 'size=256m', 'tmpfs', folder);
  try {
    return await work(folder);
  } finally {
    endShells();
  }
}

const series = JSON.parse(process.argv[2] ?? '') as Series;
const finding: Finding = await inMemory((folder) => (series.workload === 'unit' ? unitSeries(series, folder) : storeSeries(series, folder)));
console.log(JSON.stringify(finding));
