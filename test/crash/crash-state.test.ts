// The parts of the replay that need no disk: what the log says, and what a power cut makes of it.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { chooseCut, laterWrites } from './crash-state.ts';
import { DurableDisk } from './durable-disk.ts';
import type { LogEntry } from './write-log.ts';
import { parseWriteLog } from './write-log.ts';

const sector = 512;

function header(...values: bigint[]): Buffer {
  const bytes = Buffer.alloc(sector);
  values.forEach((value, at) => bytes.writeBigUInt64LE(value, 8 * at));
  return bytes;
}

const superblock = header(0x6a736677736872n, 1n, 0n, BigInt(sector));
const flags = { none: 0n, flush: 1n, fua: 2n, discard: 4n };

/** A write of `count` sectors that each hold `fill`. */
const written = (first: number, count: number, fill: number, flag = flags.none): Buffer =>
  Buffer.concat([header(BigInt(first), BigInt(count), flag, 0n), Buffer.alloc(count * sector, fill)]);

const write = (at: number, sectors: number, fill: number, more: Partial<LogEntry> = {}): LogEntry => ({ kind: 'write', fua: false, at: at * sector, data: Buffer.alloc(sectors * sector, fill), end: 0, ...more });
const flush: LogEntry = { kind: 'flush', fua: false, at: 0, data: new Uint8Array(0), end: 0 };

test('a log of writes is read entry by entry, up to one that is cut off', () => {
  const whole = [superblock, written(3, 2, 7), header(0n, 0n, flags.flush, 0n), header(8n, 4n, flags.discard, 0n), written(9, 1, 8, flags.fua)];
  const log = Buffer.concat([...whole, written(1, 4, 9).subarray(0, 3 * sector)]);
  const entries = parseWriteLog(log);
  assert.equal(entries.map(({ kind, fua, at, data, end }) => [kind, fua, at / sector, data.length / sector, end / sector]), [
    ['write', false, 3, 2, 4],
    ['flush', false, 0, 0, 5],
    ['discard', false, 8, 0, 6],
    ['write', true, 9, 1, 8],
  ]);
  assert.ok(entries[0]?.data.every((byte) => byte === 7));
  assert.throws(() => parseWriteLog(Buffer.alloc(1024)), 'not a log of writes');
});

test('a cut is anywhere from the first entry on, and knows the last flush before it', () => {
  const entries = [write(0, 1, 1), flush, write(1, 1, 2), write(2, 1, 3), flush];
  const cuts = new Map(Array.from({ length: 100 }, (_, seed) => chooseCut(entries, 1, new SimRandom(seed))).map(({ cut, flush: last }) => [cut, last]));
  assert.equal([...cuts].sort(), [[1, 1], [2, 1], [3, 1], [4, 4]]);
  assert.equal(chooseCut([write(0, 1, 1)], 0, new SimRandom(1)), { cut: 0, flush: -1 });
});

test('of the writes after the flush about half survive, some in part; what was forced stays', () => {
  const entries = [write(99, 1, 1), flush, ...Array.from({ length: 1000 }, (_, nth) => write(8 * nth, 8, 2)), write(9000, 1, 3, { fua: true }), write(9999, 1, 4)];
  const { survivors, kept, torn, lost } = laterWrites(entries, { cut: 1002, flush: 1 }, new SimRandom(3));
  assert.is(kept + torn + lost, 1001);
  assert.ok(lost > 400 && lost < 600 && torn > 100 && torn < 200, `${kept} kept, ${torn} torn, ${lost} lost`);
  assert.is(survivors.length, kept + torn);
  assert.is(survivors.at(-1)?.at, 9000 * sector);
  assert.is(survivors.filter(({ data }) => data.length < 8 * sector).length, torn + 1);
  assert.ok(survivors.every(({ at, data }) => at % sector === 0 && data.length % sector === 0 && data.length > 0 && (at + data.length - 1) / (8 * sector) < 9000));
  assert.equal(laterWrites(entries, { cut: 1002, flush: 1 }, new SimRandom(3)).survivors, survivors);
});

test('the disk of a state: all writes up to the flush, the survivors on top, zeros elsewhere', () => {
  const base = Buffer.alloc(64 * sector);
  base.fill(1, 40 * sector, 41 * sector);
  const entries = [write(0, 2, 2), write(1, 1, 3), flush, write(16, 8, 4)];
  const disk = new DurableDisk(base, entries);
  const image = path.join(mkdtempSync(path.join(tmpdir(), 'disk-')), 'image');
  const sectors = (): number[] => Array.from({ length: 64 }, (_, at) => readFileSync(image)[at * sector] ?? -1);
  disk.advanceTo(2);
  disk.write(image, [{ at: 20 * sector, data: Buffer.alloc(2 * sector, 9) }]);
  const expected = (changes: Record<number, number>): number[] => Array.from({ length: 64 }, (_, at) => changes[at] ?? 0);
  assert.equal(sectors(), expected({ 0: 2, 1: 3, 20: 9, 21: 9, 40: 1 }));
  disk.advanceTo(3);
  disk.write(image, []);
  assert.equal(sectors(), expected({ 0: 2, 1: 3, 40: 1, ...Object.fromEntries(Array.from({ length: 8 }, (_, at) => [16 + at, 4])) }));
});

test.run();
