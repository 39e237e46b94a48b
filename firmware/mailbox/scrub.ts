import type { Clock, Timer } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import { messageFolder, parseMessageName } from './mailbox-paths.ts';
import { scanFile } from './scan-file.ts';

/** The start is over by then. */
export const firstRoundMs = 10_000;
/** Between two rounds, from the beginning of one to that of the next, at the least. */
export const roundMs = 24 * 60 * 60_000;
/** A message more takes as long at the least, and a folder without one. */
const pauseMs = 50;
/** Octets read in a millisecond, on average: 128 KiB a second are nothing to a disk, and a hundred gigabytes are looked through in ten days. */
const bytesPerMs = 128 * 1.024;
/** Damaged messages, by mailbox and id, that are remembered so as to be told once; those beyond are told again in each round. */
const mostRemembered = 1000;

export interface ScrubParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  /** All mailboxes there are. */
  readonly numbers: () => readonly string[];
}

/** Since the start. */
export interface ScrubProgress {
  /** Messages looked at. */
  readonly messages: number;
  /** Of these, damaged. */
  readonly damaged: number;
  /** Times that all mailboxes were looked through. */
  readonly rounds: number;
}

/**
 * Reads every delivered message, again and again, and checks each of its frames: flash forgets what nobody reads. One file after another, so slowly that
 * neither calls nor the disk notice. What is damaged is told and stays where it is: it is heard up to the damage, and a partner may have it whole.
 */
export class Scrub {
  readonly #parts: ScrubParts;
  readonly #told = new Set<string>();
  #progress: ScrubProgress = { messages: 0, damaged: 0, rounds: 0 };
  #timer: Timer | null = null;
  /** Wakes who pauses. */
  #wake: () => void = () => undefined;
  #running = false;
  /** Of this round. */
  #passedOver = 0;

  constructor(parts: ScrubParts) {
    this.#parts = parts;
  }

  get progress(): ScrubProgress {
    return this.#progress;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#timer = this.#parts.clock.after('scrub', firstRoundMs, () => void this.#rounds());
  }

  /** What is being read is read to its end. */
  stop(): void {
    this.#running = false;
    this.#timer?.cancel();
    this.#wake();
  }

  async #rounds(): Promise<void> {
    const { clock, log } = this.#parts;
    while (this.#running) {
      const began = clock.monotonic();
      try {
        await this.#round();
      } catch (error) {
        log.write('error', 'scrub-failed', `The messages could not be looked through: ${String(error)}`);
      }
      await this.#pause(Math.max(firstRoundMs, roundMs - (clock.monotonic() - began)));
    }
  }

  async #round(): Promise<void> {
    this.#passedOver = 0;
    for (const number of this.#inTurn()) {
      const names = await this.#namesIn(number);
      for (const name of names) {
        const bytes = await this.#look(number, name);
        await this.#pause(Math.max(pauseMs, bytes / bytesPerMs));
        if (!this.#running) return;
      }
      if (names.length === 0) await this.#pause(pauseMs);
      if (!this.#running) return;
    }
    this.#progress = { ...this.#progress, rounds: this.#progress.rounds + 1 };
  }

  /** From another one on at each start: a unit that never runs for a whole round must not look at the same ones all its life. */
  #inTurn(): readonly string[] {
    const numbers = this.#parts.numbers();
    const first = numbers.length === 0 ? 0 : Math.floor(this.#parts.clock.wall() / 1000) % numbers.length;
    return [...numbers.slice(first), ...numbers.slice(0, first)];
  }

  /** Of one without a folder, or whose folder the medium does not give, none. */
  async #namesIn(number: string): Promise<readonly string[]> {
    try {
      return (await this.#parts.storage.list(messageFolder(number))).filter((name) => parseMessageName(name) !== null);
    } catch (error) {
      this.#tell(number, messageFolder(number), number, error);
      return [];
    }
  }

  /** Octets of audio that were read. */
  async #look(number: string, name: string): Promise<number> {
    const path = `${messageFolder(number)}/${name}`;
    // Its state is part of the name, and changes.
    const key = `${number} ${parseMessageName(name)?.id ?? name}`;
    try {
      const scan = await scanFile(this.#parts.storage, path, true);
      const why = typeof scan === 'string' ? scan : scan.trailer === null ? (scan.fault ?? 'its end is missing') : null;
      this.#progress = { ...this.#progress, messages: this.#progress.messages + 1 };
      if (why !== null) this.#tell(number, path, key, why);
      return typeof scan === 'string' ? 0 : scan.end.position;
    } catch (error) {
      this.#tell(number, path, key, error);
      return 0;
    }
  }

  /** `key`: what is told once. */
  #tell(mailbox: string, path: string, key: string, found: unknown): void {
    if (found instanceof Error && !(found instanceof HalError)) throw found;
    // Renamed or removed since the folder was listed.
    if (found instanceof HalError && found.id === 'not-found') return;
    if (found instanceof HalError && found.id !== 'io') return this.#passOver(mailbox, path, found);
    if (this.#told.has(key)) return;
    if (this.#told.size < mostRemembered) this.#told.add(key);
    this.#progress = { ...this.#progress, damaged: this.#progress.damaged + 1 };
    this.#parts.log.write('alert', 'message-damage-found', `A stored message cannot be read to its end: ${found instanceof HalError ? found.message : String(found)}; it is heard up to there. Look after the disk.`, { mailbox, file: path });
  }

  /** The machine is short of something, and says nothing of the message: the next round looks at it again. */
  #passOver(mailbox: string, path: string, why: HalError): void {
    this.#passedOver += 1;
    if (this.#passedOver === 1) this.#parts.log.write('warning', 'scrub-passed-over', `A stored message cannot be looked at now, nor perhaps others in this round: ${why.message}.`, { mailbox, file: path });
  }

  #pause(ms: number): Promise<void> {
    if (!this.#running) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#timer = this.#parts.clock.after('scrub', ms, resolve);
    });
  }
}
