import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const { scanImports } = await import(pathToFileURL(path.resolve('board/build/scan-imports.mjs')).href);

const found: [source: string, names: string[]][] = [
  ["import 'a';", ['a']],
  ["import x from 'a';", ['a']],
  ['import * as x from "a";', ['a']],
  ["import x, { y } from 'a';", ['a']],
  ["import type { X } from 'a';", ['a']],
  ["import { type X, y } from 'a';", ['a']],
  ["import {\n  x, // one\n  y,\n} from 'a';", ['a']],
  ["export * from 'a';", ['a']],
  ["export * as x from 'a';", ['a']],
  ["export { x } from 'a';", ['a']],
  ["export type { X } from 'a';", ['a']],
  ["const x = await import('a');", ['a']],
  ['const x = import(`a`);', ['a']],
  ["type X = import('a').X;", ['a']],
  ["type X = (typeof import('a'))['default'];", ['a']],
  ["const x = require('a');", ['a']],
  ["import x from 'a';\nimport y from 'b'; import('c');", ['a', 'b', 'c']],
  ["// import x from 'a';\n/* import('b') */ import 'c'; // import 'd'", ['c']],
  ["const url = 'http://x'; import('a');", ['a']],
  ["const pattern = /['\"`]/;\nimport('a');\nimport x from 'b';", ['a', 'b']],
  ['export const important = 1; important(2);', []],
  ["export const from = 'a';\nexport function x() { return from; }", []],
];

for (const [source, names] of found) {
  test(JSON.stringify(source), () => {
    assert.equal(scanImports(source).map(({ name }: { name: string }) => name), names);
  });
}

test('the line is that of the name', () => {
  assert.equal(scanImports("/* 1\n2 */\nimport {\n  x,\n} from 'a';\nimport 'b';"), [{ name: 'a', line: 5 }, { name: 'b', line: 6 }]);
});

test.run();
