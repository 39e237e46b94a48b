import type { Notebook } from './store-ledger.ts';
import { StoreLedger } from './store-ledger.ts';

interface Note {
  readonly logBytes: number;
  readonly change: (ledger: StoreLedger) => void;
}

/**
 * Notes with the length of the write log at that moment. Of a crash that comes later in the log, a wish noted before may have
 * come true, and a promise noted before must be kept: whatever it rests on was flushed before it was given.
 */
export class TimedLedger implements Notebook {
  readonly #notes: Note[] = [];
  readonly #logBytes: () => number;

  constructor(logBytes: () => number) {
    this.#logBytes = logBytes;
  }

  note(change: (ledger: StoreLedger) => void): void {
    this.noteAt(this.#logBytes(), change);
  }

  noteAt(logBytes: number, change: (ledger: StoreLedger) => void): void {
    this.#notes.push({ logBytes, change });
  }

  /** What was promised when the log was so long. */
  at(logBytes: number): StoreLedger {
    const ledger = new StoreLedger();
    for (const note of this.#notes) if (note.logBytes <= logBytes) note.change(ledger);
    return ledger;
  }
}
