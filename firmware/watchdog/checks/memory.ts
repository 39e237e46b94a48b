import { whileUp, type HealthCheck } from '../health-check.ts';

const mib = 1024 * 1024;

/** `usedBytes`: what the process holds of the machine's memory. */
export function memory(budgetBytes: number, usedBytes: () => number): HealthCheck {
  return {
    name: 'memory',
    about: 'the process stays within its memory',
    runsIn: whileUp,
    everyRounds: 1,
    look() {
      const used = usedBytes();
      return used > budgetBytes ? `the process holds ${Math.round(used / mib)} MiB; the board sets ${Math.round(budgetBytes / mib)} MiB aside for it` : null;
    },
  };
}
