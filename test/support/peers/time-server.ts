// chrony and dnsmasq from Debian, in a network namespace: a time server that tells this machine's time and leaves its clock alone, and a name server that knows one name.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Need } from '../skip.ts';
import { command } from '../skip.ts';
import { Program } from './program.ts';

const startLimitMs = 10_000;
const fetchLimitMs = 60_000;
const lifeMs = 600_000;
const place = path.resolve('.cache/unpacked/chrony');

/** Unpacked and not installed: it would take the place of what keeps the time of the machine that the test runs on. */
export const timeServer: Need = { missing: () => (installed() === undefined ? unpack() : undefined) };

const installed = (): string | undefined => ['/usr/sbin/chronyd', path.join(place, 'usr/sbin/chronyd')].find((file) => existsSync(file));

/** Resolves to why it is not there. */
function unpack(): string | undefined {
  const work = mkdtempSync(path.join(tmpdir(), 'chrony-'));
  try {
    const run = (file: string, ...words: string[]): string | undefined => {
      const { status, stderr, error } = spawnSync(file, words, { cwd: work, encoding: 'utf8', timeout: fetchLimitMs });
      return status === 0 ? undefined : (error?.message ?? stderr.trim().split('\n').at(-1) ?? '');
    };
    const why = run('apt-get', '-q', 'download', 'chrony') ?? run('dpkg-deb', '-x', readdirSync(work).find((name) => name.endsWith('.deb')) ?? 'nothing', 'root');
    if (why !== undefined) return `chronyd is not installed, and cannot be had (Debian package chrony): ${why}`;
    mkdirSync(path.dirname(place), { recursive: true });
    rmSync(place, { recursive: true, force: true });
    spawnSync('cp', ['-r', path.join(work, 'root'), `${place}.part`]);
    renameSync(`${place}.part`, place);
    return installed() === undefined ? 'the Debian package chrony has no chronyd any more' : undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Answers on port 123 of all addresses of the namespace. */
export async function startTimeServer(namespace: string): Promise<Program> {
  const folder = mkdtempSync(path.join(tmpdir(), 'chronyd-'));
  const file = path.join(folder, 'chrony.conf');
  writeFileSync(file, `local stratum 2\nallow all\ncmdport 0\nbindcmdaddress /\npidfile ${folder}/pid\n`);
  const program = new Program('ip', ['netns', 'exec', namespace, installed() ?? 'chronyd', '-x', '-d', '-u', 'root', '-f', file], { limitMs: lifeMs });
  await program.until('its start', ({ stderr }) => stderr.includes('Disabled control of system clock'), startLimitMs);
  return program;
}

export const nameServer = command('dnsmasq', 'dnsmasq-base');

/** Knows that `name` is `address`, and nothing else. */
export async function startNameServer(namespace: string, name: string, address: string): Promise<Program> {
  const words = ['--keep-in-foreground', '--conf-file=/dev/null', '--no-resolv', '--no-hosts', '--log-facility=-', '--pid-file=', '--user=root', `--host-record=${name},${address}`];
  const program = new Program('ip', ['netns', 'exec', namespace, 'dnsmasq', ...words], { limitMs: lifeMs });
  await program.until('its start', ({ stderr }) => stderr.includes('started'), startLimitMs);
  return program;
}
