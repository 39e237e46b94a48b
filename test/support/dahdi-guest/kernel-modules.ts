// Builds the DAHDI modules that the guest needs from Debian's source, against Debian's kernel headers, all unpacked in one folder.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** In the order in which they are loaded. */
export const dahdiModules = ['dahdi', 'dahdi_echocan_mg2', 'dahdi_dynamic', 'dahdi_dynamic_loc'];

/** Four modules of the 39: the rest is for cards, and takes a minute more. */
const kbuild = [
  `obj-m := ${dahdiModules.map((name) => `${name}.o`).join(' ')}`,
  'dahdi-objs := dahdi-base.o dahdi-sysfs.o dahdi-sysfs-chan.o dahdi-version.o',
  'ccflags-y := -I$(src)/../../include -I$(src) -w',
  '',
].join('\n');

/**
 * Builds from what `unpacked` holds (the packages dahdi-source, linux-headers-*, linux-kbuild-*) and puts NAME.ko and the folder
 * `include/dahdi` into `out`. Takes 11 s of one core. Errors: what the compiler said last.
 */
export function buildDahdiModules(unpacked: string, kernel: string, out: string): void {
  const headers = relocatedHeaders(unpacked, kernel);
  const source = path.join(unpacked, 'modules/dahdi');
  command('tar', ['-xjf', path.join(unpacked, 'usr/src/dahdi.tar.bz2'), '-C', unpacked], unpacked);
  writeFileSync(path.join(source, 'drivers/dahdi/Kbuild'), kbuild);
  command('make', ['include/dahdi/version.h'], source);
  command('make', ['-j2', 'CC=gcc', '-C', headers, `M=${path.join(source, 'drivers/dahdi')}`, 'modules'], source);
  for (const name of dahdiModules) {
    command('strip', ['--strip-debug', '-o', path.join(out, `${name}.ko`), path.join(source, `drivers/dahdi/${name}.ko`)], source);
  }
  copyHeaders(path.join(source, 'include/dahdi'), path.join(out, 'include/dahdi'));
}

/** The headers name one fixed path, in the makefile of the architecture. */
function relocatedHeaders(unpacked: string, kernel: string): string {
  const folder = path.join(unpacked, 'usr/src');
  const headers = path.join(folder, `linux-headers-${kernel}`);
  const common = readdirSync(folder).find((name) => /^linux-headers-.*-common$/.test(name));
  if (common === undefined) throw new Error(`no common kernel headers in ${folder}`);
  writeFileSync(path.join(headers, 'Makefile'), `include ${path.join(folder, common)}/Makefile\n`);
  return headers;
}

function copyHeaders(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter((file) => file.endsWith('.h'))) copyFileSync(path.join(from, name), path.join(to, name));
}

function command(program: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 200_000, maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${program} ${args[0]} failed: ${error?.message ?? ''}\n${`${stdout}${stderr}`.split('\n').slice(-30).join('\n')}`);
}
