import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';

/** Root's programs are not on everybody's path. */
const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
const idle: Shell[] = [];

/**
 * Runs a system command; an error tells what it said. A few small shells do the forking: to fork a process with the disks of a
 * replay in memory costs more than the mount that it is for.
 */
export async function runCommand(...words: string[]): Promise<void> {
  const shell = idle.pop() ?? new Shell();
  const { code, text } = await shell.run(words);
  idle.push(shell);
  if (code !== 0) throw new Error(`${words.join(' ')}: ${text || `code ${code}`}`);
}

/** To be called at the end: a shell that waits keeps the process alive. */
export function endShells(): void {
  for (const shell of idle.splice(0)) shell.end();
}

class Shell {
  readonly #process: ChildProcess = spawn('sh', [], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  #answered: ((line: string) => void) | null = null;
  #answer = '';

  constructor() {
    this.#process.stdin?.write('set -f\n');
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#answer += text;
      if (this.#answer.endsWith('\n')) this.#answered?.(this.#answer);
    });
  }

  /** One at a time. Answers are one line: the exit code, then what was said. */
  async run(words: readonly string[]): Promise<{ code: number; text: string }> {
    this.#answer = '';
    const answered = new Promise<string>((resolve) => (this.#answered = resolve));
    this.#process.stdin?.write(`said=$(${words.map(quoted).join(' ')} 2>&1); echo $? $said\n`);
    const [code = '', ...text] = (await answered).trim().split(' ');
    return { code: Number(code), text: text.join(' ') };
  }

  end(): void {
    this.#process.stdin?.end();
  }
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
