import type { Random } from '../../hal/random.ts';

/** 64 random bits, never 0, which stands for nobody: tells one start of a program from all others. */
export function randomIncarnation(random: Random): bigint {
  const bytes = random.bytes(8);
  const value = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
  return value === 0n ? 1n : value;
}
