import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryRows } from '../../../firmware/unit/memory-rows.ts';

const mib = (count: number): number => count * 1024 * 1024;
const thread = (name: string, heap: number, buffers: number) => ({ name, heapBytes: mib(heap), highestHeapBytes: mib(heap + 1), bufferBytes: mib(buffers), highestBufferBytes: mib(buffers + 1) });
const use = { residentBytes: mib(60), highestResidentBytes: mib(100), programBytes: mib(20), nativeBytes: mib(14), threads: [thread('control', 12, 1), thread('media', 8, 3)] };

test('the owners add up to the process, buffers being part of native memory', () => {
  const [process, ...owners] = memoryRows(use, mib(256));
  assert.equal(process, { owner: 'process (resident)', budgetBytes: mib(256), usedBytes: mib(60), highestBytes: mib(100) });
  assert.is(owners.reduce((sum, { usedBytes }) => sum + usedBytes, 0), mib(60));
  assert.equal(owners.map(({ owner, usedBytes }) => [owner, usedBytes / mib(1)]), [
    ['program and libraries', 20], ['heap of the control thread', 12], ['heap of the media thread', 8], ['buffers of the control thread', 1], ['buffers of the media thread', 3],
    ['native: code of the product, sockets, addons', 10], ['stacks and the rest', 6],
  ]);
});

test('figures of a thread that are some seconds old make no negative row', () => {
  const rows = memoryRows({ ...use, residentBytes: mib(50), nativeBytes: mib(2) }, mib(256));
  assert.ok(rows.every(({ usedBytes }) => usedBytes >= 0));
});

test('where the machine does not tell of native memory it is part of the rest', () => {
  const rows = memoryRows({ ...use, nativeBytes: null }, mib(256));
  assert.is(rows.at(-1)?.usedBytes, mib(16));
  assert.not.ok(rows.some(({ owner }) => owner.startsWith('native')));
});

test.run();
