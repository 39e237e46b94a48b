// Results worth reading in a run that passes: what was measured, and over how many cases.
import { recordFigure } from './runner/ledger.ts';

/** Prints a line below that of the test file. Short: it is read at every run. */
export function figure(text: string): void {
  recordFigure(text);
}
