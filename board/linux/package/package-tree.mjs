// The files of the Debian package, laid out as they will lie on the machine.
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, lstatSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { changelog, controlFile, md5sums } from './control-file.mjs';
import { manPage } from './man-page.mjs';

const filesOf = (root) => path.join(root, 'board/linux/package/files');
const scripts = ['postinst', 'prerm', 'postrm'];

/** zlib tells no time and no name, so the same bytes come out. */
const packed = (text) => gzipSync(text, { level: 9 });

/**
 * Fills the empty folder `tree`. `node`: folder with bin/node and LICENSE; `bundle`: the built file; `help`, `sample`: what it prints;
 * `time`: seconds since 1970, the commit's. Returns the bytes of what will be installed.
 */
export function packageTree(tree, { root, node, bundle, help, sample, version, architecture, time }) {
  const files = filesOf(root);
  const put = (name, content, mode = 0o644) => write(path.join(tree, name), content, mode);
  const copy = (name, from, mode = 0o644) => put(name, { from }, mode);
  copy('usr/lib/understudy/node', path.join(node, 'bin/node'), 0o755);
  copy('usr/lib/understudy/understudy.cjs', bundle);
  copy('usr/bin/understudy', path.join(files, 'understudy'), 0o755);
  copy('usr/lib/systemd/system/understudy.service', path.join(root, 'board/linux/understudy.service'));
  copy('usr/lib/udev/rules.d/understudy.rules', path.join(files, 'understudy.rules'));
  copy('usr/share/lintian/overrides/understudy', path.join(files, 'lintian-overrides'));
  put('usr/share/man/man8/understudy.8.gz', packed(manPage({ version, date: dateOf(time), help })));
  put('usr/share/doc/understudy/copyright', copyright());
  put('usr/share/doc/understudy/node-licence.gz', packed(readFileSync(path.join(node, 'LICENSE'))));
  put('usr/share/doc/understudy/changelog.gz', packed(changelog({ version, time })));
  put('usr/share/doc/understudy/CHANGELOG.md.gz', packed(readFileSync(path.join(root, 'CHANGELOG.md'))));
  put('etc/understudy/understudy.yaml', sample);
  const installed = listed(tree);
  const installedBytes = installed.reduce((sum, { bytes }) => sum + bytes, 0);
  put('DEBIAN/md5sums', md5sums(installed.filter(({ name }) => !name.startsWith('etc/'))));
  put('DEBIAN/conffiles', '/etc/understudy/understudy.yaml\n');
  put('DEBIAN/control', controlFile({ version, architecture, installedBytes, description: 'voicemail unit that keeps answering when its primary fails' }));
  for (const name of scripts) copy(`DEBIAN/${name}`, path.join(files, name), 0o755);
  return installedBytes;
}

/** Modes are set in any case, whatever the umask is. */
function write(file, content, mode) {
  makeFolders(path.dirname(file));
  if (content.from === undefined) writeFileSync(file, content);
  else copyFileSync(content.from, file);
  chmodSync(file, mode);
}

function makeFolders(folder) {
  const made = mkdirSync(folder, { recursive: true });
  if (made === undefined) return;
  for (let at = folder; at.length >= made.length; at = path.dirname(at)) chmodSync(at, 0o755);
}

function listed(tree) {
  return readdirSync(tree, { recursive: true }).map(String).sort()
    .filter((name) => lstatSync(path.join(tree, name)).isFile())
    .map((name) => [name, readFileSync(path.join(tree, name))])
    .map(([name, bytes]) => ({ name, bytes: bytes.length, md5: createHash('md5').update(bytes).digest('hex') }));
}

const dateOf = (time) => new Date(time * 1000).toISOString().slice(0, 10);

/** In Debian's form, as far as it helps: what else is inside has its licences in the file itself. */
function copyright() {
  return [
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/', 'Upstream-Name: Understudy', '',
    'Files: *', 'Copyright: 2026 the authors of Understudy', 'License: Apache-2.0', ' See /usr/share/common-licenses/Apache-2.0.', '',
    'Files: usr/lib/understudy/node', 'Copyright: Node.js contributors and others', 'License: Node.js', ' See /usr/share/doc/understudy/node-licence.gz.', '',
    'Comment: The licences of the packages that understudy.cjs contains are at its own end.', '',
  ].join('\n');
}
