// What the built unit holds of the machine's memory, and whether it knows whose it is.
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ChunkPlaces } from '../../firmware/media/chunk-places.ts';
import { figure } from '../support/figure.ts';
import { sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';

const mib = 1024 * 1024;
/** What the start has left behind is given back one second after it, and every 10 s what of the program is not in use. */
const settleMs = 15_000;
const ports = 40;

const test = suite('memory');
let unit: RunningUnit;
test.before(async () => {
  unit = await RunningUnit.start({ ports });
});
test.after(() => unit.mustStop());

const residentBytes = (): number => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${unit.pid}/status`, 'utf8'))?.[1]) * 1024;

const units: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: mib, GiB: 1024 * mib };

/** Used bytes by owner, as `show memory` prints them: owner, budget, used, highest. */
async function shown(): Promise<Map<string, number>> {
  const lines = (await unit.console('show memory')).split('\n').slice(1).filter((line) => line.trim() !== '');
  return new Map(lines.map((line) => {
    const [owner = '', , used = ''] = line.trim().split(/ {2,}/);
    const [count, unitOf = ''] = used.split(' ');
    return [owner, Number(count) * (units[unitOf] ?? Number.NaN)];
  }));
}

test('forty ports wait for calls in 64 MiB', async () => {
  await sleep(settleMs);
  const bytes = residentBytes();
  figure(`${(bytes / mib).toFixed(1)} MiB resident with 40 ports and no call`);
  assert.ok(bytes <= 64 * mib, `${(bytes / mib).toFixed(1)} MiB`);
});

test('show memory: each thread is there, the owners add up to the process, and at most 5 % belong to nobody', async () => {
  await shown(); // the first look brings the code that looks back into memory
  const before = residentBytes();
  const rows = await shown();
  const after = residentBytes();
  const all = rows.get('process (resident)') ?? Number.NaN;
  assert.ok(all > before * 0.95 && all < after * 1.05, `shown ${all}, resident ${before} before, ${after} after`);
  const owners = [...rows].filter(([owner]) => owner !== 'process (resident)');
  for (const name of ['program and libraries', 'heap of the control thread', 'heap of the media thread', 'buffers of the media thread', 'native: code of the product, sockets, addons']) assert.ok((rows.get(name) ?? 0) > 0, name);
  const sum = owners.reduce((bytes, [, used]) => bytes + used, 0);
  assert.ok(Math.abs(sum - all) < all * 0.05, `owners ${sum}, process ${all}`);
  const rest = rows.get('stacks and the rest') ?? Number.NaN;
  figure(`${((rest / all) * 100).toFixed(1)} % of ${(all / mib).toFixed(1)} MiB belong to no owner`);
  assert.ok(rest <= all * 0.05, `rest ${rest} of ${all}`);
});

test('show memory: places for recorded audio that no caller has used are no part of the buffers', async () => {
  const bytes = (await shown()).get('buffers of the media thread') ?? Number.NaN;
  figure(`${(bytes / mib).toFixed(2)} MiB of buffers in the media thread`);
  assert.ok(bytes < ChunkPlaces.make(ports).memory.byteLength, `${bytes} bytes`);
});

test('nobody who asks makes it grow', async () => {
  for (let times = 0; times < 20; times++) await shown();
  const before = residentBytes();
  for (let times = 0; times < 200; times++) await shown();
  const grownBytes = residentBytes() - before;
  figure(`${(grownBytes / mib).toFixed(1)} MiB more after 200 looks`);
  assert.ok(grownBytes < 12 * mib, `${grownBytes} bytes`);
});

test.run();
