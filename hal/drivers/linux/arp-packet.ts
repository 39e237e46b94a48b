const HARDWARE_ETHERNET = 1;
const PROTOCOL_IPV4 = 0x0800;
const OPERATION_REQUEST = 1;
const OPERATION_REPLY = 2;
const hardwareBytes = 6;
const protocolBytes = 4;

/**
 * "This address is at this hardware address now", to everybody: sender and target address are the same (RFC 826, RFC 5227 section 2.3).
 * The request form is the standard's. Some older equipment mends its table on replies only; in a reply the target's hardware
 * address is the sender's too (RFC 5944 section 4.6), and Linux takes only such a reply for an announcement.
 */
export function arpAnnouncement(form: 'request' | 'reply', hardware: Uint8Array, address: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16BE(HARDWARE_ETHERNET, 0);
  header.writeUInt16BE(PROTOCOL_IPV4, 2);
  header.writeUInt8(hardwareBytes, 4);
  header.writeUInt8(protocolBytes, 5);
  header.writeUInt16BE(form === 'request' ? OPERATION_REQUEST : OPERATION_REPLY, 6);
  const target = form === 'request' ? new Uint8Array(hardwareBytes) : hardware;
  return Buffer.concat([header, hardware, address, target, address]);
}
