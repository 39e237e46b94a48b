import { type BeatSeal, sealBytes } from '../failover/beat-seal.ts';
import type { Rank } from '../failover/role.ts';
import type { Report, Says } from './lease.ts';

/**
 * What a unit and the witness say to each other: one datagram of fixed layout, numbers big-endian, as long in either direction, so
 * that a witness sends nobody more than it got.
 *
 *    0        2     3      4      5          6         8
 *   +--------+-----+------+------+----------+---------+
 *   | 'U' 'W'| ver | kind | rank | flags or | 0 (2)   |     rank: of the unit, in either direction
 *   |        |     |      |      | what it says       |
 *   +--------+-----+------+------+--------------------+
 *   | pair: first 64 bits of SHA-256 of its name (8)  |
 *   +-------------------------------------------------+
 *   | session: chosen by the witness, 0 = none yet (8)|
 *   +-------------------------------------------------+
 *   | incarnation: random, new at each start of the unit (8)
 *   +----------------------------------+--------------+
 *   | sequence (6)                     | 0 (2)        |   40   an answer repeats incarnation and sequence
 *   +----------------------------------+--------------+
 *   | epoch (6)                        | 0 (2)        |   48
 *   +----------------------------------+--------------+
 *   | HMAC-SHA256 of all before it, first 16 bytes    |   64
 *   +-------------------------------------------------+
 */
export const witnessMessageBytes = 64;
const sealedBytes = witnessMessageBytes - sealBytes;
const magic = 0x5557;
const version = 1;

interface Common {
  readonly pair: bigint;
  readonly rank: Rank;
  readonly session: bigint;
  readonly incarnation: bigint;
  readonly sequence: number;
}

export type WitnessMessage =
  | (Common & { readonly kind: 'report'; readonly report: Omit<Report, 'rank'> })
  /** `says` null: the report was not of this session; use the one given here. `epoch`: of the holder. */
  | (Common & { readonly kind: 'answer'; readonly says: Says | null; readonly epoch: number })
  /** Report at once. */
  | (Common & { readonly kind: 'probe' });

const kinds = ['report', 'answer', 'probe'] as const;
const sayings = [null, 'learning', 'free', 'yours', 'theirs', 'asking'] as const satisfies readonly (Says | null)[];
const flags = ['serving', 'wonders', 'wants'] as const;

export function encodeWitnessMessage(message: WitnessMessage, seal: BeatSeal): Uint8Array {
  const bytes = new Uint8Array(witnessMessageBytes);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, magic);
  view.setUint8(2, version);
  view.setUint8(3, kinds.indexOf(message.kind));
  view.setUint8(4, message.rank === 'primary' ? 0 : 1);
  view.setUint8(5, detailOf(message));
  view.setBigUint64(8, message.pair);
  view.setBigUint64(16, message.session);
  view.setBigUint64(24, message.incarnation);
  setUint48(view, 32, message.sequence);
  setUint48(view, 40, message.kind === 'report' ? message.report.epoch : message.kind === 'answer' ? message.epoch : 0);
  seal.seal(bytes, sealedBytes);
  return bytes;
}

function detailOf(message: WitnessMessage): number {
  if (message.kind === 'answer') return sayings.indexOf(message.says);
  if (message.kind === 'probe') return 0;
  return flags.reduce((bits, flag, at) => bits | (message.report[flag] ? 1 << at : 0), 0);
}

/** Whose it says it is; null = it cannot be one. Nothing is proven by it: look for the pair's key. */
export function pairOf(bytes: Uint8Array): bigint | null {
  if (bytes.length !== witnessMessageBytes) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint16(0) === magic && view.getUint8(2) === version ? view.getBigUint64(8) : null;
}

export function decodeWitnessMessage(bytes: Uint8Array, seal: BeatSeal): WitnessMessage | 'malformed' | 'foreign-key' {
  const pair = pairOf(bytes);
  if (pair === null) return 'malformed';
  if (!seal.matches(bytes, sealedBytes)) return 'foreign-key';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [kind, rank, detail] = [kinds[view.getUint8(3)], view.getUint8(4), view.getUint8(5)];
  if (kind === undefined || rank > 1) return 'malformed';
  const common: Common = { pair, rank: rank === 0 ? 'primary' : 'backup', session: view.getBigUint64(16), incarnation: view.getBigUint64(24), sequence: getUint48(view, 32) };
  const epoch = getUint48(view, 40);
  if (kind === 'probe') return { ...common, kind };
  if (kind === 'report') return { ...common, kind, report: { serving: (detail & 1) !== 0, wonders: (detail & 2) !== 0, wants: (detail & 4) !== 0, epoch } };
  const says = sayings[detail];
  return says === undefined ? 'malformed' : { ...common, kind, says, epoch };
}

function setUint48(view: DataView, at: number, value: number): void {
  view.setUint16(at, Math.floor(value / 2 ** 32));
  view.setUint32(at + 2, value % 2 ** 32);
}

function getUint48(view: DataView, at: number): number {
  return view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2);
}
