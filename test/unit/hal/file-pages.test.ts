import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cleanFilePieces } from '../../../hal/drivers/linux/file-pages.ts';
import { residentMemory } from '../../../hal/drivers/linux/resident-memory.ts';
import { parseSmaps } from '../../../hal/drivers/linux/smaps.ts';

/** One entry of /proc/self/smaps. `counts` in kilobytes. */
function entry(range: string, mode: string, offset: string, name: string, counts: Readonly<Record<string, number>> = {}): string {
  const all = { Size: 40, Rss: 24, Private_Dirty: 0, Shared_Dirty: 0, Anonymous: 0, Locked: 0, ...counts };
  const lines = Object.entries(all).map(([count, kilobytes]) => `${`${count}:`.padEnd(16)}${String(kilobytes).padStart(8)} kB`);
  return [`${range} ${mode} ${offset} fe:00 260368                     ${name}`, ...lines, 'THPeligible:           0', 'VmFlags: rd ex mr mw me ', ''].join('\n');
}

const addresses = (text: string): readonly string[] => cleanFilePieces(parseSmaps(text)).map(({ address }) => address.toString(16));

test('code and constants that are as in their files can be read again', () => {
  const text = entry('400000-40a000', 'r--p', '00000000', '/usr/bin/node') + entry('40a000-414000', 'r-xp', '0000a000', '/usr/bin/node');
  const [first, second] = cleanFilePieces(parseSmaps(text));
  assert.equal(first, { address: 0x400000n, bytes: 40_960, mode: 'r--p', offset: 0, name: '/usr/bin/node', residentBytes: 24_576, clean: true });
  assert.equal([second?.address, second?.offset, second?.mode], [0x40a000n, 0xa000, 'r-xp']);
});

test('what somebody wrote to is kept, and what is held in place', () => {
  for (const [mode, counts] of [['rw-p', {}], ['r--s', {}], ['r-xp', { Anonymous: 4 }], ['r--p', { Private_Dirty: 4 }], ['r--p', { Shared_Dirty: 4 }], ['r-xp', { Locked: 4 }], ['r-xp', { Rss: 0 }]] as const) {
    assert.equal(addresses(entry('400000-40a000', mode, '00000000', '/usr/bin/node', counts)), [], `${mode} ${JSON.stringify(counts)}`);
  }
});

test('memory without a file is kept', () => {
  for (const name of ['', '[heap]', '[stack]', '[vdso]']) assert.equal(addresses(entry('400000-40a000', 'r-xp', '00000000', name)), [], name);
});

test('what goes with a thread is kept: addons without a name, copies of a piece of the program', () => {
  const program = entry('400000-40a000', 'r-xp', '00000000', '/usr/bin/node');
  assert.equal(addresses(program + entry('7f0000-7fa000', 'r-xp', '00000000', '/run/#166 (deleted)')), ['400000']);
  assert.equal(addresses(program + entry('7f0000-7f2000', 'r-xp', '00004000', '/usr/bin/node')), ['400000']);
});

test('copies that lie below the program are kept too, and those beside a library', () => {
  const copies = entry('200000-202000', 'r-xp', '00004000', '/lib/libnode.so') + entry('202000-203000', 'r-xp', '00008000', '/lib/libnode.so');
  const library = entry('400000-404000', 'r--p', '00000000', '/lib/libnode.so') + entry('404000-40f000', 'r-xp', '00004000', '/lib/libnode.so') + entry('40f000-410000', 'rw-p', '0000f000', '/lib/libnode.so');
  assert.equal(addresses(copies + library + entry('500000-502000', 'r-xp', '00004000', '/lib/libnode.so')), ['400000', '404000']);
  assert.equal(addresses(library + entry('410000-411000', 'rw-p', '00000000', '') + entry('900000-902000', 'r-xp', '00010000', '/lib/libnode.so')), ['400000', '404000'], 'far from its file');
});

test('a second mapping of a file from its beginning is kept: whoever made it may take it away', () => {
  const file = entry('400000-40a000', 'r--p', '00000000', '/usr/share/zone.bin');
  assert.equal(addresses(file + entry('600000-60a000', 'r--p', '00000000', '/usr/share/zone.bin')), ['400000']);
});

test('an entry that is kept takes nothing from its neighbours', () => {
  const text = entry('400000-40a000', 'r-xp', '00000000', '/usr/bin/node') + entry('40a000-414000', 'rw-p', '0000a000', '/usr/bin/node') + entry('7f0000-7fa000', 'r-xp', '00000000', '/lib/libc.so.6');
  assert.equal(addresses(text), ['400000', '7f0000']);
});

test('of this process there are tens of MiB, and not all of its memory', () => {
  const bytes = cleanFilePieces(parseSmaps(readFileSync('/proc/self/smaps', 'utf8'))).reduce((sum, { residentBytes }) => sum + residentBytes, 0);
  assert.ok(bytes > 5 * 1024 * 1024 && bytes < process.memoryUsage.rss(), `${bytes} bytes`);
});

test('an empty text has none', () => {
  assert.equal(cleanFilePieces(parseSmaps('')), []);
});

test('resident memory is told by owner: files, arenas of malloc with its heap and its own pieces', () => {
  const text = [
    entry('400000-40a000', 'r-xp', '00000000', '/usr/bin/node', { Rss: 40 }), entry('600000-60a000', 'rw-p', '00000000', '[heap]', { Rss: 20 }), entry('7f1c000000-7f1c0a0000', 'rw-p', '00000000', '', { Rss: 8 }),
    entry('7f1c0b0000-7f1c0c0000', 'rw-p', '00000000', '', { Rss: 4 }), entry('7ffc000000-7ffc0a0000', 'rw-p', '00000000', '[stack]', { Rss: 2 }),
  ].join('');
  assert.equal(residentMemory(parseSmaps(text), 1024), { all: 74 * 1024, program: 40 * 1024, malloc: 29 * 1024 });
});

test.run();
