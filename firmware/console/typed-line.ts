import type { Key } from './keys.ts';
import { editLine, emptyLine, insert, lineText, nextLine } from './line-editor.ts';
import type { LineState } from './line-editor.ts';
import { clearRow, drawChange, drawLine } from './line-view.ts';
import type { SessionScreen } from './session-screen.ts';

/** The line being typed, and how it shows. `prompt` is asked anew each time, for it may change. */
export class TypedLine {
  readonly #screen: SessionScreen;
  readonly #prompt: () => string;
  #state: LineState = emptyLine;

  constructor(screen: SessionScreen, prompt: () => string) {
    this.#screen = screen;
    this.#prompt = prompt;
  }

  get isEmpty(): boolean {
    return this.#state.chars.length === 0;
  }

  /** What stands before the cursor. */
  get before(): string {
    return this.#state.chars.slice(0, this.#state.cursor).join('');
  }

  /** A key of a terminal: the change shows. */
  press(key: Key): void {
    this.#become(editLine(this.#state, key));
  }

  /** The same for text. */
  insert(text: string): void {
    this.#become(insert(this.#state, [...text]));
  }

  /** A key of whole lines from elsewhere, which that side shows: only their characters count. */
  take(key: Key): void {
    if (key.kind === 'char') this.#state = editLine(this.#state, key);
    else if (key.kind === 'tab') this.#state = insert(this.#state, [' ']);
  }

  /** Enter: what was typed. The next line is empty. */
  submit(): { readonly text: string; readonly overflowed: boolean } {
    const text = lineText(this.#state);
    const { overflowed } = this.#state;
    if (this.#screen.isTerminal) this.#screen.write(this.#screen.eol);
    if (this.#screen.kind === 'pipe') this.#screen.write(`${this.#prompt()}${text}\n`);
    this.#state = nextLine(this.#state);
    return { text, overflowed };
  }

  /** What was typed is forgotten; not even the history has it. */
  drop(): void {
    this.#state = { ...emptyLine, history: this.#state.history };
  }

  /** Before anything is typed. */
  showPrompt(): void {
    if (this.#screen.kind !== 'pipe') this.#screen.write(this.#prompt());
  }

  draw(): void {
    this.#screen.write(this.#drawn);
  }

  /** One line that nobody asked for, without harm to what is being typed. */
  printAbove(line: string): void {
    if (this.#screen.isTerminal) this.#screen.write(`${clearRow}${line}${this.#screen.eol}${this.#drawn}`);
    else if (this.#screen.kind === 'dumb') this.#screen.write(`\n${line}\n${this.#prompt()}`);
    else this.#screen.print(line);
  }

  /** Lines under the one being typed, which then shows again. */
  printBelow(lines: readonly string[]): void {
    this.#screen.write(this.#screen.eol);
    this.#screen.printAll(lines);
    this.draw();
  }

  get #drawn(): string {
    return drawLine(this.#state, this.#screen.columns, this.#prompt());
  }

  #become(next: LineState): void {
    const full = next.overflowed && !this.#state.overflowed;
    this.#screen.write(`${drawChange(this.#state, next, this.#screen.columns, this.#prompt())}${full ? '\x07' : ''}`);
    this.#state = next;
  }
}
