import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { arpAnnouncement } from '../../../hal/drivers/linux/arp-packet.ts';
import { neighbourAdvertisement } from '../../../hal/drivers/linux/neighbour-advertisement.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
const hardware = bytes('020000000001');

test('an ARP announcement is a request for its own address (RFC 5227 section 2.3; fields of RFC 826)', () => {
  const made = arpAnnouncement('request', hardware, bytes('0a090005'));
  assert.equal(made, bytes('0001 0800 06 04 0001  020000000001 0a090005  000000000000 0a090005'));
});

test('its reply form names the sender as target in both fields (RFC 5944 section 4.6)', () => {
  const made = arpAnnouncement('reply', hardware, bytes('0a090005'));
  assert.equal(made, bytes('0001 0800 06 04 0002  020000000001 0a090005  020000000001 0a090005'));
});

test('an unsolicited neighbour advertisement overrides, and carries the link-layer address (RFC 4861 sections 4.4, 4.6.1)', () => {
  const made = neighbourAdvertisement(hardware, bytes('fd000000000000000000000000000005'));
  assert.equal(made, bytes('88 00 0000 20000000  fd000000000000000000000000000005  02 01 020000000001'));
});

test.run();
