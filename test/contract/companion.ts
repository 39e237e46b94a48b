import path from 'node:path';

/** The built module of a program that a test runs beside itself (`*.child.ts`, `*.worker.ts`), named from the repository's root. */
export function companion(source: string): string {
  const folder = process.env['UNDERSTUDY_TEST_BUILD'];
  if (folder === undefined) throw new Error('started without test/run.mjs, which builds the companions');
  return path.join(folder, source.replace(/\.ts$/, '.mjs'));
}
