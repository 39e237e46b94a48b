import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { attribute, attributes, netlinkMessage, netlinkMessages, NLM_F_ACK, NLM_F_REQUEST, verdict, zeroTerminated } from '../../../hal/drivers/linux/netlink-message.ts';

/** Bytes as linux/netlink.h lays them out on a little-endian machine; spaces part the fields. */
const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');

test('a message is its header, and each part at a multiple of four', () => {
  const made = netlinkMessage(22, NLM_F_REQUEST | NLM_F_ACK, 7, bytes('02 18 00 00 03000000'), bytes('aabbcc'));
  assert.equal(made, bytes('1c000000 1600 0500 07000000 00000000 | 02 18 00 00 03000000 | aabbcc 00'.replaceAll('|', '')));
});

test('an attribute tells its length without the padding after it', () => {
  assert.equal(attribute(3, Buffer.from('lo\0')), bytes('0700 0300 6c6f00 00'));
  assert.equal(attribute(2, bytes('0a000001')), bytes('0800 0200 0a000001'));
});

test('several messages of one datagram come apart', () => {
  const both = bytes('14000000 1000 0200 01000000 00000000 11223344  12000000 1400 0000 02000000 00000000 5566 0000');
  const found = netlinkMessages(both);
  assert.equal(found.map(({ type, flags, sequence }) => [type, flags, sequence]), [[16, 2, 1], [20, 0, 2]]);
  assert.equal(found.map(({ payload }) => payload.toString('hex')), ['11223344', '5566']);
});

test('lengths that cannot be end the reading, and nothing is read past the end', () => {
  assert.is(netlinkMessages(bytes('00000000 1000 0000 00000000 00000000')).length, 0);
  assert.is(netlinkMessages(bytes('ff000000 1000 0000 00000000 00000000')).length, 0);
  assert.is(netlinkMessages(bytes('10000000 1000')).length, 0);
  assert.is(attributes(bytes('0000 0100 0a000001')).size, 0);
  assert.is(attributes(bytes('0900 0100 0a000001')).size, 0);
  assert.equal([...attributes(bytes('0500 0100 07 000000 ff')).keys()], [1]);
});

test('the flags in an attribute type are not part of it', () => {
  assert.equal([...attributes(bytes('0400 0180 0400 0240')).keys()], [1, 2]);
});

test('an acknowledgement, a refusal, the end of a list', () => {
  const only = (hex: string): ReturnType<typeof verdict> => {
    const [message] = netlinkMessages(bytes(hex));
    return message === undefined ? null : verdict(message);
  };
  const asked = '10000000 1400 0500 09000000 00000000';
  assert.equal(only(`24000000 0200 0001 09000000 00000000 00000000 ${asked}`), { errno: 0, text: '' });
  assert.equal(only(`24000000 0200 0001 09000000 00000000 ffffffff ${asked}`), { errno: 1, text: '' });
  // NLMSGERR_ATTR_MSG, "no\0"
  assert.equal(only(`2c000000 0200 0003 09000000 00000000 f3ffffff ${asked} 0700 0100 6e6f00 00`), { errno: 13, text: 'no' });
  assert.equal(only('14000000 0300 0200 09000000 00000000 00000000'), { errno: 0, text: '' });
  assert.is(only('14000000 1400 0200 09000000 00000000 00000000'), null);
});

test('text ends at its zero byte, or with its bytes', () => {
  assert.equal([zeroTerminated(Buffer.from('eth0\0\0')), zeroTerminated(Buffer.from('eth0'))], ['eth0', 'eth0']);
});

test.run();
