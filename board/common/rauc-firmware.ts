import type { FirmwareParts } from '../../firmware/unit-parts.ts';
import { WebDownloads } from '../../hal/drivers/http/web-downloads.ts';
import { LinuxBundleFiles } from '../../hal/drivers/rauc/bundle-files.ts';
import { RaucSlots } from '../../hal/drivers/rauc/rauc-slots.ts';

/** Of the images that are built here: what the boot loader's script keeps between two starts. */
const grubEnvironment = '/boot/grub/grubenv';

/** The firmware of such an image, which RAUC replaces; `version` is the one that runs. */
export const raucFirmware = (dataFolder: string, version: string): FirmwareParts => ({
  slots: new RaucSlots({ dataFolder, grubEnvironment }), files: new LinuxBundleFiles(dataFolder), downloads: new WebDownloads(), version,
});
