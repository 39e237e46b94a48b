// With a PATH on which nothing is installed, and an apt-get of our own that writes down what it was asked.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root, testWith } from '../../support/skip.ts';

const NOBODY = 65534;
let bin = '';

/** `act`: shell words that the fake runs, with the arguments of apt-get in "$@". */
function fakeApt(act: string): void {
  const file = path.join(bin, 'apt-get');
  writeFileSync(file, `#!/bin/sh\necho "$DEBIAN_FRONTEND $*" >> ${bin}/asked\n${act}\n`);
  chmodSync(file, 0o755);
}

function ensure(uid?: number): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['board/setup/ensure.mjs', 'start'], {
    encoding: 'utf8',
    env: { PATH: bin },
    ...(uid === undefined ? {} : { uid }),
  });
  return { status, output: `${stdout}${stderr}` };
}

const asked = () => readFileSync(path.join(bin, 'asked'), 'utf8').trim().split('\n');

test.before.each(() => {
  bin = mkdtempSync(path.join(tmpdir(), 'bin-'));
  for (const folder of [tmpdir(), bin]) chmodSync(folder, 0o755); // also for the user nobody
  symlinkSync('/usr/bin/env', path.join(bin, 'env'));
  writeFileSync(path.join(bin, 'pcap-config'), ''); // the other program that is needed is there
});
test.after.each(() => rmSync(bin, { recursive: true }));

testWith([root], 'a missing program is named with its reason, and installed; the second time nothing is said', () => {
  fakeApt(`case "$*" in *install*) : > ${bin}/espeak-ng;; esac`);
  const first = ensure();
  assert.is(first.status, 0, first.output);
  assert.match(first.output, 'espeak-ng: speaks the prompts of the second language (Debian package espeak-ng)');
  assert.match(first.output, 'Installing espeak-ng from Debian');
  assert.not.match(first.output, 'Going on without');
  assert.match(asked()[0] ?? '', /^noninteractive .* update$/);
  assert.match(asked()[1] ?? '', /^noninteractive .* install --no-install-recommends espeak-ng$/);
  assert.equal(ensure(), { status: 0, output: '' });
  assert.is(asked().length, 2);
});

testWith([root], 'when apt fails its words are shown, and work goes on', () => {
  fakeApt('echo "E: no network here"; exit 100');
  const { status, output } = ensure();
  assert.is(status, 0);
  assert.match(output, 'apt-get update failed, trying with the lists that are here:\nE: no network here');
  assert.match(output, 'espeak-ng could not be installed:\nE: no network here');
  assert.match(output, 'Going on without espeak-ng.');
});

const openToAll = {
  missing: () => (spawnSync('ls', ['board/setup/ensure.mjs'], { uid: NOBODY }).status === 0 ? undefined : "the project's folder is closed to other users"),
};

testWith([root, openToAll], 'neither root nor sudo: the command to type is shown', () => {
  fakeApt('exit 1');
  const { status, output } = ensure(NOBODY);
  assert.is(status, 0, output);
  assert.match(output, 'apt-get install --no-install-recommends espeak-ng');
});

testWith([root], 'not a Debian machine: says so, and goes on', () => {
  const { status, output } = ensure();
  assert.is(status, 0, output);
  assert.match(output, 'This machine has no apt-get');
});

test.run();
