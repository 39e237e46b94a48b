import type { Clock } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Log, Severity } from '../log.ts';
import { faultLines, helpLines, loggedCommand } from './answers.ts';
import type { Command, Invocation } from './command.ts';
import { complete, expectedNext } from './complete.ts';
import type { ConsoleUnit } from './console-unit.ts';
import { configureGrammar, grammar } from './grammar.ts';
import { IdleLogout } from './idle-logout.ts';
import { KeyQueue } from './key-queue.ts';
import { KeyDecoder } from './keys.ts';
import type { Key } from './keys.ts';
import { editLine, emptyLine, insert, lineText, longestLine, nextLine } from './line-editor.ts';
import type { LineState } from './line-editor.ts';
import { clearRow, configurePrompt, drawChange, drawLine, prompt } from './line-view.ts';
import { moreText, Pager } from './pager.ts';
import { parseLine } from './parse-line.ts';
import type { ParsedLine } from './parse-line.ts';
import { plainText } from './plain-text.ts';
import type { Terminal } from './terminal.ts';
import { splitWords } from './words.ts';
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

/** Where sessions may go on for ever and the terminal is a cable that somebody may have left plugged in. */
const noisyIdleMin = 30;

type RunnableLine = Extract<ParsedLine, { kind: 'command' }>;

/**
 * One person at one terminal:
 *
 *   bytes ── KeyDecoder ──> keys ── queue (while a command runs) ──> line editor ── Enter ──> parse-line ──> command
 *                                                                        └── ? and Tab ──> complete
 *
 * Commands run one after another; what is typed meanwhile waits. Nothing here throws, whatever comes in.
 */
