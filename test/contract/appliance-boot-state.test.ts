// The boot loader's state on a unit: GRUB's real program behind the script that writes in place, and what a start makes of a state of no use.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { imageRoot } from '../support/appliance/parent-world.ts';
import { command, testWith } from '../support/skip.ts';

const needs = [command('busybox', 'busybox-static'), command('grub-editenv', 'grub-common')];
const folder = mkdtempSync(path.join(tmpdir(), 'boot-state-'));
const scripts = path.join(imageRoot, 'usr/lib/understudy');
let names = 0;

class World {
  readonly place = path.join(folder, `world-${names++}`);
  readonly state = this.at('grub/grubenv');
  readonly kept = `${this.state}.kept`;

  /** `running`: the slot that was started. */
  constructor(running: 'A' | 'B' = 'A') {
    for (const name of ['grub', 'run']) mkdirSync(this.at(name), { recursive: true });
    writeFileSync(this.at('cmdline'), `console=x rauc.slot=${running} gpt\n`);
    execFileSync('grub-editenv', [this.state, 'create']);
    execFileSync('grub-editenv', [this.state, 'set', 'ORDER=B A', 'A_OK=0', 'A_TRY=0', 'A_PROVEN=0', 'B_OK=1', 'B_TRY=1', 'B_PROVEN=1']);
  }

  at(name: string): string {
    return path.join(this.place, name);
  }

  run(script: string, ...words: string[]): { code: number | null; output: string } {
    const { status, stdout, stderr } = spawnSync('busybox', ['sh', path.join(scripts, script), ...words], { env: this.environment, encoding: 'utf8' });
    return { code: status, output: stdout + stderr };
  }

  get environment(): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '', GRUBENV: this.state, FACTS: this.at('run'), LOCK: this.at('lock'), CMDLINE: this.at('cmdline'), LIB: scripts,
      GRUB_EDITENV: execFileSync('which', ['grub-editenv'], { encoding: 'utf8' }).trim(),
    };
  }

  values(file = this.state): Record<string, string> {
    const rows = execFileSync('grub-editenv', [file, 'list'], { encoding: 'utf8' }).trim().split('\n');
    return Object.fromEntries(rows.map((row) => row.split('=') as [string, string]));
  }

  get alarms(): string {
    return existsSync(this.at('run/alarms')) ? readFileSync(this.at('run/alarms'), 'utf8') : '';
  }
}

testWith(needs, 'appliance boot state: a change is as GRUB\'s own, and in the copy too', () => {
  const world = new World();
  assert.equal(world.run('bin/grub-editenv', world.state, 'set', 'A_OK=1', 'A_PROVEN=1'), { code: 0, output: '' });
  assert.equal(world.values(), { ORDER: 'B A', A_OK: '1', A_TRY: '0', A_PROVEN: '1', B_OK: '1', B_TRY: '1', B_PROVEN: '1' });
  assert.equal(world.values(world.kept), world.values());
  assert.is(world.run('bin/grub-editenv', world.state, 'unset', 'B_PROVEN').code, 0);
  assert.is(world.values()['B_PROVEN'], undefined);
  assert.match(world.run('bin/grub-editenv', world.state, 'list').output, 'A_PROVEN=1\n');
  assert.not(readdirSync(path.dirname(world.at('lock'))).includes('lock'));
});

testWith([...needs, command('strace', 'strace')], 'appliance boot state: a change never empties the file, which GRUB\'s own program does', () => {
  const world = new World();
  const opened = (...words: string[]): string[] => {
    const log = world.at('strace');
    spawnSync('strace', ['-f', '-qq', '-o', log, '-e', 'trace=open,openat,creat,truncate,ftruncate,rename,renameat,renameat2', ...words], { env: world.environment });
    return readFileSync(log, 'utf8').split('\n').filter((line) => line.includes(`"${world.state}"`));
  };
  const emptied = (lines: string[]): string[] => lines.filter((line) => /O_TRUNC|truncate|rename/.test(line));
  assert.is.not(emptied(opened('grub-editenv', world.state, 'set', 'A_TRY=1')).length, 0, 'what this is about');
  const lines = opened('busybox', 'sh', path.join(scripts, 'bin/grub-editenv'), world.state, 'set', 'A_TRY=2');
  assert.ok(lines.some((line) => line.includes('O_WRONLY')), lines.join('\n'));
  assert.equal(emptied(lines), []);
  assert.is(world.values()['A_TRY'], '2');
});

