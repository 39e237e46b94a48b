import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addressListRequest, addressRequest, isLocalRoute, isSecondary, isUsable, parseAddress, routeRequest, sharedAddress } from '../../../hal/drivers/linux/address-message.ts';
import { hasCarrier, hasNeighbours, isUp, linkRequest, parseLink, type Link } from '../../../hal/drivers/linux/link-message.ts';
import type { NetlinkMessage } from '../../../hal/drivers/linux/netlink-message.ts';

/** Bytes as linux/if_link.h, linux/if_addr.h and linux/rtnetlink.h lay them out on a little-endian machine. */
const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
const message = (type: number, hex: string): NetlinkMessage => ({ type, flags: 0, sequence: 1, payload: bytes(hex) });

/** ifinfomsg of an Ethernet interface 3 that is up, running and has its cable; its name, its operational state, its address. */
const eth0 = '00 00 0100 03000000 43100100 00000000  0900 0300 6574683000 000000  0500 1000 06 000000  0a00 0100 020000000001 0000';

test('an interface is read from its message', () => {
  const link = parseLink(message(16, eth0));
  assert.equal(link, { index: 3, name: 'eth0', flags: 0x11043, operState: 6, hardwareType: 1, hardwareAddress: bytes('020000000001') });
});

test('what is not about an interface, or cut short, is none', () => {
  assert.is(parseLink(message(20, eth0)), null);
  assert.is(parseLink(message(16, '00 00 0100')), null);
});

test('asking for an interface: an empty header and its name; what cannot be a name is not asked for', () => {
  assert.equal(Buffer.concat(linkRequest('eth0') ?? []), bytes('00 00 0000 00000000 00000000 00000000  0900 0300 6574683000 000000'));
  assert.equal([linkRequest(''), linkRequest('sixteen-letters-')], [null, null]);
  assert.ok(linkRequest('fifteen-letters'));
});

test('carrier is what the driver and the operational state agree on', () => {
  const link = parseLink(message(16, eth0)) as Link;
  const states = [0, 1, 2, 3, 4, 5, 6].map((operState) => hasCarrier({ ...link, operState }));
  assert.equal(states, [true, false, false, false, false, true, true]);
  assert.not(hasCarrier({ ...link, flags: link.flags & ~0x10000 }));
});

test('loopback, interfaces without ARP and tunnels have no neighbours to tell', () => {
  const link = parseLink(message(16, eth0)) as Link;
  assert.equal([hasNeighbours(link), isUp(link)], [true, true]);
  assert.equal([hasNeighbours({ ...link, flags: 0x49 }), hasNeighbours({ ...link, flags: 0xc3 }), hasNeighbours({ ...link, hardwareType: 0xfffe })], [false, false, false]);
  assert.not(isUp({ ...link, flags: 0x1002 }));
});

test('adding an IPv4 address: ifaddrmsg, IFA_LOCAL, IFA_ADDRESS', () => {
  const entry = sharedAddress(2, bytes('0a090005'), 24, 3);
  assert.equal(Buffer.concat(addressRequest(entry)), bytes('02 18 00 00 03000000  0800 0200 0a090005  0800 0100 0a090005'));
});

test('adding an IPv6 address: without doubt (IFA_F_NODAD), valid for ever, not preferred', () => {
  const address = 'fd000000000000000000000000000005';
  const entry = sharedAddress(10, bytes(address), 64, 3);
  const expected = `0a 40 00 00 03000000  1400 0200 ${address}  1400 0100 ${address}  0800 0800 02000000  1400 0600 00000000 ffffffff 00000000 00000000`;
  assert.equal(Buffer.concat(addressRequest(entry)), bytes(expected));
});

test('listing addresses of one family and interface', () => {
  assert.equal(Buffer.concat(addressListRequest(10, 3)), bytes('0a 00 00 00 03000000'));
});

test('an address is read with its long flags where they are told; IFA_LOCAL goes before IFA_ADDRESS', () => {
  const four = parseAddress(message(20, '02 20 81 00 03000000  0800 0100 0a090001  0800 0200 0a090005  0800 0800 81020000'));
  assert.equal(four, { family: 2, prefixBits: 32, flags: 0x281, linkIndex: 3, address: bytes('0a090005') });
  const six = parseAddress(message(20, '0a 40 c0 00 03000000  1400 0100 fd000000000000000000000000000005'));
  assert.equal([six?.flags, six?.address.toString('hex')], [0xc0, 'fd000000000000000000000000000005']);
  assert.is(parseAddress(message(21, '02 20 81 00 03000000  0800 0100 0a090001')), null);
  assert.is(parseAddress(message(20, '02 20 81 00 03000000')), null);
});

test('an IPv6 address in doubt is not usable; a secondary IPv4 address is told by its flag', () => {
  const entry = sharedAddress(10, bytes('fd000000000000000000000000000005'), 64, 3);
  assert.equal([0x80, 0x82, 0xc0, 0x88].map((flags) => isUsable({ ...entry, flags })), [true, true, false, false]);
  const four = sharedAddress(2, bytes('0a090005'), 24, 3);
  assert.equal([0x80, 0x81].map((flags) => isSecondary({ ...four, flags })), [false, true]);
});

test('asking for a way, and whether it ends here (RTN_LOCAL)', () => {
  assert.equal(Buffer.concat(routeRequest(2, bytes('0a090005'))), bytes('02 20 00 00 00 00 00 00 00000000  0800 0100 0a090005'));
  assert.ok(isLocalRoute(message(24, '02 20 00 00 ff 02 fe 02 00000000')));
  assert.not(isLocalRoute(message(24, '02 20 00 00 fe 02 fd 01 00000000')));
  assert.not(isLocalRoute(message(2, '02 20 00 00 ff 02 fe 02 00000000')));
});

test.run();
