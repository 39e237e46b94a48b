import type { Clock } from '../../hal/clock.ts';
import type { Log, Severity } from '../log.ts';
import { faultLines, helpLines } from './answers.ts';
import { CommandRunner } from './command-runner.ts';
import { complete, expectedNext } from './complete.ts';
import { ConfigureMode } from './configure-mode.ts';
import type { ConsoleUnit } from './console-unit.ts';
import { idleLimitMs, IdleLogout } from './idle-logout.ts';
import { KeyQueue } from './key-queue.ts';
import { KeyDecoder } from './keys.ts';
import type { Key } from './keys.ts';
import { longestLine } from './line-editor.ts';
import { parseLine } from './parse-line.ts';
import { plainText } from './plain-text.ts';
import { SessionScreen } from './session-screen.ts';
import type { Terminal } from './terminal.ts';
import { TypedLine } from './typed-line.ts';
import { asksForHelp, isInQuotes, splitWords } from './words.ts';
import { RawTerminal } from './zmodem/raw-terminal.ts';

export interface SessionParts {
  readonly terminal: Terminal;
  readonly unit: ConsoleUnit;
  readonly clock: Clock;
  readonly log: Log;
  /** Who sits there, for the log: 'local console', 'serial ttyS0'. */
  readonly who: string;
  /** What comes may be noise of a cable: only commands keep the session from being idle, and it is never without a limit. */
  readonly noisy?: boolean;
  /** Called once, last of all. */
  readonly ended: (reason: 'exit' | 'idle' | 'closed') => void;
  /** Ctrl-C on an empty line of a terminal; absent = the session says how to leave. */
  readonly interrupted?: () => void;
}

/**
 * One person at one terminal:
 *
 *   bytes ── KeyDecoder ──> keys ── queue (while a command runs) ──> TypedLine ── Enter ──> parse-line ──> CommandRunner
 *                                                                        └── ? and Tab ──> complete
 *
 * Commands run one after another; what is typed meanwhile waits. Nothing here throws, whatever comes in.
 */
