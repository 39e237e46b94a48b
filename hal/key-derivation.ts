/** Of scrypt (RFC 7914), with parallelisation 1: it takes 128 * N * r octets. */
export interface ScryptCost {
  /** N: a power of two. */
  readonly cost: number;
  /** r. */
  readonly blockSize: number;
}

/** Makes keys out of what people can remember: slow and heavy on purpose, and done so that nothing else on the machine is later for it. */
export interface KeyDerivation {
  /**
   * `length` octets. One after another, in the order asked, behind all other work of the machine. Errors: busy (more than `mostWaitingKeys` wait), io
   * (the machine has no memory or no thread for it), closed.
   */
  scrypt(secret: string, salt: Uint8Array, cost: ScryptCost, length: number): Promise<Uint8Array>;
}

/** More than a unit has ports. */
export const mostWaitingKeys = 1024;
