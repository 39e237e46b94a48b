// The Debian package on a plain Debian 12: installed, a message left and listed, removed, purged. Without systemd, which a chroot has not; what
// systemd makes of the unit file is asked of its own tools.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync, appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { PlainDebian } from '../support/image/plain-debian.ts';
import { NamespaceLan, networkNamespaces } from '../support/namespace-lan.ts';
import { wentWell } from '../support/peers/leave-calls.ts';
import { childrenOf, endPrograms, sendSignal, sleep } from '../support/peers/program.ts';
import { writeTrack } from '../support/peers/rtp-track.ts';
import { sipp } from '../support/peers/sipp.ts';
import { speech } from '../support/peers/spoken.ts';
import { command, mounting, requires, root, skipTest, testWith } from '../support/skip.ts';

const mostExposure = 3;
const packageLimitMs = 400_000;
const folder = mkdtempSync(path.join(tmpdir(), 'package-'));
const needs = [root, mounting, networkNamespaces, command('dpkg-deb'), command('mmdebstrap', 'mmdebstrap'), command('sipp', 'sip-tester')];

testWith([command('systemd-analyze', 'systemd')], 'systemd finds no fault in the unit file, and little that it exposes', () => {
  const file = path.resolve('board/linux/understudy.service');
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['security', '--offline=yes', `--threshold=${10 * mostExposure}`, '--no-pager', file], { encoding: 'utf8' });
  const exposure = Number(/exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]);
  assert.ok(status === 0 && exposure <= mostExposure, `${stdout.slice(-2000)}${stderr}`);
  figure(`systemd-analyze security: ${exposure} of 10`);
});

const missing = requires(...needs);
const debian = missing === undefined ? PlainDebian.make('bookworm', ['adduser', 'libstdc++6', 'init-system-helpers']) : missing;

