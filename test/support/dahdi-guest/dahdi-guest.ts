// A machine with DAHDI's kernel driver: Debian's kernel in QEMU, software emulation, with the host's files.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endPrograms, Program } from '../peers/program.ts';
import { command } from '../skip.ts';
import type { Need } from '../skip.ts';
import { NotToBeHad } from './debian-packages.ts';
import { guestFiles } from './guest-files.ts';
import type { GuestFiles } from './guest-files.ts';
import { GuestRun } from './guest-run.ts';
import { resultsDevice, writeInitramfs } from './initramfs.ts';
import { systemConf } from './system-conf.ts';
import type { LinkedSpans } from './system-conf.ts';

export interface GuestWork {
  /** A child program of the tests, by its path in the source: 'test/guest/x.child.ts'. */
  readonly child: string;
  readonly spans: LinkedSpans;
  readonly environment?: Readonly<Record<string, string>>;
  /** From power-on to power-off, seconds of the host. */
  readonly limitS: number;
}

let files: GuestFiles | Error | null = null;

/** Fetched and built once for each test file. What could not be built is an error of the first test, not a reason to skip. */
function prepared(): GuestFiles | Error {
  try {
    files ??= guestFiles();
  } catch (error) {
    files = error as Error;
  }
  return files;
}

/** What a guest needs of the host; looked at in this order, so that nothing is fetched in vain. */
export const dahdiGuest: readonly (Need | string)[] = [
  { missing: () => (process.arch === 'x64' && process.platform === 'linux' ? undefined : `the guest runs programs of the host, and is made for Linux on x86-64, not ${process.arch}`) },
  command('qemu-system-x86_64', 'qemu-system-x86'),
  ...['apt-get', 'dpkg-deb'].map((program) => command(program)),
  command('make', 'make'), command('gcc', 'gcc'), command('strip', 'binutils'), command('bzip2', 'bzip2'),
  { missing: () => { const made = prepared(); return made instanceof NotToBeHad ? made.message : undefined; } },
];

/** DAHDI's header files, as Debian has them. Errors: as `guestFiles`. */
export function dahdiHeaders(): string {
  return path.join(ready().folder, 'include');
}

function ready(): GuestFiles {
  const made = prepared();
  if (made instanceof Error) throw made;
  return made;
}

/**
 * The emulator counts instructions and takes 2 ns for each: on a busy host the guest's time slows down and no audio is lost. At 4 ns the
 * compiler of JavaScript held up the lines for 40 ms now and then. Its own
 * reckoning of time would see 6 to 19 % of the samples lost at a load of 18.
 */
const machine = ['-accel', 'tcg,thread=single', '-icount', 'shift=1,sleep=on', '-cpu', 'max', '-smp', '1', '-m', '1024', '-display', 'none', '-monitor', 'none', '-no-reboot', '-nodefaults'];
const hostRoot = 'local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap';
const kernelWords = 'console=ttyS0 panic=-1 quiet loglevel=4 mitigations=off tsc=unstable';

/** Boots, runs `child` with Node and waits until the machine is off. What it found is in the result, also when it failed. */
export async function runInGuest({ child, spans, environment, limitS }: GuestWork): Promise<GuestRun> {
  const made = ready();
  const folder = mkdtempSync(path.join(tmpdir(), 'guest-'));
  const [initramfs, results] = [path.join(folder, 'initramfs'), path.join(folder, 'results')];
  const build = process.env['UNDERSTUDY_TEST_BUILD'] ?? '';
  writeInitramfs(made, {
    command: [process.execPath, '--enable-source-maps', path.join(build, child.replace(/\.ts$/, '.mjs'))],
    cwd: process.cwd(),
    environment: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', TMPDIR: '/run', UNDERSTUDY_TEST_BUILD: build, GUEST_RESULTS: resultsDevice, ...environment },
    systemConf: systemConf(spans),
  }, initramfs);
  const began = Date.now();
  const qemu = new Program('qemu-system-x86_64', [
    ...machine, '-serial', 'stdio', '-serial', `file:${results}`,
    '-kernel', path.join(made.folder, 'vmlinuz'), '-initrd', initramfs, '-virtfs', hostRoot, '-append', `${kernelWords} rdinit=/init`,
  ], { limitMs: limitS * 1000 });
  const end = await qemu.ended;
  return new GuestRun(readFileSync(results, 'utf8'), qemu.tail(), end.tookTooLong ? `the guest was not done within ${limitS} s` : null, Date.now() - began);
}

export { endPrograms as endGuests };
