import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runFlowTool } from '../../../board/common/flow-tool.ts';
import { LinuxStorage } from '../../../hal/drivers/linux/linux-storage.ts';
import { said } from '../../support/said.ts';

const world = { folder: '' };
const at = (name: string): string => path.join(world.folder, name);

test.before.each(() => void (world.folder = mkdtempSync(path.join(tmpdir(), 'flows-'))));
test.after.each(() => rmSync(world.folder, { recursive: true, force: true }));

const put = (...files: string[]): ReturnType<typeof said> => said(() => runFlowTool({ command: 'flow put', files: files.map(at), data: at('data') }, '/nowhere'));
const kept = (name: string): string => readFileSync(at(`data/flows/flow/${name}.json`), 'utf8');

/** Keys in an order of its own, tabs, numbers and letters as somebody wrote them, and nothing that may be left out. */
const written = '{ "name":"Door", "form": 1,\n\t"first": "a",\n\n\t"actions": { "a": { "action": "Disconnect", "prompts": [ { "pauseMs": 1e2 }, { "speak": "Gr\\u00fc\u00dfe" } ] } } }';

test('flow put keeps the very text that was checked, but for a byte-order mark', async () => {
  for (const text of [written, `${written}\n`, `\uFEFF${written}`, written.replaceAll('\n', '\r\n')]) {
    writeFileSync(at('door.json'), text);
    const { code, text: told } = await put('door.json');
    assert.equal([code, told], [0, "flow 'Door' is stored\n"]);
    assert.is(kept('Door'), text.replace('\uFEFF', ''));
  }
  const listed = await said(() => runFlowTool({ command: 'flow list', data: at('data') }, '/nowhere'));
  assert.match(listed.text, /Door +no start point/);
});

test('flow put stores several flows, each under its own name, and none when one has a fault', async () => {
  writeFileSync(at('door.json'), written);
  writeFileSync(at('gate.json'), written.replace('Door', 'Gate'));
  writeFileSync(at('bad.json'), written.replace('Door', 'Bad').replace('"first": "a"', '"first": "b"'));
  const refused = await put('door.json', 'bad.json');
  assert.is(refused.code, 1);
  assert.match(refused.text, /bad\.json: \/first: there is no action named 'b'/);
  assert.not(existsSync(at('data')), 'nothing was touched');
  assert.match((await put('door.json', 'door.json')).text, /another of these files has flow 'Door' too/);
  assert.is((await put('gate.json', 'door.json')).code, 0);
  assert.equal([kept('Gate'), kept('Door')], [written.replace('Door', 'Gate'), written]);
});

test('flow put is refused while a unit runs on the folder', async () => {
  writeFileSync(at('door.json'), written);
  const unlock = await (await LinuxStorage.at(at('data'))).lock('unit.lock');
  const refused = await put('door.json').catch((error: unknown) => error as { id: string });
  assert.is('id' in refused ? refused.id : '', 'busy');
  await unlock();
  assert.is((await put('door.json')).code, 0);
});

test.run();
