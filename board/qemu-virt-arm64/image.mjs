/**
 * U-Boot asks nobody and waits for nobody (bootdelay -2): its 2 s are a caller's, and a key, or what a line without a terminal picks up, would stop the start
 * for good. The settings have to stay as long as they were.
 */
const unattended = ['bootdelay=2\0baudrate=115200\0loadaddr=0x40200000\0', 'bootdelay=-2\0baudrate=115200\0loadaddr=040200000\0'];

/** How the image of this board is made: what differs from board to board, data only. */
export const image = {
  processor: 'arm64',
  sizes: { bootMiB: 64, slotMiB: 256, dataMiB: 128 },
  /** Debian packages of this board's boot chain. */
  packages: ['u-boot-qemu'],
  /** Modules that the root lies behind, before those that all boards have; the watchdog first. */
  firstModules: ['i6300esb', 'virtio_pci', 'virtio_blk'],
  modules: ['virtio_net', 'virtio_console', 'virtio_rng', 'xhci-pci'],
  kernelArguments: 'console=ttyAMA0 quiet loglevel=3 panic=10 cryptomgr.notests',
  /** Files of the boot partition beside GRUB: { place, package, file }. */
  bootFiles: [],
  /** Files that go beside the image: { name, package, file, edits }. */
  besideFiles: [{ name: 'u-boot.bin', package: 'u-boot-qemu', file: 'usr/lib/u-boot/qemu_arm64/u-boot.bin', edits: [unattended] }],
};