function packageFile(): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['board/linux/package/make-package.mjs', '--out', folder], { encoding: 'utf8', timeout: packageLimitMs });
  assert.is(status, 0, `${stdout}${stderr}`);
  const name = readdirSync(folder).find((file) => file.endsWith('.deb')) ?? '';
  figure(stdout.trim().split('\n').at(-1)?.replace(/^\S*\//, '') ?? '');
  return path.join(folder, name);
}

function packageTests(machine: PlainDebian): void {
  const lan = new NamespaceLan(['unit']);
  const owner = (file: string): string => machine.run('stat', '-c', '%U:%G %a', file).output.trim();
  const must = (...words: readonly string[]): string => {
    const { status, output } = machine.run(...words);
    assert.is(status, 0, `${words.join(' ')}: ${output}`);
    return output;
  };
  let archive = '';

  test('the package is made and installed without a question', () => {
    archive = machine.bring(packageFile());
    must('dpkg', '-i', archive);
    must('dpkg', '--verify', 'understudy');
    assert.match(must('understudy', 'version'), / on Node 24\./);
    assert.equal(['/etc/understudy', '/etc/understudy/understudy.yaml', '/var/lib/understudy'].map(owner), ['understudy:understudy 750', 'understudy:understudy 640', 'understudy:understudy 750']);
    assert.match(must('understudy', 'check', '/etc/understudy/understudy.yaml'), ': good');
  });

  test('an addon that knows one version of Node is for the one in the package', () => {
    const abi = must('/usr/lib/understudy/node', '-p', 'process.versions.modules').trim();
    const loader = readFileSync(path.join(machine.root, 'usr/lib/understudy/understudy.cjs'), 'latin1').slice(0, 8000);
    const packed = [...loader.matchAll(/"(\w+) linux-\w+ abi(\d+)"/g)].map(([, name, version]) => `${name} ${version}`);
    assert.equal(packed, existsSync('node_modules/pcap') ? [`pcap ${abi}`] : []);
  });

  test('its unit file is enabled, and all that it names is there', () => {
    assert.ok(existsSync(path.join(machine.root, 'etc/systemd/system/multi-user.target.wants')), 'enabled');
    const unit = readFileSync(path.join(machine.root, 'usr/lib/systemd/system/understudy.service'), 'utf8');
    const words = /^ExecStart=(.*)$/m.exec(unit)?.[1]?.split(' ') ?? [];
    for (const file of words.filter((word) => word.startsWith('/'))) assert.ok(statSync(path.join(machine.root, file)).isFile(), file);
    for (const [, group = ''] of unit.matchAll(/^(?:Group|SupplementaryGroups)=(.*)$/gm)) must('getent', 'group', group);
  });

  test('the sample has no password, and answers nobody but the machine itself', () => {
    const sample = readFileSync(path.join(machine.root, 'etc/understudy/understudy.yaml'), 'utf8');
    assert.not.match(sample, /^\s*(?:pin|password|secret): (?!null)\S/m);
    assert.equal([...sample.matchAll(/^\s*addresses: (.*)$/gm)].map(([, list]) => list), ['["127.0.0.1", "::1"]']);
  });

  test('it runs as its own user, takes a message, and lists it', async () => {
    const unit = machine.start(lan.namespace('unit'), 120_000, 'understudy', 'run');
    await unit.until('the start', ({ stderr }) => / started: /.test(stderr), 60_000);
    const file = path.join(folder, 'leave.pcap');
    const { ms } = writeTrack(file, [400, '#', 1500, speech(1, 3000, 0), 100], 0);
    wentWell(await sipp({ scenario: 'call-and-hang-up', to: 5060, namespace: lan.namespace('unit'), values: { number: '201', payload: 0, track: file, trackMs: ms + 300 } }));
    await sleep(1000);
    const users = must('stat', '-c', '%U', ...readdirSync(path.join(machine.root, 'var/lib/understudy')).map((name) => `/var/lib/understudy/${name}`)).trim().split('\n');
    assert.equal([...new Set(users)], ['understudy']);
    const { messages } = JSON.parse(must('understudy', 'messages', '--json')) as { messages: { mailbox: string; durationMs: number }[] };
    assert.equal(messages.map(({ mailbox }) => mailbox), ['201']);
    assert.ok((messages[0]?.durationMs ?? 0) >= 3000, `lasts ${messages[0]?.durationMs} ms`);
    childrenOf(unit.pid).forEach((child) => sendSignal(child, 'SIGTERM')); // unshare lets no signal through
    assert.is((await unit.ended).code, 0, unit.tail());
  });

  test('what the tools change belongs to the unit', () => {
    writeFileSync(path.join(machine.root, 'tmp/flow.json'), readFileSync('board/flows/out-of-hours.json'));
    must('understudy', 'flow', 'put', '/tmp/flow.json');
    assert.is(machine.run('find', '/var/lib/understudy', '-not', '-user', 'understudy').output, '');
  });

  test('installed again it keeps messages and a changed configuration', () => {
    appendFileSync(path.join(machine.root, 'etc/understudy/understudy.yaml'), '# changed here\n');
    must('dpkg', '-i', archive);
    assert.match(readFileSync(path.join(machine.root, 'etc/understudy/understudy.yaml'), 'utf8'), '# changed here');
    assert.match(must('understudy', 'messages'), '201');
  });

  test('removing keeps messages, purging leaves nothing', () => {
    must('dpkg', '-r', 'understudy');
    assert.ok(existsSync(path.join(machine.root, 'var/lib/understudy')) && !existsSync(path.join(machine.root, 'usr/bin/understudy')));
    must('dpkg', '-P', 'understudy');
    const left = machine.run('find', '/', '-xdev', '-name', '*understudy*', '-not', '-path', '/root/*', '-not', '-path', '/var/log/*').output;
    assert.is(left, '');
    assert.is(machine.run('getent', 'passwd', 'understudy').status, 2);
  });

  test.after(() => {
    lan.remove();
    machine.remove();
  });
}

if (typeof debian === 'string') skipTest('the package on a plain Debian 12', debian);
else packageTests(debian);
test.after(endPrograms);
test.run();
