// Compiled code that a start keeps for the next one: used when it is whole and its own, and never a reason not to start.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProjectCopy } from './project-copy.ts';
import { endRunning, freePort, Running } from './running.ts';

const copy = new ProjectCopy(null);
const built = copy.build('sim', '--out', 'dist');
const alone = built.status === 0 ? copy.alone('sim') : '';
if (alone === '') throw new Error(`the board does not build:\n${built.output}`);
const folder = mkdtempSync(path.join(tmpdir(), 'cache-'));
const sip = await freePort();
writeFileSync(path.join(alone, 'understudy.yaml'), JSON.stringify({ ports: 2, peers: [{ name: 'local', addresses: ['127.0.0.1'] }], mailboxes: [{ number: '201' }], rtp: { firstPort: 31_000 }, sip: { address: '127.0.0.1', port: sip } }));
test.after(() => {
  endRunning();
  copy.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the unit, sees it answer, stops it in good order. */
async function startAndStop(cache = folder, flags: readonly string[] = []): Promise<void> {
  const unit = new Running(alone, 'env', [`UNDERSTUDY_CACHE_DIR=${cache}`, process.execPath, ...flags, 'understudy.cjs', 'run', '--config', 'understudy.yaml', '--data', 'data']);
  await unit.until(/started: The unit answers/);
  unit.kill('SIGTERM');
  assert.is(await unit.ended, 0, unit.output);
}

const kept = (thread: string): string => {
  const name = readdirSync(folder).find((one) => one.startsWith(`${thread}-`) && one.endsWith('.v8'));
  if (name === undefined) throw new Error(`nothing is kept of ${thread}: ${readdirSync(folder).join()}`);
  return path.join(folder, name);
};

/** Every file is written as a new one, so this tells whether it was. */
const writing = (thread: string): string => `${statSync(kept(thread)).ino} ${statSync(kept(thread)).mtimeMs}`;

test('a start keeps the code of both threads, for its owner alone, and the next one uses it', async () => {
  await startAndStop();
  for (const thread of ['control', 'media']) assert.is(statSync(kept(thread)).mode & 0o777, 0o600);
  const before = [writing('control'), writing('media')];
  await startAndStop();
  assert.equal([writing('control'), writing('media')], before, 'what is not used is written anew');
  assert.equal(readdirSync(folder).length, 2);
});

const harms: readonly (readonly [string, (file: string) => void])[] = [
  ['one wrong bit in the compiled code', (file) => flip(file, statSync(file).size - 1000)],
  ['one wrong bit in the text', (file) => flip(file, 1000)],
  ['one wrong bit in the checksum', (file) => flip(file, 3)],
  ['a file that is cut off', (file) => truncateSync(file, Math.floor(statSync(file).size / 2))],
  ['an empty file', (file) => truncateSync(file, 0)],
  ['a file of noughts', (file) => writeFileSync(file, Buffer.alloc(statSync(file).size))],
  ['the code of another thread', (file) => copyFileSync(kept('media'), file)],
  ['a file that others may write', (file) => chmodSync(file, 0o666)],
  ['a link to a good file', (file) => linkInstead(file)],
  ['a file that has a second name', (file) => linkSync(file, path.join(alone, 'second-name'))],
  ['a pipe', (file) => pipeInstead(file)],
];

for (const [what, harm] of harms) {
  test(`${what} is not used: the unit starts, and keeps its code anew`, async () => {
    const good = writing('control');
    harm(kept('control'));
    await startAndStop();
    assert.is.not(writing('control'), good);
    const mended = writing('control');
    await startAndStop();
    assert.is(writing('control'), mended, 'the new one is used');
  });
}

test('in a folder that others may write to nothing is looked for, and nothing is kept', async () => {
  const good = writing('control');
  chmodSync(folder, 0o777);
  await startAndStop();
  chmodSync(folder, 0o700);
  assert.is(writing('control'), good, 'neither used nor replaced');
  const below = path.join(folder, 'theirs');
  mkdirSync(below);
  chmodSync(below, 0o777);
  await startAndStop(path.join(below, 'new'));
  assert.equal(readdirSync(below), []);
  rmSync(below, { recursive: true });
});

test('code that V8 refuses, here for other flags, is kept anew', async () => {
  const good = writing('control');
  await startAndStop(folder, ['--no-flush-bytecode']);
  assert.is.not(writing('control'), good);
  await startAndStop();
});

test('a folder where the file is a folder, one that cannot be made, and none at all do not keep a unit from starting', async () => {
  const file = kept('control');
  rmSync(file);
  mkdirSync(file);
  await startAndStop();
  rmSync(file, { recursive: true });
  writeFileSync(path.join(folder, 'no-folder'), '');
  await startAndStop(path.join(folder, 'no-folder'));
  rmSync(path.join(folder, 'no-folder'));
  await startAndStop('');
  assert.not.ok(existsSync(path.join(alone, 'understudy')));
});

test('files of older releases go, the oldest first', async () => {
  const older = Array.from({ length: 12 }, (_, index) => path.join(folder, `control-${index.toString(16).padStart(32, '0')}.v8${index === 3 ? '.77' : ''}`));
  for (const [index, file] of older.entries()) {
    writeFileSync(file, 'older');
    utimesSync(file, 1000 + index, 1000 + index);
  }
  writeFileSync(path.join(folder, 'notes.txt'), 'not ours');
  await startAndStop();
  assert.is(readdirSync(folder).length, 8 + 1);
  assert.ok(existsSync(path.join(folder, 'notes.txt')));
  assert.equal(older.map((file) => existsSync(file)).lastIndexOf(false) + 1, older.length - (8 - 2), 'the youngest stay');
});

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  writeFileSync(file, bytes);
}

/** Nobody writes into it: who waits for that waits for ever. */
function pipeInstead(file: string): void {
  rmSync(file);
  execFileSync('mkfifo', ['-m', '600', file]);
}

function linkInstead(file: string): void {
  copyFileSync(file, path.join(alone, 'elsewhere'));
  rmSync(file);
  symlinkSync(path.join(alone, 'elsewhere'), file);
}

test.run();
