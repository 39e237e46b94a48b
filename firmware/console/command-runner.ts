import type { Clock } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Log } from '../log.ts';
import { loggedCommand } from './answers.ts';
import type { Invocation, SessionControl } from './command.ts';
import type { ConsoleUnit } from './console-unit.ts';
import type { Key } from './keys.ts';
import { clearRow } from './line-view.ts';
import { moreText, Pager } from './pager.ts';
import type { ParsedLine } from './parse-line.ts';
import { plainText } from './plain-text.ts';
import type { SessionScreen } from './session-screen.ts';
import type { RawTerminal } from './zmodem/raw-terminal.ts';

export interface CommandRunnerParts {
  readonly unit: ConsoleUnit;
  readonly clock: Clock;
  readonly log: Log;
  readonly who: string;
  readonly screen: SessionScreen;
  readonly raw: RawTerminal;
  readonly control: Omit<SessionControl, 'raw' | 'cooked'>;
  /** What was typed ahead waits for nobody to turn pages. */
  readonly typedAhead: () => boolean;
  /** A command has come to its end, and the session has not. */
  readonly done: () => void;
}

type RunnableLine = Extract<ParsedLine, { kind: 'command' }>;

/** Runs the commands of a session, one at a time: logged and audited, their output a page at a time, ended by Ctrl-C. Nothing here throws. */
export class CommandRunner {
  readonly #parts: CommandRunnerParts;
  readonly #pager = new Pager();
  #paged: () => void = () => undefined;
  #running: AbortController | null = null;
  /** The running command goes on until it is stopped. */
  #live = false;

  constructor(parts: CommandRunnerParts) {
    this.#parts = parts;
  }

  get isBusy(): boolean {
    return this.#running !== null;
  }

  /** A page waits for a key. */
  get isPaging(): boolean {
    return this.#pager.holding;
  }

  /** Busy with what ends by itself, or with what somebody looks at. */
  get isAtWork(): boolean {
    return this.isBusy && !this.#live && !this.isPaging;
  }

  /** Busy until `reading` resolves, which it does in any case; then `next`, unless the session has ended. */
  after(reading: Promise<void>, next: () => void): void {
    this.#running = new AbortController();
    void reading.then(() => {
      this.#running = null;
      if (!this.#parts.screen.isClosed) next();
    });
  }

  start(line: RunnableLine): void {
    const { command, given, options } = line;
    const { log, who, screen, typedAhead } = this.#parts;
    const done = loggedCommand(command, given, options);
    if (command.changes) log.write('notice', 'console-command', `${who}: ${done}`, { who });
    const running = new AbortController();
    this.#running = running;
    this.#live = command.live === true;
    this.#pager.begin(typedAhead() || this.#live ? 0 : screen.rows);
    void this.#run(line, running, done);
  }

  /** A key while a page waits. False = it belongs to the next command. */
  turnPage(key: Key): boolean {
    const { screen } = this.#parts;
    const { lines, more, kept } = this.#pager.pressed(key);
    screen.write(clearRow);
    screen.printAll(lines);
    if (more) screen.write(moreText);
    if (this.#pager.quit) this.abort();
    if (!more) this.#paged();
    return !kept;
  }

  abort(): void {
    this.#running?.abort();
  }

  /** The session has ended. */
  close(): void {
    this.abort();
    this.#paged();
  }

  async #run({ command, given, options }: RunnableLine, { signal }: AbortController, done: string): Promise<void> {
    const { unit, clock, who, raw, screen } = this.#parts;
    const invocation: Invocation = { unit, given, options, print: (text) => this.#output(text), signal, clock, wait: (ms) => this.#wait(ms, signal), session: this.#control(), who };
    try {
      const kept = unit.audit?.record(who, done);
      // What changes something is on the disk before it is done.
      if (command.changes && kept !== undefined) await kept;
      await command.run(invocation);
    } catch (failure) {
      raw.giveBack();
      this.#failed(failure, command.form);
    }
    raw.giveBack();
    if (this.isPaging && !screen.isClosed) await new Promise<void>((resolve) => (this.#paged = resolve));
    this.#running = null;
    if (!screen.isClosed) this.#parts.done();
  }

  #control(): SessionControl {
    const { control, raw, screen } = this.#parts;
    return { ...control, raw: () => (screen.isClosed ? null : raw.take()), cooked: () => raw.giveBack() };
  }

  /** Refusals of the machine are answers; anything else is a defect, told in the log too. */
  #failed(failure: unknown, form: string): void {
    const text = failure instanceof Error ? failure.message : String(failure);
    this.#parts.screen.print(plainText(`failed: ${text}`));
    if (!(failure instanceof HalError)) this.#parts.log.write('error', 'console-defect', `the command "${form}" failed: ${text}`);
  }

  /** A line of a command. */
  #output(line: string): void {
    const { screen } = this.#parts;
    const began = !this.isPaging;
    if (this.#pager.shows(line, screen.columns)) screen.print(line);
    else if (began && this.isPaging) screen.write(moreText);
  }

  #wait(ms: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(false);
      const stop = (): void => {
        timer.cancel();
        resolve(false);
      };
      const timer = this.#parts.clock.after('console-wait', ms, () => {
        signal.removeEventListener('abort', stop);
        resolve(true);
      });
      signal.addEventListener('abort', stop, { once: true });
    });
  }
}
