/** Of the images that are built here: what the boot loader's script keeps between two starts. */
export const grubEnvironment = '/boot/grub/grubenv';
