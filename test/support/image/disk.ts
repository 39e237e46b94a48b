// Disks of emulated machines: a layer of changes above an image that stays as it is.
import { tool } from './tool.ts';

/** With room behind the image, as on a card that is larger than what was flashed. */
const diskBytes = 2 * 1024 ** 3;

export function copyOnWrite(image: string, layer: string): string {
  tool('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', image.endsWith('.qcow2') ? 'qcow2' : 'raw', '-b', image, layer, String(diskBytes)]);
  return layer;
}
