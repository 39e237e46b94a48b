import { spawnSync } from 'node:child_process';
import { constants, statfsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, readlink, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LinuxStorage } from '../../hal/drivers/linux/linux-storage.ts';
import { HalError } from '../../hal/errors.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import type { Storage } from '../../hal/storage.ts';
import { command, testWith } from '../support/skip.ts';
import { companion } from './companion.ts';

interface Subject {
  readonly storage: Storage;
  readonly end: () => Promise<void>;
}

const subjects: Record<string, () => Promise<Subject>> = {
  sim: async () => ({ storage: new SimStorage(), end: async () => undefined }),
  linux: async () => {
    const root = await mkdtemp(join(tmpdir(), 'understudy-storage-'));
    return { storage: await LinuxStorage.at(join(root, 'data')), end: () => rm(root, { recursive: true }) };
  },
};

/** Of a file system in memory there is no other copy. */
const cachedByDisk = { missing: () => (statfsSync(tmpdir()).type === 0x01021994 ? 'the temporary folder is in memory' : undefined) };

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

async function refused(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof HalError) return error.id;
    throw error;
  }
  return 'nothing was refused';
}

async function content(storage: Storage, path: string): Promise<number[]> {
  const file = await storage.open(path, 'read');
  const into = new Uint8Array(await file.size());
  const got = await file.read(into, 0);
  await file.close();
  return [...into.subarray(0, got)];
}

async function put(storage: Storage, path: string, data: Uint8Array): Promise<void> {
  const file = await storage.open(path, 'create');
  await file.write(data, 0);
  await file.dataSync();
  await file.close();
}

function contract(name: string, body: (storage: Storage) => Promise<void>): void {
  for (const [kind, make] of Object.entries(subjects)) {
    test(`${kind}: ${name}`, async () => {
      const { storage, end } = await make();
      try {
        await body(storage);
      } finally {
        await end();
      }
    });
  }
}

contract('open: create refuses what exists, read and update refuse what does not', async (storage) => {
  assert.is(await refused(() => storage.open('a', 'read')), 'not-found');
  assert.is(await refused(() => storage.open('a', 'update')), 'not-found');
  assert.is(await refused(() => storage.open('no/a', 'create')), 'not-found');
  await put(storage, 'a', bytes(1, 2, 3));
  assert.is(await refused(() => storage.open('a', 'create')), 'already-exists');
  const file = await storage.open('a', 'update');
  await file.write(bytes(9), 1);
  await file.close();
  assert.equal(await content(storage, 'a'), [1, 9, 3]);
});

contract('read gives fewer bytes only at the end; a write beyond the end leaves zeros', async (storage) => {
  const file = await storage.open('a', 'create');
  await file.write(bytes(1, 2), 4);
  const into = new Uint8Array(10);
  assert.is(await file.read(into, 0), 6);
  assert.equal([...into.subarray(0, 6)], [0, 0, 0, 0, 1, 2]);
  assert.is(await file.read(into, 5), 1);
  assert.is(await file.read(into, 6), 0);
  assert.is(await file.read(into, 60), 0);
  await file.close();
});

contract('allocate grows with zeros and keeps what is there; truncate cuts', async (storage) => {
  const file = await storage.open('a', 'create');
  await file.write(bytes(7), 0);
  await file.allocate(200_000);
  assert.is(await file.size(), 200_000);
  await file.allocate(10);
  assert.is(await file.size(), 200_000, 'allocate never shrinks');
  const into = new Uint8Array(3);
  await file.read(into, 0);
  assert.equal([...into], [7, 0, 0]);
  await file.truncate(2);
  assert.is(await file.size(), 2);
  await file.close();
});

