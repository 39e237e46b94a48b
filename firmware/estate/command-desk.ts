import type { Clock } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Log } from '../log.ts';
import type { CommandFloors } from './command-floors.ts';
import { refusalOf, refusalText } from './command-gate.ts';
import type { GateRefusal } from './command-gate.ts';
import type { Command, CommandResult } from './note-bodies.ts';
import { readCommand } from './note-bodies.ts';
import type { RefusalLog } from './refusal-log.ts';
import type { SignedNote } from './signed-note.ts';
import { isSignedBy, keyId, operatorKey, readNote } from './signed-note.ts';

export type CommandRefusal = GateRefusal | 'malformed' | 'unknown-key' | 'forged' | 'foreign' | 'busy';

export interface Answer {
  readonly ok: boolean;
  readonly text: string;
}

export interface CommandDeskParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly refusals: RefusalLog;
  readonly floors: CommandFloors;
  readonly site: string;
  readonly unit: string;
  /** Public keys of operators, as they are set now. */
  readonly keys: () => readonly string[];
  readonly perform: (command: Command) => Promise<Answer>;
  /** To whoever sent it. */
  readonly answer: (result: CommandResult) => void;
}

/** Commands that wait while one is done. */
const maxWaiting = 8;
const textLimit = 2000;

/** Commands from the broker: checked, done one after another, each at most once, and answered. */
export class CommandDesk {
  readonly refused: Record<CommandRefusal, number> = { 'malformed': 0, 'unknown-key': 0, 'forged': 0, 'foreign': 0, 'old': 0, 'expired': 0, 'early': 0, 'too-long': 0, 'busy': 0 };
  done = 0;
  readonly #parts: CommandDeskParts;
  /** Of each key: an answer that was lost is given again when the same command comes again. */
  readonly #answers = new Map<string, CommandResult>();
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(parts: CommandDeskParts) {
    this.#parts = parts;
  }

  take(bytes: Uint8Array): void {
    const note = readNote(bytes);
    const command = note === null ? null : readCommand(note.body);
    if (note === null || command === null) return this.#refuse('malformed', 'unsigned', 'Something came as a command that is none.');
    const strange = this.#strange(note, command);
    if (strange !== null) return strange;
    if (this.#waiting >= maxWaiting) return this.#decline(command, 'busy', 'too many commands wait');
    this.#waiting += 1;
    this.#last = this.#last.then(() => this.#do(command)).finally(() => (this.#waiting -= 1));
  }

  /** When all that was taken is done. */
  async idle(): Promise<void> {
    await this.#last;
  }

  /** Whoever is not known gets no answer. */
  #strange(note: SignedNote, command: Command): void | null {
    const known = this.#parts.keys().find((one) => keyId(one) === command.key);
    const key = known === undefined ? null : operatorKey(known);
    if (key === null) return this.#refuse('unknown-key', 'unknown', `A command came with the key ${command.key}, which is not among estate.commandKeys.`);
    if (!isSignedBy('command', note, key)) return this.#refuse('forged', command.key, `A command came in the name of key ${command.key}, which did not sign it.`);
    if (command.site !== this.#parts.site || command.unit !== this.#parts.unit) return this.#refuse('foreign', command.key, `A command came for unit ${command.unit.slice(0, 8)} of site ${command.site}, which is another.`);
    return null;
  }

  async #do(command: Command): Promise<void> {
    const { clock, floors, log } = this.#parts;
    const nowMs = Math.floor(clock.wall());
    const again = this.#answers.get(command.key);
    const why = refusalOf(command, floors.of(command.key), nowMs);
    if (why === 'old' && again?.sequence === command.sequence) this.#parts.answer(again);
    if (why !== null) return why === 'old' ? this.#refuse('old', command.key, `A command of key ${command.key} came again; each is done once.`) : this.#decline(command, why, refusalText(why, nowMs));
    try {
      await floors.raise(command.key, command.sequence);
    } catch (error) {
      return this.#reply(command, { ok: false, text: `not done: that it is done could not be stored, and it might have been done twice (${String(error)})` });
    }
    log.write('notice', 'estate-command', `Operator ${command.key}: ${words(command)}.`, { sequence: command.sequence });
    this.done += 1;
    this.#reply(command, await this.#perform(command));
  }

  async #perform(command: Command): Promise<Answer> {
    try {
      return await this.#parts.perform(command);
    } catch (error) {
      if (!(error instanceof HalError)) throw error;
      return { ok: false, text: `not done: ${error.message}` };
    }
  }

  #decline(command: Command, why: CommandRefusal, text: string): void {
    this.#refuse(why, command.key, `A command of key ${command.key} (${words(command)}) was not done: ${text}.`);
    this.#answer(command, { ok: false, text: `not done: ${text}` });
  }

  #refuse(why: CommandRefusal, source: string, text: string): void {
    this.refused[why] += 1;
    this.#parts.refusals.tell('estate-command-refused', source, text);
  }

  #reply(command: Command, answer: Answer): void {
    this.#answers.set(command.key, this.#answer(command, answer));
  }

  #answer({ key, sequence }: Command, { ok, text }: Answer): CommandResult {
    const { site, unit, clock } = this.#parts;
    const result = { site, unit, key, sequence, ok, text: text.slice(0, textLimit), atMs: Math.max(0, Math.floor(clock.wall())) };
    this.#parts.answer(result);
    return result;
  }
}

const words = ({ command, version }: Command): string => (version === null ? command : `${command} ${version}`);
