// Part of every built file: how it starts threads.
import { payload } from './sections.ts';

/**
 * The text of a program for a thread: what board/common/threads (or the board's own folder) has under this name. It unpacks its code out of the open file;
 * a thread that is given the file's name reads and parses all of it, with everything that is packed, and may find another release there.
 */
export function threadCode(thread: string): string {
  return `(${payload.run})(${JSON.stringify(payload)}, ${JSON.stringify(thread)}, require);`;
}