contract('writeSynced again and again, between other changes and after the file has got another name', async (storage) => {
  const file = await storage.open('a', 'create');
  await file.allocate(10);
  await file.writeSynced(bytes(1, 2), 0);
  await file.writeSynced(bytes(3, 4), 2);
  await file.write(bytes(5), 4);
  await storage.rename('a', 'b');
  await storage.syncDirectory('');
  await file.writeSynced(bytes(6), 5);
  await file.truncate(7);
  await file.writeSynced(bytes(8), 7);
  const into = new Uint8Array(3);
  assert.is(await file.read(into, 5), 3);
  assert.equal([...into], [6, 0, 8]);
  await file.close();
  assert.equal(await content(storage, 'b'), [1, 2, 3, 4, 5, 6, 0, 8]);
  const again = await storage.open('b', 'update');
  await again.writeSynced(bytes(9), 1);
  await again.close();
  assert.equal(await content(storage, 'b'), [1, 9, 3, 4, 5, 6, 0, 8]);
});

test('sim: what writeSynced has written is there after a power cut, with all that was changed before', async () => {
  const storage = new SimStorage();
  const file = await storage.open('a', 'create');
  await storage.syncDirectory('');
  await file.write(bytes(1), 0);
  await file.writeSynced(bytes(2), 1);
  await file.write(bytes(3), 2);
  assert.equal(await content(storage.afterPowerCut(() => 'drop'), 'a'), [1, 2]);
});

test('sim: writeSynced tells a disk that is full at the write from one that is found full at the sync', async () => {
  for (const [kind, told] of [['write', 'no-space'], ['data-sync', 'io']] as const) {
    const storage = new SimStorage();
    const file = await storage.open('a', 'create');
    storage.fault = (operation) => (operation.kind === kind ? 'no-space' : null);
    assert.is(await refused(() => file.writeSynced(bytes(1), 0)), told);
  }
});

contract('after close everything is refused, and a second close is nothing', async (storage) => {
  const file = await storage.open('a', 'create');
  await file.close();
  await file.close();
  assert.is(await refused(() => file.write(bytes(1), 0)), 'closed');
  assert.is(await refused(() => file.read(new Uint8Array(1), 0)), 'closed');
  assert.is(await refused(() => file.dataSync()), 'closed');
  assert.is(await refused(() => file.writeSynced(bytes(1), 0)), 'closed');
});

contract('rename replaces, and keeps an open file', async (storage) => {
  await put(storage, 'a', bytes(1));
  await put(storage, 'b', bytes(2));
  const file = await storage.open('a', 'read');
  await storage.rename('a', 'b');
  assert.equal(await content(storage, 'b'), [1]);
  assert.is(await storage.stat('a'), null);
  assert.is(await file.read(new Uint8Array(1), 0), 1);
  await file.close();
  assert.is(await refused(() => storage.rename('a', 'c')), 'not-found');
});

contract('folders: made with parents, listed, removed when empty, stated', async (storage) => {
  await storage.makeDirectory('x/y/z');
  await storage.makeDirectory('x/y');
  await put(storage, 'x/y/file', bytes(1, 2));
  assert.equal((await storage.list('x/y')).sort(), ['file', 'z']);
  assert.equal(await storage.list(''), ['x']);
  const folder = await storage.stat('x/y');
  assert.is(folder?.directory, true);
  const file = await storage.stat('x/y/file');
  assert.equal([file?.directory, file?.bytes], [false, 2]);
  await storage.syncDirectory('x/y');
  await storage.syncDirectory('');
  assert.is(await refused(() => storage.syncDirectory('nowhere')), 'not-found');
  assert.is(await refused(() => storage.list('nowhere')), 'not-found');
  assert.is.not(await refused(() => storage.remove('x/y')), 'nothing was refused', 'a folder with files in it stays');
  const before = (await storage.stat('x/y'))?.modifiedMs ?? 0;
  await new Promise((resolve) => setTimeout(resolve, 20));
  await storage.rename('x/y/file', 'x/y/other');
  assert.ok(((await storage.stat('x/y'))?.modifiedMs ?? 0) > before, 'a change of names shows');
  await storage.rename('x/y/other', 'x/y/file');
  await storage.remove('x/y/file');
  await storage.remove('x/y/z');
  await storage.remove('x/y');
  assert.is(await storage.stat('x/y'), null);
  assert.is(await storage.stat('x/y/file'), null);
  assert.is(await refused(() => storage.remove('x/y')), 'not-found');
});

