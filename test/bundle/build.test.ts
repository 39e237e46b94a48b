// What the build makes of any board: one file that needs nothing beside it, native addons included.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { mounting, testWith } from '../support/skip.ts';
import { boards, ProjectCopy, runNode } from './project-copy.ts';

const entry = `
import { isMainThread, Worker } from 'node:worker_threads';
import { board, commit, version } from 'understudy:build';
import { bank } from 'understudy:prompts';
declare const __filename: string;

async function callNative(): Promise<boolean> {
  const { default: koffi } = await import('koffi');
  return koffi.load(null).func('int getpid()')() === process.pid;
}

async function openSerial(): Promise<string> {
  const { SerialPort } = await import('serialport');
  return new Promise((resolve) => new SerialPort({ path: '/dev/null', baudRate: 9600 }, (error) => resolve(error === null ? 'opened' : error.message)));
}

async function main(command: string): Promise<void> {
  if (!isMainThread || command === 'native') console.log('native', isMainThread, await callNative());
  if (!isMainThread) return;
  if (command === 'stack') console.log(new Error('here').stack);
  if (command === 'serial') console.log('serial', await openSerial());
  if (command === 'version') console.log(version, commit, board, bank().length);
  if (command === 'workers') for (let i = 0; i < 3; i++) await new Promise((done) => new Worker(__filename).once('exit', done));
}

void main(process.argv[2] ?? '');
`;
const copy = new ProjectCopy(entry);
test.after(() => copy.remove());
const built = copy.build();
const alone = copy.alone('linux');
const unit = (command: string, env: Record<string, string> = {}) => runNode(['understudy.cjs', command], alone, env);

test('all boards build and start', () => {
  assert.is(built.status, 0, built.output);
  assert.ok(boards().length >= 3);
  for (const board of boards()) assert.match(built.output, `dist/${board}/understudy.cjs`);
});

test('the file says what it was built from', () => {
  assert.is(unit('version').output.trim(), '0.1.0 unknown linux 0');
});

test('a native addon loads from the file alone', () => {
  assert.is(unit('native').output, 'native true true\n');
});

test('the addon for serial lines loads from the file alone', () => {
  assert.match(unit('serial').output, /^serial Error: Inappropriate ioctl for device/);
});

test('a native addon loads in one worker after another', () => {
  assert.is(unit('workers').output, 'native false true\n'.repeat(3));
});

test('a folder that lets no library run is named, with the way out', () => {
  const { status, output } = unit('native', { UNDERSTUDY_NATIVE_DIR: '/proc' });
  assert.is(status, 1);
  assert.match(output, 'koffi: no folder lets it run; set UNDERSTUDY_NATIVE_DIR');
  assert.match(output, '  /proc: ');
});

testWith([mounting], 'a folder mounted noexec is passed over, and all are named when none is left', () => {
  // in a mount space of its own, with the file outside the folders that are covered
  const nativeWithNoexec = (folders: string) => {
    const cover = `for folder in ${folders}; do mount -t tmpfs -o noexec none "$folder"; done`;
    const script = `mount -t tmpfs none /mnt && cp understudy.cjs /mnt && cd /mnt && ${cover} && "$0" understudy.cjs native`;
    const { stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', script, process.execPath], { cwd: alone, encoding: 'utf8' });
    return `${stdout}${stderr}`;
  };
  assert.is(nativeWithNoexec('/run'), 'native true true\n');
  const nowhere = nativeWithNoexec('/run /dev/shm /var/tmp "$TMPDIR"');
  for (const folder of ['/run', '/dev/shm', '/var/tmp']) {
    assert.match(nowhere, new RegExp(`  ${folder}: .*failed to map segment`));
  }
});

test('two builds of the same sources are the same bytes', () => {
  const again = copy.build('--out', path.join(copy.root, 'again'));
  assert.is(again.status, 0, again.output);
  for (const file of ['sim/understudy.cjs', 'linux/understudy.cjs', 'linux/understudy.cjs.map', 'linux/understudy.media.cjs.map', 'linux/meta.json']) {
    const [one, two] = ['dist', 'again'].map((folder) => readFileSync(path.join(copy.root, folder, file)));
    assert.ok(one?.equals(two ?? Buffer.alloc(0)), file);
  }
});

test('the file names nothing of the machine that built it, and carries the licences of what it contains', () => {
  const text = readFileSync(path.join(alone, 'understudy.cjs'), 'utf8');
  assert.not.match(text, copy.root);
  assert.not.match(readFileSync(path.join(copy.root, 'dist/linux/meta.json'), 'utf8'), copy.root);
  assert.match(text, 'koffi 3.3.4 (MIT)');
  assert.match(text, 'Niels Martignène');
  assert.not.match(text, /[^\u0000-\u00ff]/, 'one such letter makes two bytes of every letter, in memory');
});

test('with its source map a stack names the sources, though the code is packed', () => {
  const { output } = runNode(['--enable-source-maps', 'understudy.cjs', 'stack'], path.join(copy.root, 'dist/linux'));
  assert.match(output, /at main \(.*board\/linux\/entry\.ts:\d+:\d+\)/);
});

test('a file that was cut off says so', () => {
  const whole = readFileSync(path.join(alone, 'understudy.cjs'), 'utf8');
  writeFileSync(path.join(alone, 'cut.cjs'), `${whole.slice(0, -2000)}*/\n`);
  const { status, output } = runNode(['cut.cjs', 'native'], alone);
  assert.is(status, 1);
  assert.match(output, /^understudy: .*cut\.cjs is damaged or cut off; get it again\.\n$/);
});

test('a processor for which there is no addon is refused', () => {
  const { status, output } = copy.build('linux', '--arch', 'mips');
  assert.is(status, 1);
  assert.is(output, 'koffi has no library for linux-mips\n');
});

test('a fault in the sources is shown with its place', () => {
  copy.write('board/broken/entry.ts', "import './missing.ts';\n");
  const { status, output } = copy.build('broken');
  assert.is(status, 1);
  assert.match(output, 'Could not resolve "./missing.ts"');
  assert.match(output, 'board/broken/entry.ts:1:7');
});

test('a name of a module that is loaded late, and that the build does not know, is a fault', () => {
  copy.write('board/broken/entry.ts', "import { type Server, connect, rootCertificates } from 'node:tls';\nconsole.log(connect, rootCertificates.length);\n");
  const { status, output } = copy.build('broken');
  assert.is(status, 1);
  assert.match(output, 'imports rootCertificates of node:tls: lazy-plugin.mjs must know the name');
});

test('a board without an entry, and an entry that does not start, are refused', () => {
  assert.match(copy.build('no-such-board').output, 'board/no-such-board/entry.ts is missing');
  copy.write('board/broken/entry.ts', "console.log('something else');\n");
  const { status, output } = copy.build('broken');
  assert.is(status, 1);
  assert.match(output, 'version: expected 0.1.0 and unknown');
  rmSync(path.join(copy.root, 'board/broken'), { recursive: true });
});

test.run();
