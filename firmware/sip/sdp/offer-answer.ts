import { createHash } from 'node:crypto';
import type { CodecName, MediaDirection, MediaSettings } from '../../media/media-protocol.ts';
import type { LocalMedia } from '../leg.ts';
import { formatSdp } from './format-sdp.ts';
import { parseSdp } from './parse-sdp.ts';
import type { Sdp, SdpCodec, SdpMedia } from './sdp.ts';

/** What identifies our side of a session in o= lines: the version rises by one with each description that differs. */
export interface SdpSession {
  readonly id: string;
  readonly version: number;
  /** Digest of the last description sent, without its version; '' = none yet. */
  readonly last: string;
}

export const newSdpSession = (id: string): SdpSession => ({ id, version: 0, last: '' });

export type Answered =
  | { readonly ok: true; readonly body: Uint8Array; readonly media: MediaSettings; readonly session: SdpSession }
  | { readonly ok: false; readonly status: 400 | 488 };

const audioProtocols = ['RTP/AVP', 'RTP/AVPF'];
const lastEvent = 16;
const ourEvents = `0-${lastEvent}`;
/** Payload type that we offer for telephone-event. */
const offeredEvents = 101;

/** The answer to an offer (RFC 3264 section 6): the first audio stream we can serve, everything else refused in its place. */
export function answerOffer(offer: Uint8Array, local: LocalMedia, session: SdpSession): Answered {
  const theirs = parseSdp(offer);
  if (theirs === null) return { ok: false, status: 400 };
  const at = theirs.media.findIndex((media) => chosenCodec(media, local) !== null && media.port !== 0 && media.kind === 'audio' && audioProtocols.includes(media.protocol));
  const stream = theirs.media[at];
  const codec = stream === undefined ? null : chosenCodec(stream, local);
  if (stream === undefined || codec === null) return { ok: false, status: 488 };
  const direction = ourDirection(theirs, stream);
  const events = eventCodec(stream);
  const ours: SdpMedia = {
    ...ourStream(local, direction), protocol: stream.protocol,
    ...listed(events === null ? [codec] : [codec, { ...events, format: commonEvents(events.format) }]),
  };
  const media = theirs.media.map((one, index) => (index === at ? ours : refused(one)));
  return { ok: true, ...described(media, local, session), media: settings(theirs, stream, codec, events, direction) };
}

/** Our offer: every codec we have, in order of preference. */
export function makeOffer(local: LocalMedia, session: SdpSession, direction: MediaDirection = 'sendrecv'): { body: Uint8Array; session: SdpSession } {
  const codecs: SdpCodec[] = local.codecs.map((name) => ({ payloadType: payloadTypes[name], name, clockHz: 8000, channels: 1, format: '' }));
  const events: SdpCodec = { payloadType: offeredEvents, name: 'TELEPHONE-EVENT', clockHz: 8000, channels: 1, format: ourEvents };
  const media: SdpMedia = { ...ourStream(local, direction), ...listed([...codecs, events]) };
  return described([media], local, session);
}

/** What an answer to our offer agreed. null = nothing usable: the call cannot stand. */
export function readAnswer(answer: Uint8Array, local: LocalMedia): MediaSettings | null {
  const theirs = parseSdp(answer);
  const stream = theirs?.media[0];
  if (theirs === null || stream === undefined || stream.port === 0 || stream.kind !== 'audio') return null;
  const codec = chosenCodec(stream, local);
  return codec === null ? null : settings(theirs, stream, codec, eventCodec(stream), ourDirection(theirs, stream));
}

/** What every stream of ours has in common. */
const ourStream = (local: LocalMedia, direction: MediaDirection): Omit<SdpMedia, 'codecs' | 'formats'> => ({
  kind: 'audio', port: local.rtpPort, protocol: 'RTP/AVP', address: null, rtcpPort: null, rtcpAddress: null, ptimeMs: 20, maxptimeMs: null, direction,
});

const payloadTypes: Record<CodecName, number> = { PCMU: 0, PCMA: 8 };

