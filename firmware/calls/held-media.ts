import type { MediaDirection, MediaSettings } from '../media/media-protocol.ts';

/**
 * What the port is to do after a change of the session. A peer that sent and received and now only sends has put us on hold (RFC 3264
 * 8.4): what it still sends is music, not the caller. A call that was one-way from the start is none on hold.
 */
export function heldMedia(agreed: MediaSettings, atFirst: MediaDirection): MediaSettings {
  return agreed.direction === 'recvonly' && atFirst === 'sendrecv' ? { ...agreed, direction: 'inactive' } : agreed;
}
