import type { MediaDirection } from '../../media/media-protocol.ts';

/** A session description (RFC 8866), as much of it as offer/answer for audio needs; other lines are dropped when read. */
export interface Sdp {
  /** The o= line's user, session id and version. */
  readonly origin: { readonly user: string; readonly id: string; readonly version: string; readonly address: string };
  /** Session-level c= address; null = none. */
  readonly address: string | null;
  readonly direction: MediaDirection | null;
  readonly media: readonly SdpMedia[];
}

export interface SdpMedia {
  /** 'audio', 'video', ... */
  readonly kind: string;
  /** 0 = refused. */
  readonly port: number;
  /** 'RTP/AVP', ... */
  readonly protocol: string;
  /** As written: payload types, or other formats. */
  readonly formats: readonly string[];
  /** Media-level c= address; null = the session's. */
  readonly address: string | null;
  readonly direction: MediaDirection | null;
  readonly codecs: readonly SdpCodec[];
  /** From a=rtcp (RFC 3605); null = port + 1. */
  readonly rtcpPort: number | null;
  /** null = the media's. */
  readonly rtcpAddress: string | null;
  readonly ptimeMs: number | null;
  /** The most that the writer takes in one packet; null = not said. */
  readonly maxptimeMs: number | null;
}

export interface SdpCodec {
  readonly payloadType: number;
  /** Upper case: 'PCMU', 'TELEPHONE-EVENT'. */
  readonly name: string;
  readonly clockHz: number;
  readonly channels: number;
  /** '' = none. */
  readonly format: string;
}

/** RFC 3551: what a payload type means without an rtpmap. */
export const staticCodecs: ReadonlyMap<number, { name: string; clockHz: number }> = new Map([
  [0, { name: 'PCMU', clockHz: 8000 }],
  [3, { name: 'GSM', clockHz: 8000 }],
  [4, { name: 'G723', clockHz: 8000 }],
  [8, { name: 'PCMA', clockHz: 8000 }],
  [9, { name: 'G722', clockHz: 8000 }],
  [13, { name: 'CN', clockHz: 8000 }],
  [18, { name: 'G729', clockHz: 8000 }],
]);
