// What the guest is made of: Debian's kernel, the DAHDI modules and tools, a static busybox. Kept under a name that tells the
// versions, so that a new kernel or a new dahdi is fetched and built anew.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DebianArchive, NotToBeHad } from './debian-packages.ts';
import type { GuestVersions } from './debian-packages.ts';
import { buildDahdiModules } from './kernel-modules.ts';

const cacheFolder = path.resolve('.test-build/dahdi-guest');

/** Of Debian's kernel, in the order in which they are loaded: the host's root comes over them. */
export const rootModules = ['virtio_ring', 'virtio', 'virtio_pci_modern_dev', 'virtio_pci_legacy_dev', 'virtio_pci', 'netfs', 'fscache', '9pnet', '9pnet_virtio', '9p', 'overlay'];

/** A folder with vmlinuz, busybox, dahdi_cfg, libtonezone.so.2, include/dahdi/*.h and NAME.ko of `rootModules` and of `dahdiModules`. */
export interface GuestFiles {
  readonly folder: string;
  readonly versions: GuestVersions;
}

/** Errors: NotToBeHad; or an Error with the compiler's last words. */
export function guestFiles(): GuestFiles {
  const work = mkdtempSync(path.join(tmpdir(), 'dahdi-guest-'));
  try {
    const archive = new DebianArchive(work);
    const versions = archive.versions();
    const folder = path.join(cacheFolder, `${versions.kernel}_${versions.image}_${versions.dahdi}`.replaceAll(/[^\w.+~-]/g, '_'));
    if (!existsSync(folder)) make(archive, versions, work, folder);
    return { folder, versions };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Made aside and moved into place, so that a run that was cut off leaves nothing half made. */
function make(archive: DebianArchive, versions: GuestVersions, work: string, folder: string): void {
  archive.unpack(packages(versions), work);
  const unpacked = path.join(work, 'x');
  const made = `${folder}.${process.pid}`;
  mkdirSync(made, { recursive: true });
  try {
    copyFiles(unpacked, versions.kernel, made);
    buildDahdiModules(unpacked, versions.kernel, made);
    if (!existsSync(folder)) renameSync(made, folder);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

function packages({ kernel }: GuestVersions): string[] {
  const [, series, flavour] = /^(\d+\.\d+)\..*-(\w+)$/.exec(kernel) ?? [];
  if (series === undefined || flavour === undefined) throw new NotToBeHad(`a kernel by the name ${kernel} is not known to this bench`);
  const common = kernel.slice(0, -flavour.length);
  return [`linux-image-${kernel}`, `linux-headers-${kernel}`, `linux-headers-${common}common`, `linux-kbuild-${series}`, 'dahdi-source', 'dahdi', 'libtonezone2.0', 'busybox-static'];
}

function copyFiles(unpacked: string, kernel: string, out: string): void {
  const all = readdirSync(unpacked, { recursive: true }).map(String);
  const copy = (ending: string, name: string): void => {
    const found = all.find((file) => `/${file}`.endsWith(ending));
    if (found === undefined) throw new Error(`Debian's packages have no ${ending}`);
    copyFileSync(path.join(unpacked, found), path.join(out, name));
  };
  copy(`/boot/vmlinuz-${kernel}`, 'vmlinuz');
  copy('/bin/busybox', 'busybox');
  copy('/usr/sbin/dahdi_cfg', 'dahdi_cfg');
  copy('/libtonezone.so.2.0', 'libtonezone.so.2.0');
  for (const name of rootModules) copy(`/${name}.ko`, `${name}.ko`);
}
