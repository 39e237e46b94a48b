// Programs from Debian: what for, and how they get here. A program that is already on the PATH, from wherever, is enough.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { run, step } from './say.mjs';

/** By purpose: the program that must be there, the package it comes in, and what it is for. */
export const debianNeeds = {
  build: [],
  start: [
    { program: 'espeak-ng', package: 'espeak-ng', why: 'speaks the prompts of the second language' },
  ],
  test: [
    { program: 'espeak-ng', package: 'espeak-ng', why: 'speaks the prompts of the second language' },
    { program: 'sipp', package: 'sip-tester', why: 'calls the unit with exact SIP dialogues' },
    { program: 'baresip', package: 'baresip-core', why: 'a real phone with real audio' },
    { program: 'kamailio', package: 'kamailio', why: 'a registrar that asks for SHA-256 digests' },
    { program: 'tshark', package: 'tshark', why: 'an independent reader of our packets' },
    { program: 'qemu-storage-daemon', package: 'qemu-system-common', why: 'records disk writes for the power-cut tests' },
    { program: 'fusermount3', package: 'fuse3', why: 'mounts the recorded disk' },
    { program: 'mkfs.ext4', package: 'e2fsprogs', why: 'makes the file system of the power-cut tests' },
    { program: 'python3', package: 'python3', why: 'a second opinion on checksums and formats' },
    { program: 'ps', package: 'procps', why: 'looks at memory and processes' },
    { program: 'ip', package: 'iproute2', why: 'looks at and changes network interfaces' },
  ],
};

// through env(1), because sudo does not pass variables on; another apt may be at work just after boot, so it waits
const APT = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-y', '-qq', '-o', 'DPkg::Lock::Timeout=120'];

/** Installs what is missing if it can, and says so; returns the needs that are still not met. */
export async function ensureDebianPackages(purpose) {
  const missing = absent(debianNeeds[purpose]);
  if (missing.length === 0) return [];
  console.log('Programs that are missing:');
  for (const need of missing) console.log(`  ${need.program}: ${need.why} (Debian package ${need.package})`);
  const packages = [...new Set(missing.map((need) => need.package))];
  const asRoot = rootPrefix();
  if (!onPath('apt-get')) console.log('  This machine has no apt-get; please install them in its own way.');
  else if (asRoot === undefined) console.log(`  Neither root nor sudo here. To install them: apt-get install --no-install-recommends ${packages.join(' ')}`);
  else await install(packages, asRoot);
  return absent(debianNeeds[purpose]);
}

function absent(needs) {
  return needs.filter((need) => !onPath(need.program));
}

/** The words before a command that needs root, or undefined when there is no way. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return onPath('sudo') ? (process.stdin.isTTY ? ['sudo'] : ['sudo', '-n']) : undefined;
}

async function install(packages, asRoot) {
  const [command, ...before] = [...asRoot, ...APT];
  const apt = (...args) => run(command, [...before, ...args]);
  await step(`Installing ${packages.join(', ')} from Debian`, async () => {
    const update = await apt('update');
    if (update.code !== 0) console.log(`  apt-get update failed, trying with the lists that are here:\n${update.output}`);
    const all = await apt('install', '--no-install-recommends', ...packages);
    if (all.code === 0) return;
    for (const name of packages) await installOne(apt, name);
  });
}

/** One package that cannot be had must not keep the others away. */
async function installOne(apt, name) {
  const { code, output } = await apt('install', '--no-install-recommends', name);
  if (code !== 0) console.log(`  ${name} could not be installed:\n${output}`);
}

function onPath(program) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(path.join(folder, program)));
}
