// The boot loader's script, played by a shell that is near enough to GRUB's: which slot starts, and what is noted before.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { command, testWith } from '../../../support/skip.ts';

const { grubConfig, grubEnvironment, factoryState } = await import(pathToFileURL(path.resolve('board/image/grub-config.mjs')).href);
const needs = [command('busybox', 'busybox-static'), command('grub-script-check', 'grub-common')];
const folder = mkdtempSync(path.join(tmpdir(), 'grub-config-'));
let names = 0;

type State = Record<string, string | number>;

/** What GRUB's commands do, as far as the script needs them. `boot` ends the script, as does a restart. */
const commands = `insmod() { :; }
regexp() { disk=hd0; }
whole() { [ -f "$1" ] && [ "$(wc -c <"$1")" = 1024 ]; }
load_env() { whole "$2" || { echo 'error: invalid environment block.'; return 1; }; while IFS='=' read -r name value; do case $name in [AB]_*|ORDER) eval "$name=\\$value" ;; esac; done <"$2"; }
save_env() { file=$2; shift 2; whole "$file" || { echo 'error: invalid environment block.'; return 1; }; for name; do eval "echo $name=\\$$name"; done >>"$file.saved"; }
linux() { [ -e "$1" ] || return 1; arguments="$*"; }
initrd() { [ -e "$1" ]; }
boot() { echo "boots: $arguments"; exit; }
reboot() { echo restarts; exit; }
root=.
`;

/** What the script says and saves with these files of state (null = empty) and these slots that can be read. */
function play(state: State | null, kept: State | null, readable = 'AB'): { said: string[]; saved: string; savedToCopy: string } {
  const place = path.join(folder, `boot-${names++}`);
  const at = (name: string): string => path.join(place, name);
  mkdirSync(at('grub'), { recursive: true });
  writeFileSync(at('grub/grubenv'), state === null ? '' : grubEnvironment(state));
  writeFileSync(at('grub/grubenv.kept'), kept === null ? '' : grubEnvironment(kept));
  for (const [slot, partition] of [['A', 2], ['B', 3]] as const) {
    if (!readable.includes(slot)) continue;
    mkdirSync(at(`hd0-${partition}`));
    for (const name of ['vmlinuz', 'initrd']) writeFileSync(at(`hd0-${partition}/${name}`), '');
  }
  const script = (grubConfig('console=x') as string).replaceAll('($root)', '$root').replaceAll('($disk,gpt$partition)', '$disk-$partition').replaceAll(/\bset (\w+=)/g, '$1').replace('function start {', 'start() {');
  const { stdout, stderr } = spawnSync('busybox', ['sh', '-c', commands + script], { cwd: place, encoding: 'utf8' });
  assert.is(stderr, '');
  const text = (name: string): string => (existsSync(at(name)) ? readFileSync(at(name), 'utf8') : '');
  return { said: stdout.trim().split('\n').filter((line) => !line.startsWith('error')), saved: text('grub/grubenv.saved'), savedToCopy: text('grub/grubenv.kept.saved') };
}

const starts = (slot: 'A' | 'B'): string[] => [`boot: slot ${slot}`, `boots: hd0-${slot === 'A' ? 2 : 3}/vmlinuz rauc.slot=${slot} gpt console=x`];
const onB = { ORDER: 'B A', A_OK: 0, A_TRY: 0, A_PROVEN: 0, B_OK: 1, B_TRY: 0, B_PROVEN: 1 };

testWith(needs, 'boot loader: GRUB takes the script for well formed', () => {
  const file = path.join(folder, 'grub.cfg');
  writeFileSync(file, grubConfig('console=x'));
  assert.is(execFileSync('grub-script-check', ['-v', file], { encoding: 'utf8' }).length > 0, true);
});

testWith(needs, 'boot loader: the first of the order starts, and the try is noted before', () => {
  const { said, saved, savedToCopy } = play(onB, null);
  assert.equal(said, starts('B'));
  assert.is(saved, 'ORDER=B A\nA_OK=0\nA_TRY=0\nB_OK=1\nB_TRY=1\n');
  assert.is(savedToCopy, '');
  assert.equal(play(factoryState, null).said, starts('A'));
});

testWith(needs, 'boot loader: a slot that has not proved itself is started once, one that has three times, a bad one never', () => {
  assert.equal(play({ ...factoryState, A_TRY: 1 }, null).said, starts('B'));
  assert.equal(play({ ...factoryState, A_TRY: 2, A_PROVEN: 1 }, null).said, starts('A'));
  assert.equal(play({ ...factoryState, A_TRY: 3, A_PROVEN: 1 }, null).said, starts('B'));
  assert.equal(play({ ...factoryState, A_OK: 0 }, null).said, starts('B'));
});

testWith(needs, 'boot loader: with no try left it begins anew from the front', () => {
  const { said, saved } = play({ ...onB, B_TRY: 3 }, null);
  assert.equal(said, starts('B'));
  assert.match(saved, 'B_TRY=1\n');
});

testWith(needs, 'boot loader: a state that a power cut left empty is taken from its copy, and the tries are noted there', () => {
  const { said, saved, savedToCopy } = play(null, onB);
  assert.equal(said, starts('B'));
  assert.is(saved, '');
  assert.match(savedToCopy, 'B_TRY=1\n');
});

testWith(needs, 'boot loader: with no state at all a half written slot gives way to the other, without a restart', () => {
  assert.equal(play(null, null, 'B').said, ['boot: slot A', 'boot: slot A cannot be read', ...starts('B')]);
  assert.equal(play(null, null).said, starts('A'));
});

testWith(needs, 'boot loader: a slot that cannot be read gives way, and only when neither can it restarts', () => {
  assert.equal(play(onB, null, 'A').said, ['boot: slot B', 'boot: slot B cannot be read', ...starts('A')]);
  assert.equal(play(onB, null, '').said, ['boot: slot B', 'boot: slot B cannot be read', 'boot: slot A', 'boot: slot A cannot be read', 'restarts']);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
