// Stands in for `uvu` in every test bundle. uvu's own totals cannot show a suite whose run() was forgotten, and a file
// that hangs does not say where. So each registration, each start and each skip is also reported on a pipe of the
// runner's, and the two accounts have to agree.
import { writeSync } from 'node:fs';
import { suite as uvuSuite, test as uvuTest } from 'uvu';

export type LedgerEntry =
  | { kind: 'start'; test: string }
  | { kind: 'skip'; test: string; reason: string }
  | { kind: 'figure'; text: string }
  | { kind: 'end'; registered: number; notRun: string[] };

type Body = (context: Record<string, unknown>) => unknown;
type Uvu = typeof uvuTest;

const pipe = Number(process.env['UNDERSTUDY_TEST_LEDGER'] ?? '0');
delete process.env['UNDERSTUDY_TEST_LEDGER']; // for this process only, not for what a test starts

let registered = 0;
const waiting = new Map<string, number>();

function report(entry: LedgerEntry): void {
  if (pipe > 2) writeSync(pipe, `${JSON.stringify(entry)}\n`);
}

/** Counts a test that cannot run here. Without the runner it is printed, so that it is never silent. */
export function recordSkip(test: string, reason: string): void {
  if (pipe > 2) report({ kind: 'skip', test, reason });
  else console.log(`skipped: ${test}: ${reason}`);
}

/** A measured result to be printed though the test passes. */
export function recordFigure(text: string): void {
  if (pipe > 2) report({ kind: 'figure', text });
  else console.log(text);
}

function watched(real: Uvu, title: string): Uvu {
  const named = (name: string) => (title ? `${title}: ${name}` : name);
  const register = (name: string, body: Body, into: (name: string, body: Body) => void) => {
    registered += 1;
    waiting.set(title, (waiting.get(title) ?? 0) + 1);
    into(name, (context) => {
      report({ kind: 'start', test: named(name) });
      return body(context);
    });
  };
  const run = () => {
    waiting.delete(title);
    real.run();
  };
  const ours = (name: string, body: Body) => register(name, body, real as never);
  const only = (name: string, body: Body) => register(name, body, real.only as never);
  const { skip, before, after } = real;
  return Object.assign(ours, { only, skip, before, after, run }) as unknown as Uvu;
}

export const test: Uvu = watched(uvuTest, '');

export const suite: typeof uvuSuite = ((title: string, state?: object) =>
  watched(uvuSuite(title, state) as unknown as Uvu, title)) as unknown as typeof uvuSuite;

process.on('exit', () => {
  const notRun = [...waiting].map(([title, tests]) => `${tests} of ${title ? `suite "${title}"` : 'the file'}`);
  report({ kind: 'end', registered, notRun });
});
