import type { MediaEvent } from '../../../firmware/media/media-protocol.ts';
import { firstOther } from './told-apart.ts';

type Chunk = Extract<MediaEvent, { type: 'chunk' }>;

/** Takes all chunks, and looks at their octets only when everything is over: by then each place has held many others. */
export class SlowControl {
  readonly #kept: Chunk[] = [];

  take(event: MediaEvent): void {
    if (event.type === 'chunk') this.#kept.push(event);
    else if (event.type === 'log') throw new Error(event.text);
  }

  /** Octets that came, by recording. Errors: an order that is not that of speaking, or an octet that nobody said there. */
  heard(): Map<number, number> {
    const positions = new Map<number, number>();
    const sequences = new Map<number, number>();
    for (const { port, record, sequence, bytes } of this.#kept) {
      const position = positions.get(record) ?? 0;
      const due = sequences.get(record) ?? 0;
      if (sequence !== due) throw new Error(`port ${port}, recording ${record}: chunk ${sequence} came when ${due} was due`);
      const other = firstOther(record, position, bytes);
      if (other >= 0) throw new Error(`port ${port}, recording ${record}, chunk ${sequence}: another octet at ${other} of ${bytes.length}`);
      positions.set(record, position + bytes.length);
      sequences.set(record, sequence + 1);
    }
    return positions;
  }
}
