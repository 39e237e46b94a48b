// Files of the root that say what the image is.

/** os-release(5); `floor`: the oldest version that a unit with this image goes back to. */
export function osRelease({ board, version, commit, floor }) {
  const values = { ID: 'understudy', NAME: 'Understudy', VERSION_ID: version, VARIANT_ID: board, BUILD_ID: commit, PRETTY_NAME: `Understudy ${version} (${board})`, UNDERSTUDY_FLOOR: floor };
  return Object.entries(values).map(([name, value]) => `${name}="${value}"\n`).join('');
}

/** Of RAUC. The slots' devices are links that the start of the unit makes, since every board calls its disk otherwise. */
export const raucConfig = (compatible) => `[system]
compatible=${compatible}
bootloader=grub
grubenv=/boot/grub/grubenv
statusfile=/data/rauc.status
mountprefix=/run/rauc
bundle-formats=-plain

[keyring]
path=/etc/rauc/keyring.pem

[slot.rootfs.0]
device=/dev/disk/by-partlabel/slot-a
type=raw
bootname=A

[slot.rootfs.1]
device=/dev/disk/by-partlabel/slot-b
type=raw
bootname=B
`;
