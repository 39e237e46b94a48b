import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const { abiOf, compiledAddon } = await import(pathToFileURL(path.resolve('board/build/compiled-addon.mjs')).href);

const root = mkdtempSync(path.join(tmpdir(), 'addon-'));
const other = process.arch === 'arm64' ? 'x64' : 'arm64';
const node = { folder: path.join(root, 'node'), version: '99.1.0' };
const place = 'tap/build/Release/tap.node';

function put(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

put('node/include/node/node_version.h', '#ifndef NODE_MODULE_VERSION\n#define NODE_MODULE_VERSION 777\n#endif\n');
put(`node_modules/${place}`, 'for the Node that builds');

test('a program for any Node carries the addon that npm has compiled, for the Node that builds', async () => {
  assert.equal(await compiledAddon(root, place, [process.arch], undefined), { file: path.join(root, 'node_modules', place), arch: process.arch, abi: process.versions.modules });
  assert.is(await compiledAddon(root, 'none/build/Release/none.node', [process.arch], undefined), null);
});

test('one that carries its Node never gets the addon of the Node that builds', async () => {
  assert.is(await compiledAddon(root, place, [process.arch], node), null, 'without its source');
  assert.is(await compiledAddon(root, place, [other], node), null, 'for another processor');
});

test('it gets the addon that was compiled for its Node, under the number of that', async () => {
  put('node_modules/tap/binding.gyp', '{}');
  put('node_modules/tap/package.json', '{ "version": "1.2.3" }');
  const file = `.cache/addons/tap-1.2.3-node-99.1.0-${process.arch}.node`;
  put(file, 'for the Node that is carried');
  assert.equal(await compiledAddon(root, place, [process.arch], node), { file: path.join(root, file), arch: process.arch, abi: '777' });
});

test('a folder without the headers of a Node is said so', () => {
  put('empty/include/node/node_version.h', '');
  assert.throws(() => abiOf(path.join(root, 'empty')), /no headers of a Node/);
});

test.after(() => rmSync(root, { recursive: true, force: true }));
test.run();
