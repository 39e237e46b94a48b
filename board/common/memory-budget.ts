import type { Log } from '../../firmware/log.ts';
import { memoryLimitBytes } from '../../hal/drivers/linux/memory-limit.ts';
import type { Board } from '../board.ts';

const mib = 1024 * 1024;

/** Bytes that the unit may hold: what the board sets aside, or less where it runs in a smaller container, which the log is told. */
export function memoryBudget({ memoryBudgetMiB }: Pick<Board, 'memoryBudgetMiB'>, log: Log, limitBytes: number | null = memoryLimitBytes()): number {
  if (limitBytes === null || limitBytes >= memoryBudgetMiB * mib) return memoryBudgetMiB * mib;
  log.write('notice', 'memory-limited', `The machine leaves ${Math.floor(limitBytes / mib)} MiB of memory to the unit; the board would set ${memoryBudgetMiB} MiB aside for it.`);
  return limitBytes;
}