export class ConsoleSession {
  readonly #parts: SessionParts;
  readonly #decoder = new KeyDecoder();
  readonly #queue = new KeyQueue();
  readonly #idle: IdleLogout;
  readonly #pager = new Pager();
  #paged: () => void = () => undefined;
  readonly #eol: string;
  #line: LineState = emptyLine;
  #running: AbortController | null = null;
  #ended = false;
  #inputEnded = false;
  #monitor = false;
  #configuring = false;
  /** The running command goes on until it is stopped. */
  #live = false;
  readonly #raw: RawTerminal;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#raw = new RawTerminal(parts.terminal);
    this.#eol = parts.terminal.kind === 'terminal' ? '\r\n' : '\n';
    const limitMs = () => (parts.terminal.kind === 'pipe' ? 0 : (parts.unit.settings().settings.console.idleMin || (parts.noisy === true ? noisyIdleMin : 0)) * 60_000);
    this.#idle = new IdleLogout(parts.clock, limitMs, () => this.#idleFor());
  }

  /** Shows the first prompt. Once, before anything else. */
  start(): void {
    void this.#parts.unit.audit?.record(this.#parts.who, 'session begins');
    this.#idle.touch();
    this.#showPrompt();
  }

  feed(bytes: Uint8Array): void {
    if (this.#ended) return;
    if (this.#raw.taken) return this.#raw.received(bytes);
    if (this.#parts.noisy !== true) this.#idle.touch();
    for (const key of this.#decoder.feed(bytes)) {
      if (this.#pager.holding) this.#page(key);
      else if (this.#running !== null && this.#isTerminal && key.kind === 'interrupt') this.#interruptCommand(this.#running);
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

  get #isTerminal(): boolean {
    return this.#parts.terminal.kind === 'terminal';
  }

  get #grammar(): readonly Command[] {
    return this.#configuring ? configureGrammar : grammar;
  }

  get #prompt(): string {
    return this.#configuring ? configurePrompt : prompt;
  }

  #pump(): void {
    while (!this.#ended && this.#running === null) {
      const key = this.#queue.shift();
      if (key === null) break;
      if (this.#isTerminal) this.#pressed(key);
      else this.#typed(key);
    }
    const lost = this.#running === null ? this.#queue.takeLost() : 0;
    if (lost > 0) this.#show(`${lost} characters came while a command ran and were lost`);
    if (this.#inputEnded && this.#running === null && !this.#ended) this.#lastLine();
  }

  /** Input that ends without a line end still is a line. */
  #lastLine(): void {
    if (this.#line.chars.length > 0) this.#submit();
    if (this.#running === null) this.#end('exit');
  }

  #pressed(key: Key): void {
    if (key.kind === 'enter') return this.#submit();
    if (key.kind === 'tab') return this.#complete();
    if (key.kind === 'char' && key.text === '?' && this.#outsideQuotes()) return this.#help();
    if (key.kind === 'interrupt') return this.#interruptLine();
    if (key.kind === 'end-of-input') return this.#line.chars.length === 0 ? this.#endOfInput() : this.#edit(editLine(this.#line, { kind: 'delete' }));
    if (key.kind === 'redraw') return this.#write(drawLine(this.#line, this.#columns, this.#prompt));
    this.#edit(editLine(this.#line, key));
  }

  /** Whole lines from elsewhere: only their characters count. */
  #typed(key: Key): void {
    if (key.kind === 'enter') this.#submit();
    else if (key.kind === 'char') this.#line = editLine(this.#line, key);
    else if (key.kind === 'tab') this.#line = insert(this.#line, [' ']);
  }

  #edit(next: LineState): void {
    const full = next.overflowed && !this.#line.overflowed;
    this.#write(`${drawChange(this.#line, next, this.#columns, this.#prompt)}${full ? '\x07' : ''}`);
    this.#line = next;
  }

  #submit(): void {
    const text = lineText(this.#line);
    const { overflowed } = this.#line;
    if (this.#isTerminal) this.#write(this.#eol);
    if (this.#parts.terminal.kind === 'pipe') this.#write(`${this.#prompt}${text}\n`);
    this.#line = nextLine(this.#line);
    if (overflowed) this.#print(`the line is longer than ${longestLine} characters and was not done`);
    else if (!this.#isTerminal && asksForHelp(text)) this.#printAll(helpLines(expectedNext(text.trimEnd().slice(0, -1), this.#grammar, this.#parts.unit)));
    else this.#do(text);
    if (this.#running === null) this.#showPrompt();
  }

  /** A line about a mailbox that is not in memory waits until it has been read. */
  #do(text: string): void {
    const reading = this.#parts.unit.reading?.(splitWords(text).words.map((word) => word.text)) ?? null;
    if (reading === null) return this.#obey(text);
    this.#running = new AbortController();
    void reading.then(() => this.#goOn(text));
  }

  #goOn(text: string): void {
    this.#running = null;
    if (this.#ended) return;
    this.#obey(text);
    if (this.#isBusy) return;
    this.#showPrompt();
    this.#pump();
  }

  get #isBusy(): boolean {
    return this.#running !== null;
  }

  #obey(text: string): void {
    const parsed = parseLine(text, this.#grammar, this.#parts.unit);
    if (parsed.kind === 'fault') this.#printAll(faultLines(text, parsed.fault, this.#columns));
    if (parsed.kind === 'command') this.#start(parsed);
  }

  #start(line: RunnableLine): void {
    const { command, given, options } = line;
    const done = loggedCommand(command, given, options);
    if (command.changes) {
      this.#parts.log.write('notice', 'console-command', `${this.#parts.who}: ${done}`, { who: this.#parts.who });
    }
    this.#running = new AbortController();
    this.#live = command.live === true;
    // What was typed ahead waits for nobody to turn pages.
    this.#pager.begin(this.#isTerminal && this.#queue.size === 0 && command.live !== true ? (this.#parts.terminal.height ?? 0) : 0);
    void this.#run(line, this.#running, done);
  }

  async #run({ command, given, options }: RunnableLine, running: AbortController, done: string): Promise<void> {
    const invocation: Invocation = {
      unit: this.#parts.unit,
      given,
      options,
      print: (text) => this.#output(text),
      signal: running.signal,
      clock: this.#parts.clock,
      wait: (ms) => this.#wait(ms, running.signal),
      session: { monitor: (on) => this.#setMonitor(on), configure: () => this.#configure(), leaveConfigure: () => this.#leaveConfigure(), raw: () => (this.#ended ? null : this.#raw.take()), cooked: () => this.#raw.giveBack(), end: () => this.#leave() },
      who: this.#parts.who,
    };
    try {
      const kept = this.#parts.unit.audit?.record(this.#parts.who, done);
      // What changes something is on the disk before it is done.
      if (command.changes && kept !== undefined) await kept;
      await command.run(invocation);
    } catch (failure) {
      this.#raw.giveBack();
      this.#failed(failure, command.form);
    }
    this.#raw.giveBack();
    if (this.#pager.holding && !this.#ended) await new Promise<void>((resolve) => (this.#paged = resolve));
    this.#running = null;
    if (this.#ended) return;
    this.#idle.touch();
    this.#showPrompt();
    this.#pump();
  }

  /** Refusals of the machine are answers; anything else is a defect, told in the log too. */
  #failed(failure: unknown, form: string): void {
    const text = failure instanceof Error ? failure.message : String(failure);
    this.#print(plainText(`failed: ${text}`));
    if (!(failure instanceof HalError)) this.#parts.log.write('error', 'console-defect', `the command "${form}" failed: ${text}`);
  }

  #setMonitor(on: boolean): boolean {
    const before = this.#monitor;
    this.#monitor = on;
    return before;
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

  /** A line of a command. */
  #output(line: string): void {
    const began = !this.#pager.holding;
    if (this.#pager.shows(line, this.#columns)) this.#print(line);
    else if (began && this.#pager.holding) this.#write(moreText);
  }

  /** A key while a page waits. */
  #page(key: Key): void {
    const { lines, more, kept } = this.#pager.pressed(key);
    this.#write(clearRow);
    this.#printAll(lines);
    if (more) this.#write(moreText);
    if (kept) this.#queue.push(key);
    if (this.#pager.quit) this.#running?.abort();
    if (!more) this.#paged();
  }

  #complete(): void {
    const before = this.#line.chars.slice(0, this.#line.cursor).join('');
    const { candidates, from, common } = complete(before, this.#grammar, this.#parts.unit);
    const added = common.slice(before.length - from) + (candidates.length === 1 && !/[.[\]]$/.test(common) ? ' ' : '');
    if (added !== '') return this.#edit(insert(this.#line, [...added]));
    if (candidates.length === 0) return this.#write('\x07');
    this.#printBelow([candidates.join('  ')]);
  }

  #help(): void {
    const before = this.#line.chars.slice(0, this.#line.cursor).join('');
    this.#printBelow(helpLines(expectedNext(before, this.#grammar, this.#parts.unit)));
  }

  #outsideQuotes(): boolean {
    return splitWords(this.#line.chars.slice(0, this.#line.cursor).join('')).openQuote === null;
  }

  #interruptLine(): void {
    const wasEmpty = this.#line.chars.length === 0;
    this.#line = { ...emptyLine, history: this.#line.history };
    this.#write(`^C${this.#eol}`);
    if (wasEmpty && this.#parts.interrupted !== undefined) return this.#parts.interrupted();
    if (wasEmpty) this.#print('exit or Ctrl-D ends the session');
    this.#showPrompt();
  }

  #interruptCommand(running: AbortController): void {
    this.#queue.clear();
    this.#write(`^C${this.#eol}`);
    running.abort();
  }

  #idleFor(): void {
    // A view that nobody looks at any more is no reason to stay.
    if (this.#running !== null && !this.#live && !this.#pager.holding) return this.#idle.touch();
    this.#show('logged out after a long time without a key');
    this.#end('idle');
  }

  /** A session that ended while the editor was being opened does not keep its place. */
  #configure(): void {
    if (this.#ended) this.#parts.unit.configuration?.end();
    else this.#configuring = true;
  }

  #leaveConfigure(): void {
    this.#configuring = false;
    if (this.#parts.unit.configuration?.end() === true) this.#print('what was not committed is lost');
  }

  /** Ctrl-D leaves what `exit` would leave. */
  #endOfInput(): void {
    if (!this.#configuring) return this.#leave();
    this.#write(this.#eol);
    this.#leaveConfigure();
    this.#showPrompt();
  }

  #leave(): void {
    if (this.#isTerminal && this.#running === null) this.#write(this.#eol);
    this.#end('exit');
  }

  #end(reason: 'exit' | 'idle' | 'closed'): void {
    if (this.#ended) return;
    this.#ended = true;
    void this.#parts.unit.audit?.record(this.#parts.who, `session ends: ${reason}`);
    this.#idle.stop();
    this.#queue.clear();
    this.#raw.close();
    this.#running?.abort();
    this.#paged();
    if (this.#configuring) this.#parts.unit.configuration?.end();
    this.#parts.ended(reason);
  }

  /** One line that nobody asked for, without harm to what is being typed. */
  #show(line: string): void {
    if (this.#running !== null) return this.#print(line);
    if (this.#isTerminal) this.#write(`${clearRow}${line}${this.#eol}${drawLine(this.#line, this.#columns, this.#prompt)}`);
    else if (this.#parts.terminal.kind === 'dumb') this.#write(`\n${line}\n${this.#prompt}`);
    else this.#print(line);
  }

  /** Lines under the one being typed, which then shows again. */
  #printBelow(lines: readonly string[]): void {
    this.#write(this.#eol);
    this.#printAll(lines);
    this.#write(drawLine(this.#line, this.#columns, this.#prompt));
  }

  #showPrompt(): void {
    if (!this.#ended && this.#parts.terminal.kind !== 'pipe') this.#write(this.#prompt);
  }

  #print(line: string): void {
    this.#write(line + this.#eol);
  }

  #printAll(lines: readonly string[]): void {
    lines.forEach((line) => this.#print(line));
  }

  #write(text: string): void {
    if (text !== '' && !this.#ended && !this.#raw.taken) this.#parts.terminal.write(text);
  }

  get #columns(): number {
    return this.#parts.terminal.columns || 80;
  }
}

/** A question mark that ends a line and stands in no quotes. */
function asksForHelp(text: string): boolean {
  const asked = text.trimEnd();
  return asked.endsWith('?') && splitWords(asked.slice(0, -1)).openQuote === null;
}
