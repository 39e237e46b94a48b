// The pure parts: the file's format, what is read out of a packet, what is chosen and what is masked.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaptureTarget } from '../../../firmware/capture/capture-target.ts';
import { captureFilter, PacketChoice } from '../../../firmware/capture/capture-target.ts';
import { captureName } from '../../../firmware/capture/captures-folder.ts';
import { checksum, maskCredentials } from '../../../firmware/capture/mask-credentials.ts';
import { viewPacket } from '../../../firmware/capture/packet-view.ts';
import type { PacketView } from '../../../firmware/capture/packet-view.ts';
import { headBytes, largestPacket, pcapHead, recordBytes, recordHeadBytes, writeRecord } from '../../../firmware/capture/pcap-file.ts';
import { linkTypes } from '../../../hal/capture.ts';
import { bpfText } from '../../../hal/drivers/pcap/bpf-filter.ts';

const ports = { sip: 5060, peerSip: [5060, 5080], rtp: [16384, 16386, 16388] };
const call: CaptureTarget = { kind: 'call', id: 'c1', callId: 'abc@pbx', remoteAddress: '10.0.0.1', transport: 'udp', rtpPort: 16386 };

/** IPv4 and UDP by hand, behind `head`. */
function ipv4(payload: string, { from = 5060, to = 5060, fragment = 0, head = [] as number[] } = {}): Uint8Array {
  const body = Buffer.from(payload, 'latin1');
  const bytes = Buffer.alloc(28 + body.length);
  bytes.writeUInt8(0x45, 0);
  bytes.writeUInt16BE(bytes.length, 2);
  bytes.writeUInt16BE(fragment, 6);
  bytes.writeUInt8(17, 9);
  Buffer.from([10, 0, 0, 1, 10, 0, 0, 2]).copy(bytes, 12);
  bytes.writeUInt16BE(from, 20);
  bytes.writeUInt16BE(to, 22);
  bytes.writeUInt16BE(8 + body.length, 24);
  body.copy(bytes, 28);
  return new Uint8Array(Buffer.concat([Buffer.from(head), bytes]));
}

const seen = (bytes: Uint8Array, linkType: number = linkTypes.rawIp): PacketView => viewPacket(bytes, linkType) as PacketView;

test('the head of a file says nanoseconds, version 2.4 and the kind of link', () => {
  assert.is(Buffer.from(pcapHead(113)).toString('hex'), '4d3cb2a1020004000000000000000000ffff000071000000');
  assert.is(pcapHead(1).length, headBytes);
});

test('a packet is kept with its time and both lengths; one that is too long is cut', () => {
  const into = new Uint8Array(80_000);
  const at = writeRecord(into, 4, { seconds: 1, nanoseconds: 999_999_000, bytes: Uint8Array.of(1, 2, 3), length: 60 });
  assert.is(at, 4 + recordHeadBytes);
  assert.is(Buffer.from(into.subarray(4, at + 3)).toString('hex'), '0100000018c69a3b030000003c000000010203');
  const long = { seconds: 0, nanoseconds: 0, bytes: new Uint8Array(70_000), length: 70_000 };
  assert.is(recordBytes(long), recordHeadBytes + largestPacket);
  writeRecord(into, 0, long);
  const view = new DataView(into.buffer);
  assert.equal([view.getUint32(8, true), view.getUint32(12, true)], [largestPacket, 70_000]);
});

test('ports and payload are found behind each kind of link head', () => {
  const plain = ipv4('hello', { from: 1000, to: 2000 });
  assert.equal(seen(plain), { transport: 'udp', ipAt: 0, ipVersion: 4, transportAt: 20, sourcePort: 1000, targetPort: 2000, payloadAt: 28, end: 33, partial: false });
  const cooked = ipv4('hello', { head: [...new Array<number>(14).fill(0), 0x08, 0x00] });
  assert.is(seen(cooked, linkTypes.linuxCooked).payloadAt, 44);
  const ethernet = ipv4('hello', { head: [...new Array<number>(12).fill(1), 0x81, 0, 0, 7, 0x08, 0x00] });
  assert.is(seen(ethernet, linkTypes.ethernet).payloadAt, 46);
  assert.is(seen(Uint8Array.of(...plain, 0, 0, 0)).end, 33, 'padding of short frames is not payload');
});

test('IPv6 with extension heads and a first fragment', () => {
  const packet = new Uint8Array(40 + 8 + 8 + 8 + 2);
  packet.set([0x60, 0, 0, 0, 0, 26, 0], 0);
  packet.set([44, 0], 40); // hop by hop, then a fragment head
  packet.set([17, 0, 0, 1], 48); // offset 0, more to come
  packet.set([0x13, 0xc4, 0x13, 0xc5], 56);
  const view = seen(packet);
  assert.equal([view.ipVersion, view.sourcePort, view.targetPort, view.payloadAt, view.partial], [6, 5060, 5061, 64, true]);
  packet.set([0, 9], 50);
  assert.is(viewPacket(packet, linkTypes.rawIp), null, 'a fragment behind the first has no ports');
});

