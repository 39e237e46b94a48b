import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkFlows } from '../../../board/common/flow-check.ts';
import { runPromptTool } from '../../../board/common/prompt-tool.ts';
import { LinuxStorage } from '../../../hal/drivers/linux/linux-storage.ts';
import { said } from '../../support/said.ts';

const world = { folder: '' };
const at = (name: string): string => path.join(world.folder, name);

test.before.each(() => void (world.folder = mkdtempSync(path.join(tmpdir(), 'prompts-'))));
test.after.each(() => rmSync(world.folder, { recursive: true, force: true }));

/** Mono, 16 bit, a tone. */
function wav(rate: number, sec: number): Buffer {
  const data = Buffer.alloc(2 * rate * sec);
  for (let index = 0; index < data.length / 2; index++) data.writeInt16LE(Math.round(8000 * Math.sin((2 * Math.PI * 440 * index) / rate)), 2 * index);
  const head = Buffer.alloc(44);
  head.write('RIFF');
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(2 * rate, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

const put = (name: string, file: string): ReturnType<typeof said> => said(() => runPromptTool({ command: 'prompt put', name, file: at(file), data: at('data') }, '/nowhere'));
const list = async (): Promise<string> => (await said(() => runPromptTool({ command: 'prompt list', data: at('data') }, '/nowhere'))).text;

test('a WAV of each usual rate is put in, listed, replaced and removed', async () => {
  for (const [rate, sec] of [[8000, 1], [16_000, 2], [22_050, 1], [44_100, 1], [48_000, 3]] as const) {
    writeFileSync(at(`${rate}.wav`), wav(rate, sec));
    const { code, text } = await put(`From ${rate}`, `${rate}.wav`);
    assert.equal([code, text], [0, `prompt 'From ${rate}' is stored (${sec}.0 s)\n`]);
  }
  await put('From 8000', '48000.wav');
  assert.match(await list(), /From 8000 +3\.0 s/);
  assert.is((await said(() => runPromptTool({ command: 'prompt remove', name: 'From 8000', data: at('data') }, ''))).code, 0);
  assert.not.match(await list(), 'From 8000');
});

test('what is no WAV, is too long, has no good name, or is not there is refused with a sentence', async () => {
  writeFileSync(at('text.wav'), 'hello');
  assert.match((await put('A', 'text.wav')).text, 'it is not a WAV file');
  writeFileSync(at('long.wav'), wav(8000, 301));
  assert.match((await put('A', 'long.wav')).text, 'longer than 300 s');
  writeFileSync(at('good.wav'), wav(8000, 1));
  for (const [name, file, id] of [['../A', 'good.wav', 'too-large'], ['A', 'absent.wav', 'not-found']] as const) {
    const refused = await put(name, file).catch((error: unknown) => error as { id: string });
    assert.is('id' in refused ? refused.id : '', id);
  }
  assert.equal(await list(), 'no prompt is recorded\n');
  assert.match((await said(() => runPromptTool({ command: 'prompt remove', name: 'A', data: at('data') }, ''))).text, "no recorded prompt 'A'");
});

test('a folder on which a unit runs takes none', async () => {
  writeFileSync(at('good.wav'), wav(8000, 1));
  const unlock = await (await LinuxStorage.at(at('data'))).lock('unit.lock');
  const refused = await put('A', 'good.wav').catch((error: unknown) => error as { id: string });
  assert.is('id' in refused ? refused.id : '', 'busy');
  await unlock();
});

const flow = {
  form: 1, name: 'F', starts: [{ scope: 'short code', number: '*80' }], first: 'a',
  actions: {
    a: { action: 'Test Condition', prompts: ['Welcome'], with: { condition: 'Open' }, results: { True: 'b', False: 'b' } },
    b: { action: 'Disconnect' },
  },
};
const check = (more: { data?: string; conditions?: string } = {}): ReturnType<typeof said> => said(() => checkFlows({ command: 'flow check', files: [at('f.json')], config: null, data: more.data ?? null, conditions: more.conditions ?? null }));

test('flow check says what it could not look at, and finds what is not there once it can', async () => {
  writeFileSync(at('f.json'), JSON.stringify(flow));
  const blind = await check();
  assert.is(blind.code, 0);
  assert.match(blind.text, /good \(2 actions\)\nnot checked: the conditions that are named here; say --data DIR or --conditions DIR\nnot checked: the recorded prompts that are named here; say --data DIR\n$/);
  await LinuxStorage.at(at('data'));
  const seen = await check({ data: at('data') });
  assert.is(seen.code, 1);
  assert.match(seen.text, /no recorded prompt 'Welcome'.*\n.*no condition 'Open'/);
  mkdirSync(at('conditions'));
  writeFileSync(at('conditions/open.json'), JSON.stringify({ form: 1, name: 'Open', test: { condition: 'Other' } }));
  writeFileSync(at('good.wav'), wav(8000, 1));
  await put('Welcome', 'good.wav');
  const found = await check({ data: at('data'), conditions: at('conditions') });
  assert.equal([found.code, found.text], [0, "flow 'F': good (2 actions)\n"]);
  writeFileSync(at('conditions/open.json'), '{}');
  assert.match((await check({ conditions: at('conditions') })).text, /open\.json: \/form: this must be 1/);
});

test.run();