export class ConsoleSession {
  readonly #parts: SessionParts;
  readonly #decoder = new KeyDecoder();
  readonly #queue = new KeyQueue();
  readonly #idle: IdleLogout;
  readonly #raw: RawTerminal;
  readonly #screen: SessionScreen;
  readonly #mode: ConfigureMode;
  readonly #line: TypedLine;
  readonly #runner: CommandRunner;
  #inputEnded = false;
  #monitor = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#raw = new RawTerminal(parts.terminal);
    this.#screen = new SessionScreen(parts.terminal, this.#raw);
    this.#mode = new ConfigureMode(parts.unit);
    this.#line = new TypedLine(this.#screen, () => this.#mode.prompt);
    this.#runner = new CommandRunner({
      ...parts,
      screen: this.#screen,
      raw: this.#raw,
      control: { monitor: (on) => this.#setMonitor(on), configure: () => this.#configure(), leaveConfigure: () => this.#leaveConfigure(), end: () => this.#leave() },
      typedAhead: () => this.#queue.size > 0,
      done: () => this.#done(),
    });
    const limitMs = (): number => idleLimitMs(parts.terminal.kind, parts.unit.settings().settings.console.idleMin, parts.noisy === true);
    this.#idle = new IdleLogout(parts.clock, limitMs, () => this.#idleFor());
  }

  /** Shows the first prompt. Once, before anything else. */
  start(): void {
    void this.#parts.unit.audit?.record(this.#parts.who, 'session begins');
    this.#idle.touch();
    this.#line.showPrompt();
  }

  feed(bytes: Uint8Array): void {
    if (this.#screen.isClosed) return;
    if (this.#raw.taken) return this.#raw.received(bytes);
    if (this.#parts.noisy !== true) this.#idle.touch();
    for (const key of this.#decoder.feed(bytes)) {
      if (this.#runner.isPaging && this.#runner.turnPage(key)) continue;
      if (this.#runner.isBusy && this.#screen.isTerminal && key.kind === 'interrupt') this.#interruptCommand();
      else this.#queue.push(key);
    }
    this.#pump();
  }

  /** No more bytes will come: what waits is done, then the session ends as by `exit`. */
  inputEnded(): void {
    this.#inputEnded = true;
    this.#pump();
  }

  /** A line of the unit's log. Shown above what is being typed when monitoring is on; an alert always. */
  logged(severity: Severity, line: string): void {
    if (this.#monitor || severity === 'alert') this.#show(plainText(line));
  }

  close(): void {
    this.#end('closed');
  }

  #pump(): void {
    while (!this.#screen.isClosed && !this.#runner.isBusy) {
      const key = this.#queue.shift();
      if (key === null) break;
      if (this.#screen.isTerminal) this.#pressed(key);
      else if (key.kind === 'enter') this.#submit();
      else this.#line.take(key);
    }
    const lost = this.#runner.isBusy ? 0 : this.#queue.takeLost();
    if (lost > 0) this.#show(`${lost} characters came while a command ran and were lost`);
    if (this.#inputEnded && !this.#runner.isBusy && !this.#screen.isClosed) this.#lastLine();
  }

  /** Input that ends without a line end still is a line. */
  #lastLine(): void {
    if (!this.#line.isEmpty) this.#submit();
    if (!this.#runner.isBusy) this.#end('exit');
  }

  #pressed(key: Key): void {
    if (key.kind === 'enter') return this.#submit();
    if (key.kind === 'tab') return this.#complete();
    if (key.kind === 'char' && key.text === '?' && !isInQuotes(this.#line.before)) return this.#line.printBelow(this.#help(this.#line.before));
    if (key.kind === 'interrupt') return this.#interruptLine();
    if (key.kind === 'end-of-input') return this.#line.isEmpty ? this.#endOfInput() : this.#line.press({ kind: 'delete' });
    if (key.kind === 'redraw') return this.#line.draw();
    this.#line.press(key);
  }

  #submit(): void {
    const { text, overflowed } = this.#line.submit();
    if (overflowed) this.#screen.print(`the line is longer than ${longestLine} characters and was not done`);
    else if (!this.#screen.isTerminal && asksForHelp(text)) this.#screen.printAll(this.#help(text.trimEnd().slice(0, -1)));
    else this.#do(text);
    if (!this.#runner.isBusy) this.#line.showPrompt();
  }

  /** A line about a mailbox that is not in memory waits until it has been read. */
  #do(text: string): void {
    const reading = this.#parts.unit.reading?.(splitWords(text).words.map((word) => word.text)) ?? null;
    if (reading === null) return this.#obey(text);
    this.#runner.after(reading, () => {
      this.#obey(text);
      if (!this.#runner.isBusy) this.#goOn();
    });
  }

  #obey(text: string): void {
    const parsed = parseLine(text, this.#mode.grammar, this.#parts.unit);
    if (parsed.kind === 'fault') this.#screen.printAll(faultLines(text, parsed.fault, this.#screen.columns));
    if (parsed.kind === 'command') this.#runner.start(parsed);
  }

  /** A command has come to its end. */
  #done(): void {
    this.#idle.touch();
    this.#goOn();
  }

  #goOn(): void {
    this.#line.showPrompt();
    this.#pump();
  }

  #setMonitor(on: boolean): boolean {
    const before = this.#monitor;
    this.#monitor = on;
    return before;
  }

  #complete(): void {
    const { before } = this.#line;
    const { candidates, from, common } = complete(before, this.#mode.grammar, this.#parts.unit);
    const added = common.slice(before.length - from) + (candidates.length === 1 && !/[.[\]]$/.test(common) ? ' ' : '');
    if (added !== '') return this.#line.insert(added);
    if (candidates.length === 0) return this.#screen.write('\x07');
    this.#line.printBelow([candidates.join('  ')]);
  }

  #help(before: string): string[] {
    return helpLines(expectedNext(before, this.#mode.grammar, this.#parts.unit));
  }

  #interruptLine(): void {
    const wasEmpty = this.#line.isEmpty;
    this.#line.drop();
    this.#screen.print('^C');
    if (wasEmpty && this.#parts.interrupted !== undefined) return this.#parts.interrupted();
    if (wasEmpty) this.#screen.print('exit or Ctrl-D ends the session');
    this.#line.showPrompt();
  }

  #interruptCommand(): void {
    this.#queue.clear();
    this.#screen.print('^C');
    this.#runner.abort();
  }

  #idleFor(): void {
    // A view that nobody looks at any more is no reason to stay.
    if (this.#runner.isAtWork) return this.#idle.touch();
    this.#show('logged out after a long time without a key');
    this.#end('idle');
  }

  /** A session that ended while the editor was being opened does not keep its place. */
  #configure(): void {
    if (this.#screen.isClosed) this.#mode.leave();
    else this.#mode.enter();
  }

  #leaveConfigure(): void {
    if (this.#mode.leave()) this.#screen.print('what was not committed is lost');
  }

  /** Ctrl-D leaves what `exit` would leave. */
  #endOfInput(): void {
    if (!this.#mode.isOn) return this.#leave();
    this.#screen.write(this.#screen.eol);
    this.#leaveConfigure();
    this.#line.showPrompt();
  }

  #leave(): void {
    if (this.#screen.isTerminal && !this.#runner.isBusy) this.#screen.write(this.#screen.eol);
    this.#end('exit');
  }

  #end(reason: 'exit' | 'idle' | 'closed'): void {
    if (this.#screen.isClosed) return;
    this.#screen.close();
    void this.#parts.unit.audit?.record(this.#parts.who, `session ends: ${reason}`);
    this.#idle.stop();
    this.#queue.clear();
    this.#raw.close();
    this.#runner.close();
    if (this.#mode.isOn) this.#mode.leave();
    this.#parts.ended(reason);
  }

  /** One line that nobody asked for. */
  #show(line: string): void {
    if (this.#runner.isBusy) this.#screen.print(line);
    else this.#line.printAbove(line);
  }
}
