/** How much a log holds of what a caller said; two logs of one id are possible when a call went on at the other unit. */
export interface LogWorth {
  readonly interrupted: boolean;
  /** Of audio that counts. */
  readonly bytes: number;
}

/** Whether `one` is to be had rather than `other`: the complete log, else the longer one. Of equals neither is. */
export function isBetterLog(one: LogWorth, other: LogWorth): boolean {
  return one.interrupted === other.interrupted ? one.bytes > other.bytes : other.interrupted;
}
