/** What goes through ioctl to a DAHDI channel, as bytes: `dahdi/user.h`, little-endian. */
import type { LineLaw } from '../../line.ts';
import { dialReplace, laws, sizes } from './dahdi-numbers.ts';

export function intArgument(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/** struct dahdi_params, as far as we go by it. */
export interface ChannelParams {
  readonly channel: number;
  /** `signalling` of dahdi-numbers.ts. */
  readonly signalling: number;
  /** Phone: the telephone is lifted. Trunk: the exchange gives loop current or rings. */
  readonly farOffHook: boolean;
  /** DAHDI_RXSIG_*: 0 on-hook, 1 off-hook, 2 start, 3 ring, 4 not known yet. */
  readonly farHook: number;
  readonly law: LineLaw;
  /** As the card names the port: 'WCTDM/0/1'. */
  readonly name: string;
  /** DAHDI_ALARM_* bits; 0 = none. */
  readonly alarms: number;
}

const paramsAt = { channel: 0, signalling: 12, farOffHook: 20, farHook: 36, law: 40, name: 48, flashMs: 100, farFlashMs: 112, alarms: 132 } as const;
const nameBytes = 40;

/** For the kernel to fill: all zero means the channel of the descriptor. */
export const emptyParams = (): Buffer => Buffer.alloc(sizes.params);

export function readParams(bytes: Buffer): ChannelParams {
  return {
    channel: bytes.readInt32LE(paramsAt.channel),
    signalling: bytes.readInt32LE(paramsAt.signalling),
    farOffHook: bytes.readInt32LE(paramsAt.farOffHook) !== 0,
    farHook: bytes.readInt32LE(paramsAt.farHook),
    law: bytes.readInt32LE(paramsAt.law) === laws.a ? 'PCMA' : 'PCMU',
    name: bytes.subarray(paramsAt.name, paramsAt.name + nameBytes).toString('latin1').split('\0')[0] ?? '',
    alarms: bytes.readUInt32LE(paramsAt.alarms),
  };
}

/** `params` as the kernel gave them, with the time of our flash, or the longest that counts as the telephone's. */
export function withFlash(params: Buffer, whose: 'ours' | 'theirs', ms: number): Buffer {
  const changed = Buffer.from(params);
  changed.writeInt32LE(ms, whose === 'ours' ? paramsAt.flashMs : paramsAt.farFlashMs);
  return changed;
}

/** struct dahdi_bufferinfo: what is written is sent at once. */
export function bufferInfo(buffers: number, samples: number): Buffer {
  const bytes = Buffer.alloc(sizes.bufferInfo);
  bytes.writeInt32LE(buffers, 8);
  bytes.writeInt32LE(samples, 12);
  return bytes;
}

const pulseDigits = /[^0-9,]/g;
const toneDigits = /[^0-9*#A-D,]/g;

/**
 * struct dahdi_dialoperation. The kernel's language: T or P, then digits, W for half a second's pause. What cannot be dialled in that
 * way ('*' by pulse) is left out, as the kernel would do.
 */
export function dialOperation(digits: string, how: 'tone' | 'pulse'): Buffer {
  const text = digits.toUpperCase().replace(how === 'tone' ? toneDigits : pulseDigits, '').replaceAll(',', 'W');
  const bytes = Buffer.alloc(sizes.dialOperation);
  bytes.writeInt32LE(dialReplace);
  bytes.write((how === 'tone' ? 'T' : 'P') + text.slice(0, 254), 4, 'latin1');
  return bytes;
}

const cadenceEntries = 16;

/** struct dahdi_ring_cadence. 0 would end the list: the shortest is 1 ms. An odd list is said twice, so that on and off take turns; what is longer than 16 is cut. */
export function cadence(ms: readonly number[]): Buffer {
  const bytes = Buffer.alloc(sizes.cadence);
  const pairs = ms.length % 2 === 0 ? ms : [...ms, ...ms];
  const even = pairs.slice(0, cadenceEntries);
  even.forEach((value, index) => bytes.writeInt32LE(Math.max(1, Math.round(value)), index * 4));
  return bytes;
}

/** struct dahdi_gains for the descriptor's channel. Each table: code to code, 256 of them. */
export function gains(heard: Uint8Array, sent: Uint8Array): Buffer {
  const bytes = Buffer.alloc(sizes.gains);
  bytes.set(heard.subarray(0, 256), 4);
  bytes.set(sent.subarray(0, 256), 260);
  return bytes;
}
