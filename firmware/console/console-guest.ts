import type { Clock, Timer } from '../../hal/clock.ts';
import type { UnitLog } from '../lifecycle/unit-log.ts';
import { formatLogLine } from '../lifecycle/unit-log.ts';
import type { ConsoleUnit } from './console-unit.ts';
import type { LoginParts } from './login/login-dialog.ts';
import { LoginDialog } from './login/login-dialog.ts';
import { ConsoleSession } from './session.ts';
import type { Terminal } from './terminal.ts';

export interface GuestParts {
  readonly clock: Clock;
  readonly log: UnitLog;
  readonly unit: ConsoleUnit;
  readonly terminal: Terminal;
  /** For the log: 'the console socket'. */
  readonly place: string;
  /** How whoever comes is called while nobody is in the list of technicians. */
  readonly nobody: string;
  /** Noise may come as keys: then only commands keep a session from being idle, and it is never without a limit. */
  readonly noisy?: boolean;
  /** Log lines that come while so many are on their way to the terminal are left out; absent = none is. */
  readonly behind?: () => boolean;
  /** Once: it is over, by itself or by `leave`. `why` is to be told there; null = the person left. */
  readonly ended: (why: string | null) => void;
}

/** Keys are done in such pieces, other work between them, so that a long paste holds up no call. */
const pieceBytes = 1024;
/** Keys that may wait. */
export const mostWaitingBytes = 1024 * 1024;

/** Who sits at a terminal that is not the unit's own: a login, where there is somebody who may, and then a session. */
export class ConsoleGuest {
  readonly #parts: GuestParts;
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #inputEnded = false;
  #session: ConsoleSession | null = null;
  #login: LoginDialog | null = null;
  #unlog: () => void = () => undefined;
  #feeding: Timer | null = null;
  #leftOut = 0;
  #here = true;

  constructor(parts: GuestParts) {
    this.#parts = parts;
    const { unit: { technicians }, terminal, clock, nobody } = parts;
    const shut = parts.unit.firstPassword === true ? shutFor(technicians) : null;
    const empty = technicians === null || technicians.list.length === 0;
    const first = empty && parts.unit.firstPassword === true;
    if (shut !== null) this.#refuse(shut);
    else if (technicians === null || (empty && !first)) this.#open(nobody);
    else this.#login = new LoginDialog({ terminal, clock, technicians, first, done: (result) => this.#loggedIn(result, first) });
  }

  get over(): boolean {
    return !this.#here;
  }

  keys(bytes: Uint8Array): void {
    if (!this.#here) return;
    if (this.#waitingBytes + bytes.length > mostWaitingBytes) return this.leave(`more than ${mostWaitingBytes} bytes came faster than they can be done`);
    this.#waitingBytes += bytes.length;
    for (let at = 0; at < bytes.length; at += pieceBytes) this.#waiting.push(bytes.subarray(at, at + pieceBytes));
    if (this.#feeding === null) this.#feed();
  }

  /** No more keys will come: what waits is done, then it ends as by `exit`. */
  inputEnded(): void {
    this.#inputEnded = true;
    this.#feedSoon();
  }

  leave(why: string | null): void {
    if (!this.#here) return;
    this.#here = false;
    this.#feeding?.cancel();
    this.#waiting.length = 0;
    this.#unlog();
    this.#login?.close();
    this.#session?.close();
    this.#parts.ended(why);
  }

  #refuse(why: string): void {
    this.#parts.log.write('warning', 'console-shut', `Nobody was let in at ${this.#parts.place}: ${why}.`);
    this.leave(why);
  }

  #loggedIn(result: Parameters<LoginParts['done']>[0], first: boolean): void {
    this.#login = null;
    if (!('refused' in result)) {
      if (first) this.#parts.log.write('notice', 'first-password', `The first password of this unit was chosen at ${this.#parts.place}.`);
      return this.#open(result.name);
    }
    void this.#parts.unit.audit?.record(result.name || 'nobody', `login refused: ${result.refused}`);
    this.#parts.log.write('warning', 'console-login-refused', `Nobody was let in at ${this.#parts.place}: ${result.refused}.`, { name: result.name });
    this.leave(result.refused);
  }

  #open(who: string): void {
    const { unit, clock, log, terminal, noisy = false } = this.#parts;
    const session = new ConsoleSession({ terminal, unit, clock, log, who, noisy, ended: () => this.leave(null) });
    this.#session = session;
    this.#unlog = log.attach((line) => this.#logged(session, line));
    session.start();
  }

  #logged(session: ConsoleSession, line: Parameters<Parameters<UnitLog['attach']>[0]>[0]): void {
    if (this.#parts.behind?.() === true) {
      this.#leftOut += 1;
      return;
    }
    if (this.#leftOut > 0) session.logged(line.severity, `(${this.#leftOut} log lines were left out: this line is slower than they come)`);
    this.#leftOut = 0;
    session.logged(line.severity, formatLogLine(line));
  }

  /** The first piece at once, so that a key shows without delay. */
  #feed(): void {
    this.#feeding = null;
    const piece = this.#waiting.shift();
    if (piece !== undefined) {
      this.#waitingBytes -= piece.length;
      if (this.#login !== null) this.#login.feed(piece);
      else this.#session?.feed(piece);
    }
    if (this.#waiting.length > 0) this.#feedSoon();
    else if (this.#inputEnded && this.#session === null) this.leave('the input ended before a login');
    else if (this.#inputEnded) this.#session?.inputEnded();
  }

  #feedSoon(): void {
    if (this.#here) this.#feeding ??= this.#parts.clock.after('console-keys', 0, () => this.#feed());
  }
}

/** Where a login is never left out: why there can be none, as a sentence without its full stop; null = there can. A list that was lost had somebody in it. */
function shutFor(technicians: ConsoleUnit['technicians']): string | null {
  if (technicians === null) return 'the list of technicians cannot be read; the next start of the unit tries again';
  return technicians.wasLost && technicians.list.length === 0 ? 'the list of technicians was damaged, so nobody can be asked who he is; a factory reset sets a new first password' : null;
}