/** The first of the peer's codecs that we have: its preference counts (RFC 3264 6.1). */
function chosenCodec(media: SdpMedia, local: LocalMedia): SdpCodec | null {
  return media.codecs.find((codec) => local.codecs.includes(codec.name as CodecName) && codec.clockHz === 8000 && codec.channels === 1) ?? null;
}

const eventCodec = (media: SdpMedia): SdpCodec | null => media.codecs.find((codec) => codec.name === 'TELEPHONE-EVENT' && codec.clockHz === 8000) ?? null;

/** The events of an offer ('0-15,66') that we know too; without a list 0 to 15 are meant (RFC 4733 2.4.1). */
function commonEvents(offered: string): string {
  const ranges = offered.split(',').slice(0, 32).map((range) => /^\s*([0-9]{1,3})(?:-([0-9]{1,3}))?\s*$/.exec(range));
  const known = ranges.flatMap((range) => (range === null || Number(range[1]) > lastEvent ? [] : [[Number(range[1]), Math.min(lastEvent, Number(range[2] ?? range[1]))] as const]));
  return known.length === 0 ? '0-15' : known.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

const listed = (codecs: readonly SdpCodec[]): Pick<SdpMedia, 'codecs' | 'formats'> => ({ codecs, formats: codecs.map((codec) => String(codec.payloadType)) });

const refused = (media: SdpMedia): SdpMedia => ({ ...media, port: 0, formats: media.formats.length === 0 ? ['0'] : media.formats });

const mirrored: Record<MediaDirection, MediaDirection> = { sendrecv: 'sendrecv', sendonly: 'recvonly', recvonly: 'sendonly', inactive: 'inactive' };

/** Our side of theirs; the old way of holding, an address of zeros, counts as inactive (RFC 3264 8.4 and RFC 2543). */
function ourDirection(sdp: Sdp, media: SdpMedia): MediaDirection {
  if (isZero(addressOf(sdp, media))) return 'inactive';
  return mirrored[media.direction ?? sdp.direction ?? 'sendrecv'];
}

const addressOf = (sdp: Sdp, media: SdpMedia): string | null => media.address ?? sdp.address;

const isZero = (address: string | null): boolean => address === '0.0.0.0' || address === '::';

const literal = /^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+)$/;

function settings(sdp: Sdp, media: SdpMedia, codec: SdpCodec, events: SdpCodec | null, direction: MediaDirection): MediaSettings {
  const address = addressOf(sdp, media);
  // A name instead of an address is not looked up: the first packet tells where the peer is.
  const known = address !== null && !isZero(address) && literal.test(address);
  return {
    remote: known ? { address, port: media.port } : null,
    remoteRtcp: known && media.rtcpPort !== null ? { address: media.rtcpAddress !== null && literal.test(media.rtcpAddress) ? media.rtcpAddress : address, port: media.rtcpPort } : null,
    codec: codec.name as CodecName,
    payloadType: codec.payloadType,
    eventPayloadType: events?.payloadType ?? null,
    direction,
    ptimeMs: packetTime(media.ptimeMs, media.maxptimeMs),
  };
}

/** What we send with: the peer's wish in steps of 10 ms between 10 and 60, else 20; not more than the peer takes. */
function packetTime(wish: number | null, most: number | null): number {
  const wanted = wish === null || wish < 10 || wish > 60 ? 20 : wish;
  return Math.max(10, Math.floor(Math.min(wanted, most ?? wanted) / 10) * 10);
}

function described(media: readonly SdpMedia[], local: LocalMedia, session: SdpSession): { body: Uint8Array; session: SdpSession } {
  const at = (version: number): Uint8Array =>
    formatSdp({ origin: { user: '-', id: session.id, version: String(version), address: local.address }, address: local.address, direction: null, media });
  const last = createHash('sha256').update(at(0)).digest('base64url').slice(0, 16);
  const version = last === session.last ? session.version : session.version + 1;
  return { body: at(version), session: { id: session.id, version, last } };
}
