import type { Figure } from './figures.ts';
import { figure, median } from './figures.ts';
import type { StoredAnswer, StoredRun } from './stored.ts';

/** `of`: how much the full one holds. The other has ten mailboxes with as much in each. */
export function storedFigures(of: string, few: StoredRun, many: StoredRun): Figure[] {
  const beside = (run: 'first' | 'killed' | 'clean', what: keyof StoredAnswer, name: string, unit: string, goal: number | null = 1.2): Figure => {
    const [of10, ofAll] = [few, many].map((one) => median([one[run]].flat().map((answer) => answer[what]))) as [number, number];
    return figure(`${of}: ${name}`, ofAll, unit, { ratio: ofAll / of10, against: '10 mailboxes', goal: goal === null ? null : goal * of10 });
  };
  const longest = (what: 'worstDelayMs' | 'keepDelayMs'): number => Math.max(...many.clean.map((answer) => answer[what]));
  return [
    beside('first', 'startMs', 'first start of all', 'ms', null),
    beside('killed', 'startMs', 'start after a kill, 40 mailboxes changed', 'ms', null),
    beside('clean', 'startMs', 'start after a clean stop', 'ms', null),
    beside('clean', 'keepMs', 'what a start leaves for later', 'ms', null),
    beside('clean', 'logInMs', 'first log-in', 'ms'),
    beside('clean', 'listMs', 'list', 'ms'),
    beside('clean', 'nextMs', 'next message', 'ms'),
    beside('clean', 'deleteMs', 'deletion', 'ms'),
    beside('clean', 'rssMiB', 'RSS', 'MiB'),
    beside('killed', 'rssMiB', 'RSS after a kill', 'MiB'),
    beside('first', 'rssMiB', 'RSS after the first start', 'MiB'),
    beside('clean', 'heapMiB', 'heap', 'MiB', null),
    beside('clean', 'housekeepMs', 'housekeeping, nothing due', 'ms', null),
    figure(`${of}: longest turn, nothing due`, longest('worstDelayMs'), 'ms', { goal: 5 }),
    figure(`${of}: longest turn, looking after a start`, longest('keepDelayMs'), 'ms', { goal: 5 }),
    figure(`${of}: longest turn, emptying all trash`, many.due.keepDelayMs, 'ms', { goal: 5 }),
    figure(`${of}: messages purged`, many.due.purgedPerSec, '/s', { ratio: many.due.purgedPerSec / few.due.purgedPerSec, against: '10 mailboxes', better: 'more' }),
    beside('clean', 'closeMs', 'clean stop', 'ms', null),
  ];
}