contract('no path leaves the data folder', async (storage) => {
  for (const path of ['../a', 'a/../../b', '/etc/passwd', 'a//b', './a', 'a/', 'a\0b']) {
    assert.is(await refused(async () => storage.open(path, 'read')), 'permission-denied', path);
    assert.is(await refused(async () => storage.stat(path)), 'permission-denied', path);
  }
  await put(storage, 'a', bytes(1));
  assert.is(await refused(async () => storage.rename('a', '../b')), 'permission-denied');
});

contract('space is told', async (storage) => {
  const { freeBytes, totalBytes } = await storage.space();
  assert.ok(totalBytes > 0 && freeBytes > 0 && freeBytes <= totalBytes);
});

contract('a lock has one holder, and can be taken again after release', async (storage) => {
  const release = await storage.lock('lock');
  assert.is(await refused(() => storage.lock('lock')), 'busy');
  await release();
  await (await storage.lock('lock'))();
});

/** A storage in a fresh folder, in which a lock lies already. */
async function withLock(lay: (lock: string) => Promise<void>, body: (storage: Storage, lock: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'understudy-lock-'));
  try {
    await lay(join(root, 'lock'));
    await body(await LinuxStorage.at(root), join(root, 'lock'));
  } finally {
    await rm(root, { recursive: true });
  }
}

const stale: Readonly<Record<string, (lock: string) => Promise<void>>> = {
  'a process that is gone': (lock) => symlink('4194305.1.0123', lock),
  'this process number before a power cut': (lock) => symlink(`${process.pid}.1.0123`, lock),
  'nobody who is known': (lock) => symlink('somebody', lock),
  'no link at all': (lock) => writeFile(lock, '{"pid":1}'),
};

for (const [whose, lay] of Object.entries(stale)) {
  test(`linux: a lock of ${whose} is broken, and nothing of it is left`, () =>
    withLock(lay, async (storage, lock) => {
      const release = await storage.lock('lock');
      assert.match(await readlink(lock), new RegExp(`^${process.pid}\\.\\d+\\.[0-9a-f]{32}$`));
      assert.ok((await readlink(lock)).length < 60, 'it fits into an inode');
      await release();
      assert.equal(await storage.list(''), []);
    }));
}

test('linux: of two hundred times ten who find a stale lock at once, one gets it each time', () =>
  withLock((lock) => symlink('4194305.1.0123', lock), async (storage, lock) => {
    for (let round = 0; round < 200; round++) {
      const taken = await Promise.allSettled(Array.from({ length: 10 }, () => storage.lock('lock')));
      assert.is(taken.filter(({ status }) => status === 'fulfilled').length, 1, `round ${round}`);
      assert.equal(await storage.list(''), ['lock']);
      await unlink(lock);
      await symlink('4194305.1.0123', lock);
    }
  }));

test('linux: one that died while it broke a stale lock is no hindrance', () =>
  withLock((lock) => symlink('4194305.1.0123', lock), async (storage, lock) => {
    await symlink('4194305.1.0123', `${lock}.breaking`);
    await storage.lock('lock');
    assert.equal(await storage.list(''), ['lock']);
  }));

testWith(['fincore', cachedByDisk], 'linux: what is durable is forgotten by the machine when it is asked to, and read from the medium again', async () => {
  const root = await mkdtemp(join(tmpdir(), 'understudy-forget-'));
  try {
    const storage = await LinuxStorage.at(join(root, 'data'));
    const data = Uint8Array.from({ length: 1_000_000 }, (_, at) => at % 251);
    await put(storage, 'a', data);
    const held = (): number => Number(spawnSync('fincore', ['--raw', '--noheadings', '--bytes', '--output', 'RES', join(root, 'data/a')], { encoding: 'utf8' }).stdout);
    assert.ok(held() >= data.length, `${held()} before`);
    const file = await storage.open('a', 'read');
    await file.forget();
    assert.is(held(), 0);
    const into = new Uint8Array(data.length);
    assert.is(await file.read(into, 0), data.length);
    assert.ok(Buffer.from(into).equals(data));
    assert.ok(held() > 0);
    await file.close();
    await file.forget();
  } finally {
    await rm(root, { recursive: true });
  }
});

