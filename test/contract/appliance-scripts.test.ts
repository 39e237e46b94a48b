// Small scripts of the appliance under busybox: clock, identity, network, the first configuration.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { imageRoot } from '../support/appliance/parent-world.ts';
import { command, testWith } from '../support/skip.ts';

const needs = [command('busybox', 'busybox-static')];
const folder = mkdtempSync(path.join(tmpdir(), 'scripts-'));
let names = 0;

class World {
  readonly place = path.join(folder, `world-${names++}`);

  constructor() {
    mkdirSync(this.at('bin'), { recursive: true });
  }

  at(name: string): string {
    return path.join(this.place, name);
  }

  write(name: string, text: string, mode = 0o644): string {
    mkdirSync(path.dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), text);
    chmodSync(this.at(name), mode);
    return this.at(name);
  }

  /** Whose lock it is: a link to a process that need not be there. */
  link(name: string, to: string): void {
    mkdirSync(path.dirname(this.at(name)), { recursive: true });
    symlinkSync(to, this.at(name));
  }

  /** A program in front of busybox's own, which notes how it was called. */
  program(name: string, body = ''): string {
    return this.write(`bin/${name}`, `#!/bin/sh\necho "${name} $*" >>${this.at('called')}\n${body}\n`, 0o755);
  }

  text(name: string): string {
    return existsSync(this.at(name)) ? readFileSync(this.at(name), 'utf8') : '';
  }

  /** Busybox prefers its own programs; functions come before them. */
  run(script: string, environment: Readonly<Record<string, string>>, ...words: string[]): { code: number | null; output: string } {
    const functions = [...new Set(this.#programs)].map((name) => `${name}() { ${this.at(`bin/${name}`)} "$@"; }`).join('\n');
    const text = readFileSync(path.join(imageRoot, 'usr/lib/understudy', script), 'utf8').replace(/^#!.*\n/, `${functions}\n`);
    copyFileSync(path.join(imageRoot, 'usr/lib/understudy/one-at-a-time'), this.at('one-at-a-time'));
    const { status, stdout, stderr } = spawnSync('busybox', ['sh', this.write(`script-${script}`, text), ...words], { env: { PATH: process.env['PATH'], ...environment }, encoding: 'utf8' });
    return { code: status, output: stdout + stderr };
  }

  readonly #programs: string[] = [];

  stand(...programs: string[]): this {
    for (const name of programs) {
      this.program(name);
      this.#programs.push(name);
    }
    return this;
  }
}

for (const [what, kept, now, told] of [
  ['a machine without a battery starts at the time of its image', null, 5, '@1700000000'],
  ['the time that was kept is later than the image', 1_800_000_000, 5, '@1800000000'],
  ['a clock with a battery is later still', 1_800_000_000, 1_900_000_000, ''],
] as const) {
  testWith(needs, `appliance clock: ${what}`, () => {
    const world = new World();
    const image = world.write('os-release', '');
    utimesSync(image, 1_700_000_000, 1_700_000_000);
    if (kept !== null) utimesSync(world.write('keep/clock', ''), kept, kept);
    const set = world.program('set');
    world.run('clock', { KEEP: world.at('keep'), IMAGE: image, RTC: '/nowhere', NOW: String(now), SET_DATE: set });
    assert.is(world.text('called').trim().split(' ')[1] ?? '', told);
  });
}

function card(world: World, name: string, address: string, type = '1'): void {
  world.write(`net/${name}/address`, `${address}\n`);
  world.write(`net/${name}/type`, `${type}\n`);
  world.write(`net/${name}/device/uevent`, '');
}

testWith(needs, 'appliance identity: made once, by the card, and kept though the card changes; the seed is never used twice', () => {
  const world = new World().stand('mount', 'hostname');
  mkdirSync(world.at('keep'));
  world.write('net/lo/type', '772\n');
  card(world, 'eth0', '52:54:00:12:ab:cd');
  const environment = { KEEP: world.at('keep'), NET: world.at('net'), SERIAL: '/nowhere' };
  world.run('identity', environment);
  assert.is(world.text('keep/name'), 'understudy-abcd\n');
  const id = world.text('keep/machine-id');
  assert.match(id, /^[0-9a-f]{32}\n$/);
  const seed = readFileSync(world.at('keep/seed'));
  assert.is(seed.length, 512);
  card(world, 'eth0', '52:54:00:12:00:01');
  world.run('identity', environment);
  assert.is(world.text('keep/name'), 'understudy-abcd\n');
  assert.is(world.text('keep/machine-id'), id);
  assert.not(readFileSync(world.at('keep/seed')).equals(seed));
  assert.match(world.text('called'), 'hostname understudy-abcd');
});

testWith(needs, 'appliance identity: a serial number of the board counts before the card', () => {
  const world = new World().stand('mount', 'hostname');
  mkdirSync(world.at('keep'));
  world.run('identity', { KEEP: world.at('keep'), NET: '/nowhere', SERIAL: world.write('serial', '10000000D4E5F6A7\0') });
  assert.is(world.text('keep/name'), 'understudy-f6a7\n');
});

function network(file: string | null): World {
  const world = new World().stand('ip', 'udhcpc', 'hostname', 'renice', 'modprobe', 'sleep');
  card(world, 'eth0', '52:54:00:12:ab:cd');
  if (file !== null) world.write('network', file);
  return world;
}
const apply = (world: World): { code: number | null; output: string } => world.run('network', { NETWORK_FILE: world.at('network'), STATE: world.at('state'), NET: world.at('net'), LIB: '/lib', RESOLV: world.at('resolv.conf') }, 'apply');
const calls = (world: World, name: string): string[] => world.text('called').split('\n').filter((line) => line.startsWith(`${name} `));

testWith(needs, 'appliance network: without a file, DHCP on the first wired card, under the name of the unit', () => {
  const world = network(null);
  assert.is(apply(world).code, 0);
  assert.equal(calls(world, 'ip'), ['ip link set eth0 up']);
  assert.match(calls(world, 'udhcpc')[0] ?? '', /-i eth0 .*-s \/lib\/lease.* -O ntpsrv -x hostname:/);
});

testWith(needs, 'appliance network: a fixed address on a VLAN, and what was there before goes', () => {
  const world = network('method=static\nvlan=20\naddress=192.0.2.10/24\ngateway=192.0.2.1\ndns=192.0.2.2 192.0.2.3\nntp=ntp.example\n');
  world.write('state/interface', 'eth0\n');
  assert.is(apply(world).code, 0);
  assert.equal(calls(world, 'ip'), [
    'ip addr flush dev eth0 scope global', 'ip link set eth0 up', 'ip link add link eth0 name eth0.20 type vlan id 20', 'ip link set eth0.20 up', 'ip addr add 192.0.2.10/24 dev eth0.20', 'ip route add default via 192.0.2.1 dev eth0.20',
  ]);
  assert.equal(calls(world, 'udhcpc'), []);
  assert.is(world.text('state/ntp'), 'ntp.example\n');
  apply(world);
  assert.is(calls(world, 'ip').length, 6, 'the same again changes nothing');
});

testWith(needs, 'appliance network: a fixed address after DHCP keeps nothing of what DHCP told', () => {
  const world = network('method=static\naddress=192.0.2.10/24\n');
  world.write('state/interface', 'eth0\n');
  world.write('state/ntp-servers', '192.0.2.7\n');
  world.write('resolv.conf', 'nameserver 192.0.2.7\n');
  assert.is(apply(world).code, 0);
  assert.not(existsSync(world.at('state/ntp-servers')));
  assert.is(world.text('resolv.conf'), '');
  assert.not(readdirSync(world.at('state')).includes('lock'));
});

testWith(needs, 'appliance network: while another sets it up this one waits, ends with a word, and leaves the other its lock', () => {
  const world = network(null);
  world.link('state/lock', String(process.pid));
  const { code, output } = apply(world);
  assert.is(code, 75);
  assert.match(output, 'being set up by somebody else');
  assert.equal(calls(world, 'ip'), []);
  assert.is(calls(world, 'sleep').length, 59);
  assert.is(readlinkSync(world.at('state/lock')), String(process.pid));
});

testWith(needs, 'appliance network: one that was killed while it set the network up holds nobody up', () => {
  const world = network(null);
  world.link('state/lock', '999999999');
  assert.is(apply(world).code, 0);
  assert.equal(calls(world, 'ip'), ['ip link set eth0 up']);
});

testWith(needs, 'appliance network: the file is data: what is no value is left out and nothing of it runs', () => {
  const world = network(`method=dhcp\ncard=eth0;touch ${path.join(folder, 'owned')}\ndns=$(touch ${path.join(folder, 'owned')})\nPATH=/nowhere\n`);
  assert.is(apply(world).code, 0);
  assert.not(existsSync(path.join(folder, 'owned')));
  assert.match(calls(world, 'udhcpc')[0] ?? '', '-i eth0');
});

testWith(needs, 'appliance network: a card that is not there is told', () => {
  const world = network('card=eth7\n');
  const { code, output } = apply(world);
  assert.is(code, 69);
  assert.match(output, 'no network card eth7');
});

testWith(needs, 'appliance network: after one that cannot be set up, that of before is set up again', () => {
  const world = network(null);
  const asked = (): number => calls(world, 'udhcpc').length;
  assert.is(apply(world).code, 0);
  world.write('network', 'card=eth7\n');
  assert.is(apply(world).code, 69);
  world.write('network', '');
  assert.equal([asked(), apply(world).code, asked()], [1, 0, 2]);
});

testWith(needs, 'appliance network: who waited for another sets up what is asked for by then', () => {
  const world = network('method=static\naddress=192.0.2.10/24\n');
  world.link('state/lock', String(process.pid));
  // The other one ends at the first pause, and the plan has changed meanwhile.
  world.program('sleep', `rm -f ${world.at('state/lock')}; printf 'method=static\\naddress=192.0.2.20/24\\n' >${world.at('network')}`);
  assert.is(apply(world).code, 0);
  assert.equal(calls(world, 'ip'), ['ip link set eth0 up', 'ip addr add 192.0.2.20/24 dev eth0']);
});

testWith(needs, 'appliance run: a unit without a configuration gets the factory one under its own name; one of no use is kept beside it', () => {
  const world = new World().stand('renice');
  world.write('keep/name', 'understudy-abcd\n');
  mkdirSync(world.at('run'));
  mkdirSync(world.at('etc'));
  const node = world.write('bin/node', `#!/bin/sh\necho "$2s with $(grep name ${world.at('etc/understudy.yaml')})"\n`, 0o755);
  const factory = world.write('factory.yaml', 'unit:\n  name: understudy\n  language: en\n');
  const environment = { FACTORY: factory, NODE: node, LIB: '/lib', GROUP: '/proc/nowhere', CONFIG: world.at('etc/understudy.yaml'), FACTS: world.at('run'), KEEP: world.at('keep') };
  assert.match(world.run('run', environment).output, 'runs with   name: understudy-abcd');
  world.write('etc/understudy.yaml', 'nonsense');
  assert.is(world.run('run', environment).output, 'runs with \n');
  world.write('run/configuration-rejected', '');
  assert.match(world.run('run', environment).output, 'understudy-abcd');
  assert.is(world.text('etc/understudy.yaml.rejected'), 'nonsense');
  assert.match(world.text('run/alarms'), 'was of no use');
});

test.run();
