// A technician at the serial line of the unit: Enter begins, commands are typed, answers read up to the next prompt.
import type { SerialLine } from './serial-line.ts';

const promptLimitMs = 60_000;
const askAgainMs = 3000;
const commandLimitMs = 30_000;

/** Colours and moves of the cursor, which a terminal gets. */
// eslint-disable-next-line no-control-regex
const escapes = /\x1b\[[0-9;?]*[A-Za-z]/g;

const prompt = /(?:^|[\r\n])[^\r\n]*[\w-]+[>#] (?:\x1b\[[0-9;?]*[A-Za-z])*$/;

export class UnitConsole {
  readonly #line: SerialLine;

  constructor(line: SerialLine) {
    this.#line = line;
  }

  /** Presses Enter until there is a prompt: the cable is looked at a little after the unit takes calls. */
  async begin(): Promise<void> {
    for (const began = performance.now(); ; ) {
      this.#line.mark();
      this.#line.send('\r');
      const error = await this.#line.heard(prompt, askAgainMs).then(() => null, (reason: unknown) => reason);
      if (error === null) return;
      if (performance.now() - began > promptLimitMs) throw error;
    }
  }

  /** Types a line; resolves to what was printed behind it. Errors: no prompt came. */
  async type(command: string, limitMs = commandLimitMs): Promise<string> {
    this.#line.mark();
    this.#line.send(`${command}\r`);
    await this.#line.heard(/\n/, limitMs); // its own echo, and the end of its line
    const answer = await this.#line.heard(prompt, limitMs);
    return plain(answer).split('\n').slice(0, -1).join('\n').trim();
  }

  /** Several, of which each must be answered by a prompt; resolves to all that was said. */
  async typeAll(commands: readonly string[], limitMs = commandLimitMs): Promise<string> {
    const answers: string[] = [];
    for (const command of commands) answers.push(await this.type(command, limitMs));
    return answers.join('\n');
  }
}

const plain = (text: string): string => text.replaceAll(escapes, '').replaceAll('\r', '');
