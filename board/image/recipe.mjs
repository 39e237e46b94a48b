// What the root of every unit is made of, by Debian package. Libraries are not named: what a program asks for is found and comes along.

/** Of which release of Debian. */
export const suite = 'bookworm';

/** Processors in the words of each: Debian's, the compiler's. */
export const processors = { arm64: { node: 'arm64', debian: 'arm64', triple: 'aarch64-linux-gnu', grub: 'arm64-efi', efi: 'BOOTAA64.EFI', qemu: 'qemu-aarch64-static' } };

/** Programs and data that go into the root, by package; a folder goes whole. */
export const rootFiles = {
  'busybox-static': ['bin/busybox'],
  rauc: ['usr/bin/rauc'],
  'rauc-service': ['usr/share/dbus-1/system-services/de.pengutronix.rauc.service', 'usr/share/dbus-1/system.d/de.pengutronix.rauc.conf'],
  'dbus-daemon': ['usr/bin/dbus-daemon'],
  'dbus-system-bus-common': ['usr/share/dbus-1/system.conf'],
  'grub-common': ['usr/bin/grub-editenv'],
  e2fsprogs: ['sbin/e2fsck', 'sbin/mke2fs', 'sbin/resize2fs', 'etc/mke2fs.conf'],
  fdisk: ['sbin/sfdisk'],
};

/** An empty package, which depends on that of the newest kernel. */
export const kernelPackage = 'linux-image-arm64';

/** Packages that are read on the way and do not go into the root. */
export const bootPackages = ['grub-efi-arm64-bin'];

/** Kernel modules of every board, with what they need. */
export const commonModules = [
  'squashfs', 'overlay', 'ext4', 'crc32c_generic', 'vfat', 'nls_cp437', 'nls_ascii', 'nls_utf8', 'loop', 'dm-verity', 'sha256-arm64',
  'softdog', 'usb-storage', 'sd_mod', 'uas', 'usbserial', 'ftdi_sio', 'cdc-acm', 'cp210x', 'pl2303', '8021q',
];

/** Of those, what the first file system loads, in this order, each with what it needs; the board's `firstModules` come before. */
export const firstModules = ['squashfs', 'overlay', 'crc32c_generic', 'ext4'];
