import type { BoardLine } from '../../board.ts';

/** Two lines of an exchange and two telephones, all simulated. */
export const simulatedLinePorts: readonly BoardLine[] = [
  { name: 'trunk-1', kind: 'trunk', driver: 'sim', place: '1' },
  { name: 'trunk-2', kind: 'trunk', driver: 'sim', place: '2' },
  { name: 'phone-1', kind: 'phone', driver: 'sim', place: '3' },
  { name: 'phone-2', kind: 'phone', driver: 'sim', place: '4' },
];