/** Flags of the descriptors that this process has of the file (proc_pid_fdinfo(5)). */
async function flagsOf(path: string): Promise<number[]> {
  const found: number[] = [];
  for (const fd of await readdir('/proc/self/fd')) {
    if ((await readlink(`/proc/self/fd/${fd}`).catch(() => '')) !== path) continue;
    found.push(Number.parseInt(/^flags:\s+(\d+)/m.exec(await readFile(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0', 8));
  }
  return found;
}

test('linux: a file that is written synced more than once has a second descriptor, with O_DSYNC, and none when it is closed', async () => {
  const root = await mkdtemp(join(tmpdir(), 'understudy-synced-'));
  const path = join(root, 'data/a');
  try {
    const storage = await LinuxStorage.at(join(root, 'data'));
    const file = await storage.open('a', 'create');
    const throughs = async (): Promise<boolean[]> => (await flagsOf(path)).map((flags) => (flags & constants.O_DSYNC) !== 0);
    await file.write(bytes(1), 0);
    await file.writeSynced(bytes(2), 1);
    assert.equal(await throughs(), [false], 'most files are written once');
    for (const at of [2, 3, 4]) await file.writeSynced(bytes(at + 1), at);
    assert.equal((await throughs()).sort(), [false, true]);
    const closing = await storage.open('a', 'update');
    await closing.writeSynced(bytes(1), 0);
    const late = closing.writeSynced(bytes(6), 5).catch(() => undefined);
    await closing.close();
    await late;
    await file.close();
    assert.equal(await flagsOf(path), []);
    assert.equal((await content(storage, 'a')).slice(0, 5), [1, 2, 3, 4, 5]);
  } finally {
    await rm(root, { recursive: true });
  }
});

testWith([command('strace', 'strace')], 'linux: each change is synced once: by its own write where nothing else is unsynced, else by the sync that follows', async () => {
  const root = await mkdtemp(join(tmpdir(), 'understudy-strace-'));
  try {
    const log = join(root, 'log');
    const traced = ['-f', '-qq', '-y', '-o', log, '-e', 'trace=openat,pwrite64,fdatasync,ftruncate', process.execPath, companion('test/contract/synced-writes.child.ts'), join(root, 'data')];
    const { status, stderr } = spawnSync('strace', traced, { encoding: 'utf8', timeout: 30_000, env: { ...process.env, UV_USE_IO_URING: '0' } });
    assert.is(status, 0, stderr);
    const lines = (await readFile(log, 'utf8')).split('\n');
    assert.is(lines.filter((line) => line.includes('O_DSYNC')).length, 1);
    const calls = lines.filter((line) => line.includes(`<${join(root, 'data/a')}>`)).flatMap((line) => {
      const [, call, fd] = /(pwrite64|fdatasync|ftruncate)\((\d+)</.exec(line) ?? [];
      return call === undefined ? [] : [{ call, fd }];
    });
    const done = calls.map(({ call, fd }) => (fd === calls[0]?.fd ? call : `${call} through`));
    assert.equal(done, ['pwrite64', 'fdatasync', 'pwrite64 through', 'pwrite64', 'pwrite64', 'fdatasync', 'pwrite64 through', 'pwrite64', 'ftruncate', 'fdatasync']);
  } finally {
    await rm(root, { recursive: true });
  }
});

test('linux: files are 0600 and folders 0700 whatever was asked before', async () => {
  const root = await mkdtemp(join(tmpdir(), 'understudy-mode-'));
  try {
    const storage = await LinuxStorage.at(join(root, 'data'));
    await storage.makeDirectory('x');
    await put(storage, 'x/a', bytes(1));
    const modeOf = async (path: string): Promise<number> => (await stat(join(root, path))).mode & 0o777;
    assert.equal([await modeOf('data'), await modeOf('data/x'), await modeOf('data/x/a')], [0o700, 0o700, 0o600]);
  } finally {
    await rm(root, { recursive: true });
  }
});

test.run();
