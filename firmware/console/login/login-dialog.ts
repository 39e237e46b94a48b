import type { Clock, Timer } from '../../../hal/clock.ts';
import { KeyDecoder } from '../keys.ts';
import type { Terminal } from '../terminal.ts';
import { longestPassword, shortestPassword } from './technicians.ts';
import type { Technicians } from './technicians.ts';

export interface LoginParts {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly technicians: Pick<Technicians, 'login' | 'choose'>;
  /** Nobody has a password yet: whoever is there chooses that of `firstTechnician`. */
  readonly first?: boolean;
  /** Once: the name of who has logged in, or why nobody has. */
  readonly done: (result: { readonly name: string } | { readonly refused: string; readonly name: string }) => void;
}

type Question = 'login' | 'password' | 'new password' | 'new password again';

/** Who sets a unit up that has come from the factory. */
export const firstTechnician = 'admin';

const mostTries = 3;
/** Time for the whole of it: a cable that somebody left plugged in asks nobody for ever. */
const loginMs = 120_000;

/** Asks for name and password, and for a new one at the first login, or where there is none yet. What is secret is never echoed. */
export class LoginDialog {
  readonly #parts: LoginParts;
  readonly #decoder = new KeyDecoder();
  readonly #timer: Timer;
  #question: Question = 'login';
  #typed = '';
  #name = '';
  #password = '';
  #chosen = '';
  #tries = 0;
  #busy = false;
  #ended = false;

  constructor(parts: LoginParts) {
    this.#parts = parts;
    this.#timer = parts.clock.after('console-login', loginMs, () => this.#refuse('nobody logged in in time'));
    if (parts.first === true) this.#begin();
    else this.#ask('login');
  }

  /** Keys that come while a password is looked at are dropped: nobody answers a question ahead. */
  feed(bytes: Uint8Array): void {
    for (const key of this.#decoder.feed(bytes)) {
      if (this.#ended || this.#busy) return;
      if (key.kind === 'char') this.#char(key.text);
      else if (key.kind === 'backspace') this.#rubOut();
      else if (key.kind === 'enter') this.#entered();
      else if (key.kind === 'interrupt' || key.kind === 'end-of-input') this.#refuse('it was broken off');
    }
  }

  close(): void {
    this.#ended = true;
    this.#timer.cancel();
  }

  #begin(): void {
    this.#name = firstTechnician;
    this.#say(`Nobody has a password on this unit yet. Choose one for ${firstTechnician}: ${shortestPassword} characters or more.`);
    this.#ask('new password');
  }

  #char(text: string): void {
    if (this.#typed.length >= longestPassword) return;
    this.#typed += text;
    if (this.#question === 'login' && this.#parts.terminal.kind === 'terminal') this.#parts.terminal.write(text);
  }

  #rubOut(): void {
    if (this.#typed === '') return;
    this.#typed = [...this.#typed].slice(0, -1).join('');
    if (this.#question === 'login' && this.#parts.terminal.kind === 'terminal') this.#parts.terminal.write('\b \b');
  }

  #entered(): void {
    const typed = this.#typed;
    this.#typed = '';
    this.#say('');
    if (this.#question === 'login') return this.#named(typed);
    this.#busy = true;
    void this.#answer(typed)
      .catch((error: unknown) => this.#refuse(error instanceof Error ? error.message : String(error)))
      .finally(() => (this.#busy = false));
  }

  #named(typed: string): void {
    this.#name = typed.trim();
    this.#ask(/^[A-Za-z0-9._-]{1,32}$/.test(this.#name) ? 'password' : 'login');
  }

  async #answer(typed: string): Promise<void> {
    if (this.#question === 'password') return this.#login(typed);
    if (this.#question === 'new password') {
      this.#chosen = typed;
      return this.#ask('new password again');
    }
    const problem = typed === this.#chosen ? await this.#parts.technicians.choose(this.#name, typed, this.#password) : 'the two are not the same';
    if (problem === null) return this.#welcome();
    this.#say(problem);
    this.#ask('new password');
  }

  async #login(typed: string): Promise<void> {
    const answer = await this.#parts.technicians.login(this.#name, typed);
    if (this.#ended) return;
    if (answer.kind === 'welcome' && !answer.mustChange) return this.#welcome();
    if (answer.kind === 'welcome') {
      this.#password = typed;
      this.#say('this password was for one login: choose your own');
      return this.#ask('new password');
    }
    this.#tries += 1;
    if (this.#tries >= mostTries) return this.#refuse('too many wrong passwords');
    this.#say(answer.kind === 'wait' ? `too soon after a wrong password: wait ${Math.ceil(answer.ms / 1000)} s` : 'name or password is wrong');
    this.#ask('login');
  }

  #welcome(): void {
    if (this.#ended) return;
    this.close();
    this.#parts.done({ name: this.#name });
  }

  #refuse(refused: string): void {
    if (this.#ended) return;
    this.close();
    this.#parts.done({ refused, name: this.#name });
  }

  #ask(question: Question): void {
    this.#question = question;
    if (!this.#ended) this.#parts.terminal.write(`${question}: `);
  }

  #say(line: string): void {
    if (!this.#ended) this.#parts.terminal.write(`${line}${this.#parts.terminal.kind === 'terminal' ? '\r\n' : '\n'}`);
  }
}
