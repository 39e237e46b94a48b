import type { Sdp, SdpCodec, SdpMedia } from './sdp.ts';

const encodingNames: Readonly<Record<string, string>> = { 'TELEPHONE-EVENT': 'telephone-event' };

const family = (address: string): string => (address.includes(':') ? 'IP6' : 'IP4');

/** Writes a description with every line RFC 8866 demands, CRLF line ends. */
export function formatSdp(sdp: Sdp): Uint8Array {
  const { user, id, version, address } = sdp.origin;
  const lines = ['v=0', `o=${user} ${id} ${version} IN ${family(address)} ${address}`, 's=-'];
  if (sdp.address !== null) lines.push(`c=IN ${family(sdp.address)} ${sdp.address}`);
  lines.push('t=0 0');
  for (const media of sdp.media) lines.push(...mediaLines(media));
  return Buffer.from(`${lines.join('\r\n')}\r\n`);
}

function mediaLines(media: SdpMedia): string[] {
  const lines = [`m=${media.kind} ${media.port} ${media.protocol} ${media.formats.join(' ')}`];
  if (media.port === 0) return lines;
  if (media.address !== null) lines.push(`c=IN ${family(media.address)} ${media.address}`);
  for (const codec of media.codecs) lines.push(...codecLines(codec));
  if (media.ptimeMs !== null) lines.push(`a=ptime:${media.ptimeMs}`);
  if (media.direction !== null) lines.push(`a=${media.direction}`);
  return lines;
}

function codecLines(codec: SdpCodec): string[] {
  const name = encodingNames[codec.name] ?? codec.name;
  const lines = [`a=rtpmap:${codec.payloadType} ${name}/${codec.clockHz}`];
  if (codec.format !== '') lines.push(`a=fmtp:${codec.payloadType} ${codec.format}`);
  return lines;
}
