/** How the image of this board is made: what differs from board to board, data only. */

// Read by the processor's own loader. The kernel's description of the board goes with it through U-Boot and GRUB; it has the clock chip and the watchdog.
const configTxt = `arm_64bit=1
kernel=u-boot.bin
device_tree=bcm2711-rpi-cm4-io.dtb
enable_uart=1
disable_splash=1
boot_delay=0
`;

/**
 * U-Boot asks nobody and waits for nobody (bootdelay -2): its 2 s are a caller's, and a key, or what a line without a terminal picks up, would stop the start
 * for good. The settings have to stay as long as they were.
 */
const unattended = ['bootdelay=2\0baudrate=115200\0preboot=pci enum; usb start;\0', 'bootdelay=-2\0baudrate=115200\0preboot=pci enum; usb start\0'];

export const image = {
  processor: 'arm64',
  sizes: { bootMiB: 64, slotMiB: 256, dataMiB: 128 },
  /** Debian packages of this board's boot chain. */
  packages: ['raspi-firmware', 'u-boot-rpi'],
  /** Modules that the root lies behind, before those that all boards have; the watchdog first. */
  firstModules: ['bcm2835_wdt', 'sdhci-iproc'],
  modules: ['genet', 'mdio-bcm-unimac', 'broadcom', 'xhci-pci', 'reset-raspberrypi', 'i2c-bcm2835', 'i2c-mux-pinctrl', 'iproc-rng200', 'raspberrypi-cpufreq'],
  kernelArguments: 'console=ttyS1,115200 quiet loglevel=3 panic=10 cryptomgr.notests',
  /** Files of the boot partition beside GRUB: { place, package, file, edits } or { place, text }; `@kernel@` is the kernel's package. */
  bootFiles: [
    { place: 'config.txt', text: configTxt },
    { place: 'start4.elf', package: 'raspi-firmware', file: 'usr/lib/raspi-firmware/start4.elf' },
    { place: 'fixup4.dat', package: 'raspi-firmware', file: 'usr/lib/raspi-firmware/fixup4.dat' },
    { place: 'u-boot.bin', package: 'u-boot-rpi', file: 'usr/lib/u-boot/rpi_arm64/u-boot.bin', edits: [unattended] },
    { place: 'bcm2711-rpi-cm4-io.dtb', package: '@kernel@', file: 'usr/lib/@kernel@/broadcom/bcm2711-rpi-cm4-io.dtb' },
  ],
  /** Files that go beside the image: { name, package, file }. */
  besideFiles: [],
};
