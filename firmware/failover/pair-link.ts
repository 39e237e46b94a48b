import type { Clock } from '../../hal/clock.ts';
import type { DatagramNet } from '../../hal/datagram.ts';
import type { SerialPorts } from '../../hal/serial.ts';
import type { Random } from '../../hal/random.ts';
import type { BeatSeal } from './beat-seal.ts';
import type { LinkCommand, LinkEvent } from './link-protocol.ts';
import { LinkRun, silentFacts } from './link-run.ts';

export interface PairLinkParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly datagram: DatagramNet;
  /** null: this machine has no serial lines. */
  readonly serial: SerialPorts | null;
  readonly emit: (event: LinkEvent) => void;
  /** Removes the shared address when the control thread hangs and the partner serves; null = there is none. Rejects when it could not. */
  readonly fence: (() => Promise<void>) | null;
  /** 0 to 100, for the beat. */
  readonly mediaHealth?: () => number;
  readonly makeSeal?: (key: Uint8Array) => BeatSeal;
}

/**
 * The heartbeat, in the media thread: it goes on whatever the control thread does.
 *
 *   clock ── each beatMs ──> pulse ──> beat ──> every way          socket, serial line ──> judge ──> watch ──> event to control, on change
 *
 * Beats leave by absolute deadlines; one that is late by more than a beat is skipped, not caught up with.
 */
export class PairLink {
  readonly #parts: PairLinkParts;
  #run: LinkRun | null = null;
  #facts = silentFacts;

  constructor(parts: PairLinkParts) {
    this.#parts = parts;
  }

  command(command: LinkCommand): void {
    switch (command.type) {
      case 'link-start':
        this.#run?.end();
        this.#run = new LinkRun(this.#parts, command.settings, command.keys);
        return this.#run.start(this.#facts);
      case 'link-keys':
        return this.#run?.use(command.keys);
      case 'link-facts':
        this.#facts = command.facts;
        return this.#run?.tell(command.facts);
      case 'link-carrier':
        return this.#run?.carrier(command.path, command.up);
      case 'link-stop':
        this.#run?.sayGoodbye();
        this.close();
        return this.#parts.emit({ type: 'link-stopped' });
    }
  }

  /** Ends without a goodbye. */
  close(): void {
    this.#run?.end();
    this.#run = null;
  }
}
