// Disks of emulated machines: a layer of changes above an image that stays as it is.
import { spawnSync } from 'node:child_process';

const limitMs = 60_000;

/** With room behind the image, as on a card that is larger than what was flashed. */
const diskBytes = 2 * 1024 ** 3;

export function copyOnWrite(image: string, layer: string): string {
  qemuImg('create', '-q', '-f', 'qcow2', '-F', image.endsWith('.qcow2') ? 'qcow2' : 'raw', '-b', image, layer, String(diskBytes));
  return layer;
}

function qemuImg(...words: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync('qemu-img', words, { encoding: 'utf8', timeout: limitMs });
  if (status !== 0) throw new Error(`qemu-img ${words.join(' ')}: ${error?.message ?? `${stdout}${stderr}`}`);
}
