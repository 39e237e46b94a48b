import { totalmem } from 'node:os';

/** What the kernel needs of it for the process: sockets, page tables. */
const kernelShare = 0.1;

/** Bytes that this process may hold by the memory cgroup that it runs in, version 1 or 2; null = no cgroup limits it. */
export function memoryLimitBytes(constrained: number = process.constrainedMemory() ?? 0, machineBytes: number = totalmem()): number | null {
  // Without a limit Node tells 0, or the largest number the kernel has.
  return constrained > 0 && constrained < machineBytes ? Math.floor(constrained * (1 - kernelShare)) : null;
}
