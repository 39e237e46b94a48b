// Tests that mostly wait run at the same time, so that a file of calls lasts as long as its longest call.
import { test } from 'uvu';
import { skipTest } from '../skip.ts';

export type Tests = Readonly<Record<string, () => Promise<void>>>;

/** Registers tests that all begin when the first of them does. Each is told by itself; `missing`: why none of them can run. */
export function testSideBySide(missing: string | undefined, tests: Tests): void {
  const begun = onlyOnce(() => new Map(Object.entries(tests).map(([name, body]) => [name, outcome(body)])));
  register(missing, tests, (name) => begun().get(name));
}

/** Registers tests that run one after the other. */
export function testInTurn(missing: string | undefined, tests: Tests): void {
  register(missing, tests, (name) => outcome(tests[name] as () => Promise<void>));
}

function register(missing: string | undefined, tests: Tests, run: (name: string) => Promise<unknown> | undefined): void {
  for (const name of Object.keys(tests)) {
    if (missing !== undefined) skipTest(name, missing);
    else {
      test(name, async () => {
        const error = await run(name);
        if (error !== undefined) throw error;
      });
    }
  }
}

/** Resolves to what went wrong: a test that fails early must not be an unhandled rejection until its turn comes. */
async function outcome(body: () => Promise<void>): Promise<unknown> {
  try {
    await body();
    return undefined;
  } catch (error) {
    return error ?? new Error('failed without a word');
  }
}

/** What several tests need: made when the first of them asks, so that a failure is told as that test's. */
export function onlyOnce<Value>(make: () => Value): () => Value {
  let made: { value: Value } | null = null;
  return () => (made ??= { value: make() }).value;
}
