const TYPE_NEIGHBOUR_ADVERTISEMENT = 136;
const OPTION_TARGET_LINK_LAYER_ADDRESS = 2;
/** "Override": what the receiver knew until now is wrong. */
const OVERRIDE = 0x2000_0000;
const headerBytes = 8;
/** Option lengths count eight bytes; an Ethernet address fills one with type and length. */
const optionUnits = 1;

/**
 * An unsolicited neighbour advertisement (RFC 4861 sections 4.4 and 7.2.6). Not solicited, and no router: a unit does not forward,
 * and hosts drop a router that says it is none. The checksum is the kernel's work (RFC 3542 section 3.1).
 */
export function neighbourAdvertisement(hardware: Uint8Array, address: Uint8Array): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt8(TYPE_NEIGHBOUR_ADVERTISEMENT, 0);
  header.writeUInt32BE(OVERRIDE, 4);
  return Buffer.concat([header, address, Buffer.of(OPTION_TARGET_LINK_LAYER_ADDRESS, optionUnits), hardware]);
}
