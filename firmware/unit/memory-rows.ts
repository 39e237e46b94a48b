import type { MemoryUse } from '../../hal/process.ts';
import type { MemoryRow } from '../console/parts/shown-facts.ts';

/**
 * The process as a whole, then its owners, which add up to it: the last row is what belongs to none of them (stacks, and whatever the others
 * have not told yet). Buffers lie in native memory, and are taken off it.
 */
export function memoryRows(use: MemoryUse, budgetBytes: number): MemoryRow[] {
  const owners: MemoryRow[] = [
    { owner: 'program and libraries', budgetBytes: null, usedBytes: use.programBytes, highestBytes: null },
    ...use.threads.map(({ name, heapBytes, highestHeapBytes }) => ({ owner: `heap of the ${name} thread`, budgetBytes: null, usedBytes: heapBytes, highestBytes: highestHeapBytes })),
    ...use.threads.map(({ name, bufferBytes, highestBufferBytes }) => ({ owner: `buffers of the ${name} thread`, budgetBytes: null, usedBytes: bufferBytes, highestBytes: highestBufferBytes })),
  ];
  if (use.nativeBytes !== null) {
    const buffers = use.threads.reduce((sum, { bufferBytes }) => sum + bufferBytes, 0);
    owners.push({ owner: 'native: code of the product, sockets, addons', budgetBytes: null, usedBytes: Math.max(0, use.nativeBytes - buffers), highestBytes: null });
  }
  const owned = owners.reduce((sum, { usedBytes }) => sum + usedBytes, 0);
  return [
    { owner: 'process (resident)', budgetBytes, usedBytes: use.residentBytes, highestBytes: use.highestResidentBytes },
    ...owners,
    { owner: 'stacks and the rest', budgetBytes: null, usedBytes: Math.max(0, use.residentBytes - owned), highestBytes: null },
  ];
}
