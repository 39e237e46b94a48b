import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dahdiHeaders } from './dahdi-guest.ts';

/** What a C compiler makes of expressions with the names of dahdi/user.h, in the order given, as unsigned. Errors: a name is not there. */
export function headerNumbers(expressions: readonly string[]): number[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'numbers-'));
  const program = ['#include <stdio.h>', '#include <stddef.h>', '#include <dahdi/user.h>', 'int main(void) {',
    ...expressions.map((expression) => `  printf("%u\\n", (unsigned)(${expression}));`), '  return 0;', '}', ''].join('\n');
  writeFileSync(path.join(folder, 'numbers.c'), program);
  const compiled = spawnSync('gcc', ['-Wall', '-I', dahdiHeaders(), '-o', 'numbers', 'numbers.c'], { cwd: folder, encoding: 'utf8' });
  if (compiled.status !== 0) throw new Error(`the numbers cannot be compiled:\n${compiled.stderr}`);
  return spawnSync('./numbers', [], { cwd: folder, encoding: 'utf8' }).stdout.trim().split('\n').map(Number);
}

/** Compares each number of `ours` with the expression of the same key in `theirs`. Returns what differs, in words. */
export function differences(ours: Readonly<Record<string, number>>, theirs: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(ours);
  const unknown = names.filter((name) => theirs[name] === undefined);
  if (unknown.length > 0) return unknown.map((name) => `${name} is not compared with anything`);
  const numbers = headerNumbers(names.map((name) => theirs[name] as string));
  return names.flatMap((name, index) => {
    const mine = (ours[name] as number) >>> 0;
    return mine === numbers[index] ? [] : [`${name} is 0x${mine.toString(16)} here, ${theirs[name]} is 0x${numbers[index]?.toString(16)}`];
  });
}
