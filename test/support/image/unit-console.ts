// A technician at the serial line of the unit: Enter begins, commands are typed, answers read up to the next prompt.
import { moreText } from '../../../firmware/console/pager.ts';
import { sleep } from '../peers/program.ts';
import type { SerialLine } from './serial-line.ts';

/** Limits are so many times longer on a machine that has other work. */
export const patience = Number(process.env['UNDERSTUDY_TEST_PATIENCE'] ?? 1);
const promptLimitMs = patience * 90_000;
/** A password is hashed with care, which takes the emulated board seconds. */
const askAgainMs = patience * 20_000;
const commandLimitMs = patience * 30_000;
const lookEveryMs = patience * 1000;

/** Colours and moves of the cursor, which a terminal gets. */
// eslint-disable-next-line no-control-regex
const escapes = /\x1b\[[0-9;?]*[A-Za-z]/g;

const prompt = /(?:^|[\r\n])[^\r\n]*[\w-]+[>#] (?:\x1b\[[0-9;?]*[A-Za-z])*$/;

const promptOrMore = new RegExp(`${prompt.source}|${moreText}`);

const promptOrQuestion = new RegExp(`${prompt.source}|(?:login|password|again): (?:\\x1b\\[[0-9;?]*[A-Za-z])*$`);

/** The name is the one that a unit gives its first technician. */
const technician = { name: 'admin', password: 'cable in the attic' };

export class UnitConsole {
  readonly #line: SerialLine;

  constructor(line: SerialLine) {
    this.#line = line;
  }

  /** Presses Enter until the unit asks or has a prompt, and logs in: on a blank unit the first one chooses the password. */
  async begin(): Promise<void> {
    const began = performance.now();
    for (let answer = ''; performance.now() - began < promptLimitMs; ) {
      this.#line.mark();
      this.#line.send(`${answer}\r`);
      const said = await this.#line.heard(promptOrQuestion, askAgainMs).catch(() => '');
      const question = /(login|new password(?: again)?|password): (?:\x1b\[[0-9;?]*[A-Za-z])*$/.exec(said)?.[1];
      if (question === undefined && said !== '') return;
      answer = question === undefined ? '' : question === 'login' ? technician.name : technician.password;
    }
    throw new Error(`no prompt within ${promptLimitMs} ms\n${this.#line.tail()}`);
  }

  /** Types a line; resolves to what was printed behind it. Errors: no prompt came. */
  async type(command: string, limitMs = commandLimitMs): Promise<string> {
    this.#line.mark();
    this.#line.send(`${command}\r`);
    await this.#line.heard(/\n/, limitMs); // its own echo, and the end of its line
    let answer = '';
    for (let whole = false; !whole; ) {
      const said = await this.#line.heard(promptOrMore, limitMs);
      whole = !said.endsWith(moreText);
      answer += said.replace(moreText, '');
      if (!whole) this.#line.send(' ');
    }
    return plain(answer).split('\n').slice(0, -1).join('\n').trim();
  }

  /** Types a command that waits for a file by ZMODEM, and sends it; resolves to what the unit says of it. Errors: it is not taken whole, or no prompt came. */
  async sends(command: string, file: string, limitMs: number): Promise<string> {
    this.#line.mark();
    this.#line.send(`${command}\r`);
    await this.#line.heard(/run sz FILE at your end[^\n]*\n/, commandLimitMs);
    await this.#line.joins('sz', ['--binary', '--quiet', file], limitMs);
    return plain(await this.#line.heard(prompt, commandLimitMs)).split('\n').slice(0, -1).join('\n').trim();
  }

  /** Types it again and again until the answer has `wanted` in it; resolves to that answer. Errors: it does not within `limitMs`, with the last one. */
  async typeUntil(command: string, wanted: RegExp, limitMs: number): Promise<string> {
    for (const end = performance.now() + limitMs; ; await sleep(lookEveryMs)) {
      const said = await this.type(command);
      if (wanted.test(said)) return said;
      if (performance.now() > end) throw new Error(`${wanted} was not said to ${command} within ${limitMs} ms:\n${said}`);
    }
  }

  /** Waits until it is said of the mailbox, for what a call has left is stored a little after its end. Errors: not in time, with the end of the unit's log. */
  async hasMessage(mailbox: string, wanted: RegExp, limitMs: number): Promise<void> {
    await this.typeUntil(`show messages ${mailbox}`, wanted, limitMs).catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${await this.type('show log 20')}`, { cause: error });
    });
  }

  /** Several, of which each must be answered by a prompt; resolves to all that was said. */
  async typeAll(commands: readonly string[], limitMs = commandLimitMs): Promise<string> {
    const answers: string[] = [];
    for (const command of commands) answers.push(await this.type(command, limitMs));
    return answers.join('\n');
  }
}

const plain = (text: string): string => text.replaceAll(escapes, '').replaceAll('\r', '');
