/** How the image of this board is made: what differs from board to board, data only. */

// Read by the processor's own loader. The kernel's description of the board goes with it through U-Boot and GRUB.
const configTxt = `arm_64bit=1
kernel=u-boot.bin
device_tree=bcm2711-rpi-cm4-io.dtb
enable_uart=1
disable_splash=1
boot_delay=0
`;

/**
 * U-Boot asks nobody and waits for nobody (bootdelay -2): its 2 s are a caller's, and a key, or what a line without a terminal picks up, would stop the start
 * for good. Nor does it look for USB devices first, which a start from eMMC does not need and an odd one can hold up: `preboot` is called otherwise, and runs no
 * more. The settings have to stay as long as they were.
 */
const unattended = ['bootdelay=2\0baudrate=115200\0preboot=pci enum; usb start;\0', 'bootdelay=-2\0baudrate=115200\0unused=pci enum; usb start;\0'];

/**
 * The clock chip of the IO board (PCF85063A at address 0x51), which Linux 6.1 does not know of yet (later: bcm2711-rpi-cm4-io.dts, rtc@51), at the second of the two
 * pairs of pins that its bus can be led to, 44 and 45. The first, 0 and 1 of the header, is for the identification of add-on boards, which this unit has none of.
 */
const clockPins = 0x100;
const clockChip = {
  '/soc/gpio@7e200000/i2c0_gpio44': { phandle: clockPins },
  '/soc/i2c@7e205000': { 'pinctrl-0': clockPins },
  '/soc/i2c@7e205000/rtc@51': { compatible: 'nxp,pcf85063a', reg: 0x51, 'quartz-load-femtofarads': 7000 },
};

export const image = {
  processor: 'arm64',
  sizes: { bootMiB: 64, slotMiB: 256, dataMiB: 128 },
  /** Debian packages of this board's boot chain. */
  packages: ['raspi-firmware', 'u-boot-rpi'],
  /** Modules that the root lies behind, before those that all boards have; the watchdog first. The eMMC waits for ever for the two that switch its supplies; the clock chip's bus, so that the time is there before anything asks for it; cpufreq-dt, since raspberrypi-cpufreq brings its device about before anybody hears of it. */
  firstModules: ['bcm2835_wdt', 'fixed', 'gpio-regulator', 'sdhci-iproc', 'i2c-bcm2835', 'cpufreq-dt'],
  modules: ['genet', 'mdio-bcm-unimac', 'broadcom', 'phy-generic', 'dwc2', 'xhci-pci', 'reset-raspberrypi', 'iproc-rng200', 'raspberrypi-cpufreq'],
  /** What the kernel says of the board, and what of it the unit does without: picture, Bluetooth, sensor of temperature (the processor slows down by itself), lamps of the IO board. */
  description: { place: 'bcm2711-rpi-cm4-io.dtb', disk: '/emmc2bus/mmc@7e340000', leftOut: ['vc4', 'v3d', 'vchiq', 'hci-uart', 'bcm2711-thermal', 'leds-gpio'] },
  kernelArguments: 'console=ttyS1,115200 quiet loglevel=3 panic=10 cryptomgr.notests',
  /** Files of the boot partition beside GRUB: { place, package, file, edits, additions } or { place, text }; `@kernel@` is the kernel's package, additions what the kernel's description lacks. */
  bootFiles: [
    { place: 'config.txt', text: configTxt },
    { place: 'start4.elf', package: 'raspi-firmware', file: 'usr/lib/raspi-firmware/start4.elf' },
    { place: 'fixup4.dat', package: 'raspi-firmware', file: 'usr/lib/raspi-firmware/fixup4.dat' },
    { place: 'u-boot.bin', package: 'u-boot-rpi', file: 'usr/lib/u-boot/rpi_arm64/u-boot.bin', edits: [unattended] },
    { place: 'bcm2711-rpi-cm4-io.dtb', package: '@kernel@', file: 'usr/lib/@kernel@/broadcom/bcm2711-rpi-cm4-io.dtb', additions: clockChip },
  ],
  /** Files that go beside the image: { name, package, file }. */
  besideFiles: [],
};
