import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, copyFileSync, existsSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RaucSlots } from '../../../hal/drivers/rauc/rauc-slots.ts';
import { until } from '../peers/program.ts';
import { command, mounting, root, type Need } from '../skip.ts';

export const raucNeeds: readonly (Need | string)[] = [root, mounting, command('rauc', 'rauc'), command('dbus-daemon', 'dbus-daemon'), command('grub-editenv', 'grub-common'), command('mksquashfs', 'squashfs-tools'), 'openssl'];

export const raucBoard = 'understudy-bench';
const slotBytes = 4 * 1024 * 1024;
const upLimitMs = 30_000;
const run = (program: string, ...words: string[]): string => execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 });

export interface BundleWish {
  readonly version?: string;
  readonly board?: string;
  readonly format?: 'plain' | 'verity';
  readonly imageBytes?: number;
  readonly signer?: 'own' | 'foreign';
}

/** A machine's RAUC in a folder: real program, real service on a bus of its own, real grubenv; slots are files, and the boot loader's script is played. */
export class RaucWorld {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'rauc-'));
  readonly #environment: Record<string, string | undefined>;
  readonly #bus: ChildProcess;
  #service: ChildProcess | null = null;
  #bundles = 0;

  private constructor() {
    this.#environment = { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${this.folder}/bus` };
    mkdirSync(this.#at('mount'));
    this.#authority('own');
    this.#authority('foreign');
    for (const name of ['A', 'B']) {
      const file = openSync(this.#at(`slot-${name}`), 'w');
      ftruncateSync(file, slotBytes);
      closeSync(file);
    }
    run('grub-editenv', this.#at('grubenv'), 'create');
    this.#setEnv('ORDER=A B', 'A_OK=1', 'A_TRY=0', 'B_OK=0', 'B_TRY=0');
    writeFileSync(this.#at('system.conf'), systemConf(this.folder));
    writeFileSync(this.#at('bus.conf'), busConf(this.folder));
    this.#bus = spawn('dbus-daemon', [`--config-file=${this.#at('bus.conf')}`, '--nofork'], { stdio: 'ignore' });
  }

  static async start(): Promise<RaucWorld> {
    const world = new RaucWorld();
    await until('the bus of RAUC', upLimitMs, () => existsSync(world.#at('bus')));
    await world.boot();
    return world;
  }

  slots(format: 'plain' | 'verity' = 'plain'): RaucSlots {
    return new RaucSlots({ dataFolder: this.folder, format, grubEnvironment: this.#at('grubenv'), command: ['rauc', `--conf=${this.#at('system.conf')}`], environment: this.#environment });
  }

  /** What a killed service leaves; the loop device goes with its mount. */
  #unmount(): void {
    const place = this.#at('mount/bundle');
    if (readFileSync('/proc/mounts', 'utf8').includes(` ${place} `)) run('umount', place);
  }

  /** What grub.cfg does, and a fresh service that believes in that slot. */
  async boot(): Promise<string> {
    await this.#end(this.#service);
    this.#unmount();
    const env = Object.fromEntries(this.loaderState().map((line) => line.split('=') as [string, string]));
    let chosen = (env['ORDER'] ?? 'A B').split(' ').find((name) => env[`${name}_OK`] === '1' && Number(env[`${name}_TRY`]) < (env[`${name}_PROVEN`] === '1' ? 3 : 1));
    if (chosen === undefined) {
      this.#setEnv('A_TRY=0', 'B_TRY=0');
      chosen = 'A';
    } else this.#setEnv(`${chosen}_TRY=${Number(env[`${chosen}_TRY`]) + 1}`);
    this.#service = spawn('rauc', [`--conf=${this.#at('system.conf')}`, `--override-boot-slot=${chosen}`, 'service'], { env: this.#environment, stdio: 'ignore' });
    await until('the service of RAUC', upLimitMs, () => answers(this.#environment));
    return chosen;
  }

  /** SIGKILL, as a power cut would. */
  killService(): void {
    this.#service?.kill('SIGKILL');
  }

  /** For a program that calls RAUC by itself: both programs on its path, led to this world. */
  programEnvironment(): Record<string, string | undefined> {
    const [bin, real] = [this.#at('bin'), (program: string): string => run('sh', '-c', `command -v ${program}`).trim()];
    mkdirSync(bin, { recursive: true });
    writeFileSync(path.join(bin, 'rauc'), `#!/bin/sh\nexec ${real('rauc')} --conf=${this.#at('system.conf')} "$@"\n`, { mode: 0o755 });
    writeFileSync(path.join(bin, 'grub-editenv'), `#!/bin/sh\nshift\nexec ${real('grub-editenv')} ${this.#at('grubenv')} "$@"\n`, { mode: 0o755 });
    return { ...this.#environment, PATH: `${bin}:${process.env['PATH']}` };
  }

  /** What the boot loader's script finds: 'A_OK=1'. */
  loaderState(): readonly string[] {
    return run('grub-editenv', this.#at('grubenv'), 'list').split('\n').filter((line) => line !== '');
  }

  bundle({ version = '1.1.0', board = raucBoard, format = 'plain', imageBytes = 1_000_000, signer = 'own' }: BundleWish = {}): string {
    const name = `bundle-${++this.#bundles}.raucb`;
    const content = mkdtempSync(this.#at('content-'));
    const image = Buffer.alloc(imageBytes);
    for (let at = 0; at < imageBytes; at += 4) image.writeUInt32LE((at * 2_654_435_761) >>> 0, at);
    writeFileSync(path.join(content, 'rootfs.img'), image);
    writeFileSync(path.join(content, 'manifest.raucm'), `[update]\ncompatible=${board}\nversion=${version}\ndescription=floor=0.1.0 data=1 data-from=1 pair=1 pair-from=1\nbuild=abc\n\n[bundle]\nformat=${format}\n\n[image.rootfs]\nfilename=rootfs.img\n`);
    run('rauc', 'bundle', `--cert=${this.#at(`${signer}.pem`)}`, `--key=${this.#at(`${signer}.key`)}`, content, this.#at(name));
    rmSync(content, { recursive: true });
    return name;
  }

  tampered(bundle: string): string {
    return this.#changed(bundle, 'tampered', (copy) => {
      const file = openSync(copy, 'r+');
      writeSync(file, Buffer.from('changed!'), 0, 8, Math.floor(statSync(copy).size / 2));
      closeSync(file);
    });
  }

  cutOff(bundle: string): string {
    return this.#changed(bundle, 'cut', (copy) => {
      const file = openSync(copy, 'r+');
      ftruncateSync(file, Math.floor(statSync(copy).size / 2));
      closeSync(file);
    });
  }

  /** Writing to the slot fails as on a medium that is full. */
  breakSlot(name: string): void {
    rmSync(this.#at(`slot-${name}`));
    symlinkSync('/dev/full', this.#at(`slot-${name}`));
  }

  slotContent(name: string): Buffer {
    return readFileSync(this.#at(`slot-${name}`));
  }

  async end(): Promise<void> {
    await this.#end(this.#service);
    await this.#end(this.#bus);
    this.#unmount();
    rmSync(this.folder, { recursive: true });
  }

  #changed(bundle: string, how: string, change: (copy: string) => void): string {
    const name = `${how}-${bundle}`;
    copyFileSync(this.#at(bundle), this.#at(name));
    change(this.#at(name));
    return name;
  }

  #authority(name: string): void {
    const [key, certificate, extensions] = [this.#at(`${name}.key`), this.#at(`${name}.pem`), this.#at(`${name}.ext`)];
    writeFileSync(extensions, `[req]\ndistinguished_name=dn\n[dn]\n[v3]\nkeyUsage=digitalSignature,keyCertSign\nbasicConstraints=critical,CA:TRUE\nextendedKeyUsage=emailProtection,codeSigning\n`);
    run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', certificate, '-days', '365', '-subj', `/CN=${name}`, '-config', extensions, '-extensions', 'v3');
  }

  #setEnv(...values: string[]): void {
    run('grub-editenv', this.#at('grubenv'), 'set', ...values);
  }

  #at(name: string): string {
    return path.join(this.folder, name);
  }

  async #end(child: ChildProcess | null): Promise<void> {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
}

function answers(environment: Record<string, string | undefined>): boolean {
  try {
    execFileSync('rauc', ['status', '--output-format=json'], { env: environment as NodeJS.ProcessEnv, stdio: 'ignore', timeout: 2000 });
    return true;
  } catch {
    return false;
  }
}

const systemConf = (folder: string): string => `[system]
compatible=${raucBoard}
bootloader=grub
grubenv=${folder}/grubenv
bundle-formats=plain verity
statusfile=${folder}/rauc.status
mountprefix=${folder}/mount
[keyring]
path=${folder}/own.pem
[slot.rootfs.0]
device=${folder}/slot-A
type=raw
bootname=A
[slot.rootfs.1]
device=${folder}/slot-B
type=raw
bootname=B
`;

const busConf = (folder: string): string => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=${folder}/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_destination="*"/><allow receive_type="*"/></policy></busconfig>
`;
