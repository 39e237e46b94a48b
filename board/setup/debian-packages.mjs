// Programs and libraries from Debian: what for, and how they get here. A program that is already on the PATH, from wherever, is enough.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { run, step } from './say.mjs';

/** npm compiles the package pcap with it; without it the unit cannot capture packets. */
const libpcap = { program: 'pcap-config', package: 'libpcap-dev', why: 'captures packets at the console' };

/** For what has voices. */
const spoken = [libpcap, { program: 'espeak-ng', package: 'espeak-ng', why: 'speaks the prompts of the second language' }];

/** By purpose: the program, or library, that must be there, the package it comes in, and what it is for. */
export const debianNeeds = {
  build: [libpcap],
  start: spoken,
  image: [
    ...spoken,
    { program: 'dpkg-deb', package: 'dpkg', why: 'unpacks the packages that an image is made of' },
    { program: 'depmod', package: 'kmod', why: 'lists what the modules of the kernel need' },
    { program: 'aarch64-linux-gnu-strip', package: 'binutils-aarch64-linux-gnu', why: 'takes the symbols out of Node' },
    { program: 'mksquashfs', package: 'squashfs-tools', why: 'makes the read-only root' },
    { program: 'mkfs.vfat', package: 'dosfstools', why: 'makes the boot partition' },
    { program: 'mcopy', package: 'mtools', why: 'fills the boot partition' },
    { program: 'mke2fs', package: 'e2fsprogs', why: 'makes the data partition' },
    { program: 'sfdisk', package: 'fdisk', why: 'makes the table of partitions' },
    { program: 'grub-mkimage', package: 'grub-common', why: 'makes the boot loader' },
    { program: 'openssl', package: 'openssl', why: 'signs the update bundle' },
    { program: 'qemu-aarch64-static', package: 'qemu-user-static', why: 'compiles the code for its first start, as the unit will' },
  ],
  test: [
    ...spoken,
    { program: 'sipp', package: 'sip-tester', why: 'calls the unit with exact SIP dialogues' },
    { program: 'baresip', package: 'baresip-core', why: 'a real phone with real audio' },
    { program: 'kamailio', package: 'kamailio', why: 'a registrar that asks for SHA-256 digests' },
    { program: 'aiosmtpd', package: 'python3-aiosmtpd', why: 'a mail server that takes what the unit sends' },
    { program: 'mosquitto', package: 'mosquitto', why: 'the broker that units of an estate tell their news to' },
    { program: 'mosquitto_sub', package: 'mosquitto-clients', why: 'an independent client of that broker' },
    { program: 'tshark', package: 'tshark', why: 'an independent reader of our packets' },
    { program: 'qemu-storage-daemon', package: 'qemu-system-common', why: 'records disk writes for the power-cut tests' },
    { program: 'qemu-system-x86_64', package: 'qemu-system-x86', why: 'a machine with the kernel driver of line cards' },
    { program: 'gcc', package: 'gcc', why: 'compiles that driver, and stand-ins for kernel interfaces' },
    { program: 'make', package: 'make', why: 'compiles that driver' },
    { program: 'bzip2', package: 'bzip2', why: 'unpacks its source' },
    { program: 'fusermount3', package: 'fuse3', why: 'mounts the recorded disk' },
    { program: 'mkfs.ext4', package: 'e2fsprogs', why: 'makes the file system of the power-cut tests' },
    { program: 'python3', package: 'python3', why: 'a second opinion on checksums and formats' },
    { program: 'busybox', package: 'busybox-static', why: 'runs the scripts of the appliance' },
    { program: 'ps', package: 'procps', why: 'looks at memory and processes' },
    { program: 'socat', package: 'socat', why: 'a serial cable between two pseudo-terminals' },
    { program: 'sz', package: 'lrzsz', why: 'the other end of a file transfer by ZMODEM' },
    { program: 'picocom', package: 'picocom', why: 'the terminal program of a technician' },
    { program: 'ip', package: 'iproute2', why: 'looks at and changes network interfaces' },
    { program: 'nft', package: 'nftables', why: 'loses packets and cuts ways between the machines of a test' },
    { program: 'vgetty', package: 'mgetty-voice', why: 'an answering machine that proves the emulated voice modem' },
    { program: 'vm', package: 'mgetty-voice', why: 'calls out through the emulated voice modem' },
    { program: 'faketime', package: 'faketime', why: 'steps the clock of a unit while it runs' },
    { program: 'rauc', package: 'rauc', why: 'replaces the firmware of an appliance' },
    { program: 'dbus-daemon', package: 'dbus-daemon', why: 'carries the words between that and whoever asks it' },
    { program: 'grub-editenv', package: 'grub-common', why: 'keeps the choice of the boot loader' },
    { program: 'strace', package: 'strace', why: 'sees whether a file of the boot loader is ever empty' },
    { program: 'mksquashfs', package: 'squashfs-tools', why: 'packs firmware to update to' },
    { program: 'openssl', package: 'openssl', why: 'signs that firmware' },
    { library: 'libspandsp.so.2', package: 'libspandsp2', why: 'an independent sender and receiver of caller ID, DTMF and tones' },
  ],
  'test-image': [
    { program: 'qemu-system-aarch64', package: 'qemu-system-arm', why: 'an emulated board that boots the image' },
    { program: 'qemu-img', package: 'qemu-utils', why: 'disks of that board which leave the image as it is' },
    { library: 'u-boot/qemu_arm64/u-boot.bin', package: 'u-boot-qemu', why: 'the firmware of that board' },
    { program: 'aarch64-linux-gnu-g++', package: 'g++-aarch64-linux-gnu', why: 'compiles the addon of the driver onoff for that board' },
    { program: 'sipp', package: 'sip-tester', why: 'calls the board' },
    { program: 'sz', package: 'lrzsz', why: 'sends it a bundle over its serial line' },
    { program: 'sfdisk', package: 'fdisk', why: 'reads the table of partitions' },
    { program: 'mformat', package: 'mtools', why: 'makes a USB stick for it' },
    { program: 'mmdebstrap', package: 'mmdebstrap', why: 'a plain Debian, to install our package in' },
    { program: 'dnsmasq', package: 'dnsmasq-base', why: 'tells the board an address by name' },
    { program: 'busybox', package: 'busybox-static', why: 'hands out addresses by DHCP, and is the first program of a small guest' },
  ],
};

