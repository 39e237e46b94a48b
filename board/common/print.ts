import { exitCodes } from '../../firmware/cli/exit-codes.ts';

/** What a tool has to say, a line each. */
export const print = (lines: readonly string[]): void => void process.stdout.write(joined(lines));

/** What went wrong, a line each; answers the code to end with. */
export function failed(lines: readonly string[], code: number = exitCodes.failure.code): number {
  process.stderr.write(joined(lines));
  return code;
}

const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
