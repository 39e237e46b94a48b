// Where what lies on the disk of a unit. GPT, everything at whole MiB.
//   1 MiB | boot (FAT: boot loader, its state) | slot-a | slot-b | data (ext4; grows to the end of the disk at the first start) | GPT again
import { steadyUuid } from './identity.mjs';

const SECTOR_BYTES = 512;
const MIB = 1024 * 1024;

/** Of the GPT at the end: 33 sectors, and so one MiB. */
const TAIL_MIB = 1;

const TYPES = {
  boot: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B', // EFI system partition
  slot: '0FC63DAF-8483-4772-8E79-3D69D8477DE4', // Linux file system
};

/** @param sizes { bootMiB, slotMiB, dataMiB } */
export function diskLayout({ bootMiB, slotMiB, dataMiB }, words) {
  const sizes = [['boot', bootMiB, TYPES.boot], ['slot-a', slotMiB, TYPES.slot], ['slot-b', slotMiB, TYPES.slot], ['data', dataMiB, TYPES.slot]];
  let startMiB = 1;
  const partitions = sizes.map(([label, sizeMiB, type], index) => {
    const partition = { number: index + 1, label, type, uuid: steadyUuid(...words, 'partition', label), startBytes: startMiB * MIB, bytes: sizeMiB * MIB };
    startMiB += sizeMiB;
    return partition;
  });
  return { uuid: steadyUuid(...words, 'disk'), bytes: (startMiB + TAIL_MIB) * MIB, partitions };
}

/** What sfdisk reads. */
export function sfdiskScript({ uuid, partitions }) {
  const head = ['label: gpt', `label-id: ${uuid.toUpperCase()}`, 'first-lba: 34', 'unit: sectors', ''];
  const rows = partitions.map(({ number, label, type, uuid: id, startBytes, bytes }) =>
    `${number} : start=${startBytes / SECTOR_BYTES}, size=${bytes / SECTOR_BYTES}, type=${type}, uuid=${id.toUpperCase()}, name="${label}"`);
  return `${[...head, ...rows].join('\n')}\n`;
}