test('what is no UDP or TCP, cut off or noise has no view', () => {
  const plain = ipv4('x'.repeat(40));
  assert.is(viewPacket(plain.subarray(0, 22), linkTypes.rawIp), null);
  assert.is(seen(plain.subarray(0, 40)).partial, true);
  assert.is(viewPacket(ipv4('x', { fragment: 8 }), linkTypes.rawIp), null);
  for (let length = 0; length < 64; length++) {
    for (const linkType of [1, 101, 113, 276]) {
      const noise = Uint8Array.from({ length }, (_, at) => (at * 73 + length * 31) & 255);
      const view = viewPacket(noise, linkType);
      assert.ok(view === null || (view.payloadAt <= view.end && view.end <= length));
    }
  }
});

test('the filter of a call names its peer, its transport and its port; that of a peer has no bits beyond the block', () => {
  assert.is(
    bpfText(captureFilter(call, ports)),
    '(((udp and (port 5060 or port 5080)) or (ip[6:2] & 0x1fff != 0 and ip proto 17) or ip6 proto 44) and (host 10.0.0.1)) or ((udp and (portrange 16386-16387)))',
  );
  const peer = captureFilter({ kind: 'peer', name: 'pbx', addresses: ['10.1.2.3/12', '192.0.2.7', '2001:db8:ffff::1/36'] }, ports);
  assert.equal(peer[0]?.hosts, ['10.0.0.0/12', '192.0.2.7', '2001:db8:f000:0:0:0:0:0/36']);
  assert.equal(peer.map(({ transport }) => transport), ['udp', 'tcp', 'udp']);
  assert.equal(captureFilter({ kind: 'all' }, ports).at(-1), { transport: 'udp', hosts: [], ports: [[16384, 16389]], fragments: false });
  assert.equal(['fe80::1%eth0', '::ffff:10.0.0.1', ''].map((remoteAddress) => captureFilter({ ...call, remoteAddress }, ports)[0]?.hosts), [['fe80::1'], ['10.0.0.1'], []]);
  assert.is(captureFilter({ ...call, transport: 'tcp', rtpPort: null }, ports).length, 1, 'a call without audio here');
});

test('of a call its own messages and audio are kept, and nothing else', () => {
  const choice = new PacketChoice(call, ports);
  choice.listenTo([16386]);
  const keeps = (bytes: Uint8Array): boolean => choice.keeps(bytes, viewPacket(bytes, linkTypes.rawIp));
  assert.ok(keeps(ipv4('BYE sip:x SIP/2.0\r\nCall-ID: abc@pbx\r\n\r\n')));
  assert.not(keeps(ipv4('BYE sip:x SIP/2.0\r\nCall-ID: other@pbx\r\n\r\n')));
  assert.ok(keeps(ipv4('rtp', { from: 30_000, to: 16_386 })) && keeps(ipv4('rtcp', { from: 16_387, to: 30_001 })));
  assert.not(keeps(ipv4('rtp', { from: 30_000, to: 16_388 })), 'the port of another call');
  assert.ok(keeps(ipv4('rest', { fragment: 185 })), 'the rest of a long message');
});

const invite = (head: string): string => `INVITE sip:201@10.0.0.2 SIP/2.0\r\nCall-ID: abc@pbx\r\n${head}\r\nContent-Length: 0\r\n\r\n`;
const digest = 'Digest username="unit", realm="pbx", nonce="abc123", uri="sip:pbx", response="0123456789abcdef", cnonce="f00",\r\n qop=auth, nc=00000001';

test('what proves a password is masked in both heads, also when folded; length and checksum stay right', () => {
  for (const name of ['Authorization', 'Proxy-Authorization', 'AUTHORIZATION ']) {
    const bytes = ipv4(invite(`${name}: ${digest}`));
    const view = seen(bytes);
    new DataView(bytes.buffer).setUint16(26, checksum(bytes, view));
    assert.is(checksum(bytes, view), 0, 'a sum that is right makes zero');
    assert.ok(maskCredentials(bytes, view));
    const text = Buffer.from(bytes).toString('latin1');
    assert.match(text, 'username="unit", realm="pbx", nonce="xxxxxx", uri="sip:pbx", response="xxxxxxxxxxxxxxxx", cnonce="xxx"');
    assert.is(checksum(bytes, view), 0);
  }
});

test('what is no credential stays as it was', () => {
  const bytes = ipv4(invite('WWW-Authenticate: Digest realm="pbx", nonce="abc123"\r\nSubject: response="1"'));
  const before = Buffer.from(bytes);
  assert.not(maskCredentials(bytes, seen(bytes)));
  assert.equal(Buffer.from(bytes), before);
});

test('names sort by time and hold nothing that a path could be made of', () => {
  assert.is(captureName(Date.UTC(2026, 0, 5, 10, 0, 0, 7), 'peer ../../etc x'), '20260105-100000-peer-..-..-etc-x.pcap');
});

test('heads that lead beyond the end of a packet are not understood, whatever they say', () => {
  for (const next of [0, 43, 44, 60]) {
    for (const length of [40, 44, 47, 48, 56, 64]) {
      const packet = new Uint8Array(length);
      packet[0] = 0x60;
      packet[6] = next;
      assert.is(viewPacket(packet, linkTypes.rawIp), null, `${next}, ${length} bytes`);
    }
  }
});

test.run();
