import type { MediaDirection } from '../../media/media-protocol.ts';
import type { Sdp, SdpCodec, SdpMedia } from './sdp.ts';
import { staticCodecs } from './sdp.ts';

const maxLines = 400;
const maxMedia = 16;
const maxFormats = 64;

interface Section {
  media: string | null;
  address: string | null;
  direction: MediaDirection | null;
  rtcpPort: number | null;
  rtcpAddress: string | null;
  ptimeMs: number | null;
  maxptimeMs: number | null;
  rtpmap: Map<number, string>;
  fmtp: Map<number, string>;
}

const section = (media: string | null): Section => ({
  media, address: null, direction: null, rtcpPort: null, rtcpAddress: null, ptimeMs: null, maxptimeMs: null, rtpmap: new Map(), fmtp: new Map(),
});

/** null = not a session description that can be worked with. Tolerant of line ends, unknown lines and missing ones. Never throws. */
export function parseSdp(body: Uint8Array): Sdp | null {
  const lines = Buffer.from(body).toString('utf8').split(/\r\n|\r|\n/, maxLines + 1);
  if (lines.length > maxLines || !/^v=0\s*$/.test(lines[0] ?? '')) return null;
  const sections = [section(null)];
  let origin: Sdp['origin'] | null = null;
  for (const line of lines) {
    const value = line.slice(2).trim();
    if (line.startsWith('m=')) sections.push(section(value));
    else if (line.startsWith('o=')) origin = parseOrigin(value);
    else readLine(sections.at(-1) as Section, line[0] ?? '', value);
  }
  const [session, ...rest] = sections as [Section, ...Section[]];
  const media = rest.slice(0, maxMedia).map(mediaOf);
  if (rest.length > maxMedia || media.some((one) => one === null)) return null;
  return { origin: origin ?? { user: '-', id: '0', version: '0', address: '' }, address: session.address, direction: session.direction, media: media as SdpMedia[] };
}

function parseOrigin(value: string): Sdp['origin'] {
  const [user = '-', id = '0', version = '0', , , address = ''] = value.split(/\s+/);
  return { user, id, version, address };
}

function readLine(into: Section, type: string, value: string): void {
  if (type === 'c') into.address = connection(value);
  if (type !== 'a') return;
  const colon = value.indexOf(':');
  const name = colon < 0 ? value : value.slice(0, colon);
  const text = colon < 0 ? '' : value.slice(colon + 1).trim();
  if (name === 'sendrecv' || name === 'sendonly' || name === 'recvonly' || name === 'inactive') into.direction = name;
  else if (name === 'ptime') into.ptimeMs = number(text, 1000);
  else if (name === 'maxptime') into.maxptimeMs = number(text, 1000);
  else if (name === 'rtcp') {
    into.rtcpPort = number(text, 65_535);
    into.rtcpAddress = connection(text.replace(/^[0-9]+\s+/, ''));
  } else if (name === 'rtpmap') mapped(into.rtpmap, text);
  else if (name === 'fmtp') mapped(into.fmtp, text);
}

/** The address of 'IN IP4 192.0.2.1', without a multicast TTL. */
const connection = (text: string): string | null => /^IN\s+IP[46]\s+([0-9A-Za-z.:-]+)/i.exec(text)?.[1] ?? null;

function mapped(into: Map<number, string>, text: string): void {
  const found = /^([0-9]{1,3})\s+(.*)$/.exec(text);
  if (found !== null && into.size < maxFormats) into.set(Number(found[1]), found[2] ?? '');
}

/** The number that the text begins with. */
function number(text: string, most: number): number | null {
  const found = Number(/^([0-9]{1,5})(?:\s|$)/.exec(text)?.[1] ?? NaN);
  return found <= most ? found : null;
}

function mediaOf(from: Section): SdpMedia | null {
  const found = /^(\S+)\s+([0-9]{1,5})(?:\/[0-9]+)?\s+(\S+)\s*(.*)$/.exec(from.media ?? '');
  if (found === null || Number(found[2]) > 65_535) return null;
  const formats = (found[4] ?? '').split(/\s+/, maxFormats).filter((format) => format !== '');
  const codecs = formats.map((format) => codecOf(format, from)).filter((codec): codec is SdpCodec => codec !== null);
  const { address, direction, rtcpPort, rtcpAddress, ptimeMs, maxptimeMs } = from;
  return { kind: found[1] as string, port: Number(found[2]), protocol: found[3] as string, formats, address, direction, codecs, rtcpPort, rtcpAddress, ptimeMs, maxptimeMs };
}

function codecOf(format: string, from: Section): SdpCodec | null {
  const payloadType = number(format, 127);
  if (payloadType === null) return null;
  const map = /^([A-Za-z0-9_.-]+)\/([0-9]{1,6})(?:\/([0-9]+))?/.exec(from.rtpmap.get(payloadType) ?? '');
  const known = staticCodecs.get(payloadType);
  const named = map === null ? known : { name: (map[1] as string).toUpperCase(), clockHz: Number(map[2]) };
  if (named === undefined) return null;
  return { payloadType, ...named, channels: Number(map?.[3] ?? 1), format: from.fmtp.get(payloadType) ?? '' };
}
