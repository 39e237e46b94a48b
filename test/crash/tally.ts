import type { LaterWrites } from './crash-state.ts';
import type { LogEntry } from './write-log.ts';
import type { Survey } from './survey.ts';

const mostTold = 8;
/** How a broken promise reads that is the loss of a message, or of a part of it. */
const loss = /^[0-9a-f-]{36} (is lost|has \d+ of|was stored whole|is listed and cannot)/;

/** What a series of crash states showed: sums over the states. */
export class Tally {
  states = 0;
  /** Writes between the last flush and the cut. */
  keptWrites = 0;
  tornWrites = 0;
  lostWrites = 0;
  /** Messages that had been acknowledged, and were looked for. */
  promised = 0;
  /** Delivered as interrupted. */
  salvaged = 0;
  /** The most that one of them was short of what its caller had spoken. */
  worstLossMs = 0;
  /** States in which a promise was broken; in which a message was lost, in whole or in part; and how many messages were. */
  brokenStates = 0;
  lossStates = 0;
  lostMessages = 0;
  /** The first broken promises, with the seed of their states. */
  readonly broken: string[] = [];
  readonly writes: number;
  readonly flushes: number;

  constructor(entries: readonly LogEntry[]) {
    this.flushes = entries.filter(({ kind }) => kind === 'flush').length;
    this.writes = entries.length - this.flushes;
  }

  add({ kept, torn, lost }: LaterWrites, { broken, promised, salvaged, worstLossMs }: Survey, where: string): void {
    this.states++;
    this.keptWrites += kept;
    this.tornWrites += torn;
    this.lostWrites += lost;
    this.promised += promised;
    this.salvaged += salvaged;
    this.worstLossMs = Math.max(this.worstLossMs, worstLossMs);
    const gone = new Set(broken.filter((text) => loss.test(text)).map((text) => text.split(' ')[0])).size;
    this.lostMessages += gone;
    if (broken.length > 0) this.brokenStates++;
    if (gone > 0) this.lossStates++;
    this.broken.push(...broken.slice(0, mostTold - this.broken.length).map((text) => `${where}: ${text}`));
  }
}
