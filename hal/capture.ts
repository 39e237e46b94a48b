import type { HalError } from './errors.ts';

/** What is to be seen: packets that fit at least one rule. */
export type CaptureFilter = readonly CaptureRule[];

/** A packet fits when all of it does. */
export interface CaptureRule {
  readonly transport: 'udp' | 'tcp';
  /** From or to one of these addresses or blocks ('10.0.0.0/8', with no bits set beyond its length); empty = anybody. */
  readonly hosts: readonly string[];
  /** From or to a port of one of these ranges, first and last. */
  readonly ports: readonly (readonly [number, number])[];
  /** UDP only: also the fragments of long datagrams of these hosts, whatever their ports, which only the first one names. */
  readonly fragments: boolean;
}

/** A packet as the kernel saw it. */
export interface CapturedPacket {
  /** Since 1970-01-01T00:00Z, by the clock of the machine. */
  readonly seconds: number;
  readonly nanoseconds: number;
  /** With the head of the link; only valid during the call. */
  readonly bytes: Uint8Array;
  /** On the wire: more than there are `bytes` where it was cut. */
  readonly length: number;
}

/** One capture at work. `failed` is not called after `close`, and nothing when that has resolved. */
export interface OpenCapture {
  /** LINKTYPE_ of tcpdump.org/linktypes.html: what the packets begin with. */
  readonly linkType: number;
  packet: ((packet: CapturedPacket) => void) | null;
  /** It has ended by itself. Errors: connection-lost, io. */
  failed: ((error: HalError) => void) | null;
  /** Packets that fitted and were lost, because nobody fetched them in time. */
  dropped(): number;
  /** Ends it. Resolves when every packet that was seen before has been handed over, or will not be. Never rejects. */
  close(): Promise<void>;
}

/** Sees the packets of this machine, sent and received, on all interfaces. */
export interface PacketCapture {
  /** Errors: unsupported (the machine has no library for it), permission-denied, too-many-open, busy (earlier ones have not ended yet), io. */
  open(filter: CaptureFilter): Promise<OpenCapture>;
}

/** Kinds of link heads that are understood. */
export const linkTypes = { ethernet: 1, rawIp: 101, linuxCooked: 113 } as const;