// through env(1), because sudo does not pass variables on; another apt may be at work just after boot, so it waits
const APT = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-y', '-qq', '-o', 'DPkg::Lock::Timeout=120'];

/** Installs what is missing if it can, and says so; returns the needs that are still not met. */
export async function ensureDebianPackages(purpose) {
  const missing = absent(debianNeeds[purpose]);
  if (missing.length === 0) return [];
  console.log('Programs that are missing:');
  for (const need of missing) console.log(`  ${need.program ?? need.library}: ${need.why} (Debian package ${need.package})`);
  const packages = [...new Set(missing.map((need) => need.package))];
  const asRoot = rootPrefix();
  if (!onPath('apt-get')) console.log('  This machine has no apt-get; please install them in its own way.');
  else if (asRoot === undefined) console.log(`  Neither root nor sudo here. To install them: apt-get install --no-install-recommends ${packages.join(' ')}`);
  else await install(packages, asRoot);
  return absent(debianNeeds[purpose]);
}

function absent(needs) {
  return needs.filter((need) => !(need.program === undefined ? isLibrary(need.library) : onPath(need.program)));
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

/** In one of the folders of the dynamic linker: /usr/lib, and that of the machine's architecture within it. */
function isLibrary(name) {
  const inner = existsSync('/usr/lib') ? readdirSync('/usr/lib').filter((folder) => folder.includes('-linux-gnu')) : [];
  const folders = ['/usr/lib', '/usr/local/lib', '/usr/lib64', ...inner.map((folder) => path.join('/usr/lib', folder))];
  return folders.some((folder) => existsSync(path.join(folder, name)));
}
