// For programs that run in the guest: each result is a line of JSON on the second serial port.
import { openSync, writeSync } from 'node:fs';

let port: number | null = null;

function write(result: object): void {
  port ??= openSync(process.env['GUEST_RESULTS'] ?? '/dev/stdout', 'w');
  writeSync(port, `${JSON.stringify(result)}\n`);
}

/** Tells the host a value that one of its tests asks for. */
export function report(name: string, value: unknown): void {
  write({ name, value });
}

/** Does one step and reports what it resolves to, or how it failed; the next steps go on. `limitMs` is in the guest's own time. */
export async function step(name: string, limitMs: number, body: () => Promise<unknown> | unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${limitMs} ms`)), limitMs);
  });
  try {
    report(name, (await Promise.race([body(), late])) ?? null);
  } catch (error) {
    write({ name, failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  } finally {
    clearTimeout(timer);
  }
}