testWith(needs, 'appliance boot state: what does not fit or is of no use changes nothing, and says so', () => {
  const world = new World();
  const before = readFileSync(world.state);
  assert.is.not(world.run('bin/grub-editenv', world.state, 'set', `WORDS=${'x'.repeat(1100)}`).code, 0);
  assert.ok(readFileSync(world.state).equals(before));
  truncateSync(world.state, 0);
  const { code, output } = world.run('bin/grub-editenv', world.state, 'set', 'A_OK=1');
  assert.is.not(code, 0);
  assert.match(output, 'invalid environment block');
  assert.is(statSync(world.state).size, 0);
});

testWith(needs, 'appliance boot state: whole at the start, it stays as it is and gets a copy, which is not written again', () => {
  const world = new World();
  const before = readFileSync(world.state);
  assert.equal(world.run('boot-state', 'check'), { code: 0, output: '' });
  assert.ok(readFileSync(world.state).equals(before));
  assert.ok(readFileSync(world.kept).equals(before));
  execFileSync('grub-editenv', [world.state, 'set', 'B_TRY=0']);
  world.run('boot-state', 'check');
  assert.is(world.values(world.kept)['B_TRY'], '1');
  assert.is(world.alarms, '');
});

const zeros = Buffer.alloc(1024);
for (const [what, spoil] of [
  ['empty', (file: string) => truncateSync(file, 0)], ['cut off', (file: string) => truncateSync(file, 512)], ['full of zeros', (file: string) => writeFileSync(file, zeros)],
  ['too long', (file: string) => truncateSync(file, 4096)], ['gone', (file: string) => rmSync(file)], ['a block that says nothing', (file: string) => execFileSync('grub-editenv', [file, 'create'])],
] as const) {
  testWith(needs, `appliance boot state: ${what}, it is taken from its copy`, () => {
    const world = new World();
    world.run('boot-state', 'check');
    const before = readFileSync(world.state);
    if (what === 'a block that says nothing') rmSync(world.state);
    spoil(world.state);
    const { code, output } = world.run('boot-state', 'check');
    assert.is(code, 0);
    assert.match(output, 'made anew from its copy');
    assert.ok(readFileSync(world.state).equals(before));
    assert.match(world.alarms, 'state of the boot loader was lost and has been made anew from its copy\n');
  });
}

for (const [running, other] of [['A', 'B'], ['B', 'A']] as const) {
  testWith(needs, `appliance boot state: with no copy either, slot ${running} that runs comes first, and the other when that fails`, () => {
    const world = new World(running);
    truncateSync(world.state, 0);
    writeFileSync(world.kept, 'half');
    assert.is(world.run('boot-state', 'check').code, 0);
    assert.is(statSync(world.state).size, 1024);
    assert.equal(world.values(), { ORDER: `${running} ${other}`, [`${running}_OK`]: '1', [`${running}_TRY`]: '1', [`${running}_PROVEN`]: '0', [`${other}_OK`]: '1', [`${other}_TRY`]: '0', [`${other}_PROVEN`]: '0' });
    assert.equal(world.values(world.kept), world.values());
    assert.is(world.run('bin/grub-editenv', world.state, 'set', `${running}_PROVEN=1`).code, 0);
    assert.is(world.values()[`${running}_PROVEN`], '1');
  });
}

testWith(needs, 'appliance boot state: two at once lose nothing; one that was killed holds nobody up', () => {
  const world = new World();
  symlinkSync('999999999', world.at('lock'));
  const script = path.join(scripts, 'bin/grub-editenv');
  const many = Array.from({ length: 6 }, (_, index) => `busybox sh ${script} ${world.state} set N${index}=1 & p="$p $!"`).join('\n');
  const { status } = spawnSync('busybox', ['sh', '-c', `${many}\nfor one in $p; do wait $one || exit 1; done`], { env: world.environment });
  assert.is(status, 0);
  assert.equal(Object.keys(world.values()).filter((name) => name.startsWith('N')).sort(), ['N0', 'N1', 'N2', 'N3', 'N4', 'N5']);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();
