import { scryptSync } from 'node:crypto';
import { constants, setPriority } from 'node:os';
import type { KeyAnswer, KeyOrder } from './key-protocol.ts';

/** Room for what OpenSSL counts beside the blocks, octets. */
const besideBytes = 1_048_576;

/** Answers one order. Never throws. */
export function deriveKey({ id, secret, salt, cost: { cost: N, blockSize: r }, length }: KeyOrder): KeyAnswer {
  try {
    return { type: 'key', id, key: scryptSync(secret, salt, length, { N, r, p: 1, maxmem: 256 * N * r + besideBytes }) };
  } catch (error) {
    return { type: 'refused', id, detail: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * The calling thread works behind all others from now on; where the machine refuses that it works beside them. Not SCHED_IDLE: on a machine whose cores
 * are all busy for long nobody could log in, whereas this much still has 1.5 % of one.
 */
export function workBehindOthers(): void {
  try {
    setPriority(0, constants.priority.PRIORITY_LOW); // on Linux 0 is the calling thread, not the process (setpriority(2), "C library/kernel differences")
  } catch {
    // It is a matter of evenness, not of work done.
  }
}
