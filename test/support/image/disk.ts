// Disks of emulated machines: a layer of changes above an image that stays as it is, and writing into a machine that is off.
import { spawnSync } from 'node:child_process';

const limitMs = 60_000;

/** With room behind the image, as on a card that is larger than what was flashed. */
const diskBytes = 2 * 1024 ** 3;

export function copyOnWrite(image: string, layer: string): string {
  qemuImg('create', '-q', '-f', 'qcow2', '-F', image.endsWith('.qcow2') ? 'qcow2' : 'raw', '-b', image, layer, String(diskBytes));
  return layer;
}

/** Zeroes so many bytes of the disk of a machine that is off. */
export function wipe(disk: string, startBytes: number, bytes: number): void {
  must('qemu-io', '-f', 'qcow2', '-c', `write -P 0 ${startBytes} ${bytes}`, disk);
}

/** Bytes of the disk of a machine that is off. */
export function readDisk(disk: string, startBytes: number, bytes: number): Buffer {
  const { status, stdout, stderr } = spawnSync('qemu-img', ['dd', '-f', 'qcow2', '-O', 'raw', 'bs=512', `skip=${startBytes / 512}`, `count=${startBytes / 512 + bytes / 512}`, `if=${disk}`, 'of=/dev/stdout'], { timeout: limitMs, maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`qemu-img dd: ${String(stderr)}`);
  return stdout;
}

function qemuImg(...words: readonly string[]): void {
  must('qemu-img', ...words);
}

function must(file: string, ...words: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(file, words, { encoding: 'utf8', timeout: limitMs });
  if (status !== 0) throw new Error(`${file} ${words.join(' ')}: ${error?.message ?? `${stdout}${stderr}`}`);
  return stdout;
}
