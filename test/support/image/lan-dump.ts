// What goes over the network card of the emulated board in one life, as the emulator writes it down (pcap), and the audio in it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ulawDecode } from '../../../hal/g711.ts';
import type { EmulatedBoard } from './emulated-board.ts';

const name = 'lan.pcap';
/** Words for QEMU, as `more` of a board on a LAN. */
export const dumpWords = ['-object', `filter-dump,id=dump,netdev=lan,file=@folder@/${name},maxlen=400`];

const [fileHeaderBytes, recordHeaderBytes] = [24, 16];
const [ethernetBytes, udpBytes, rtpBytes] = [14, 8, 12];
/** RTP version 2 without more, and the payload type of PCMU. */
const [plainRtp, pcmu] = [0x80, 0];
const udp = 17;

/** Samples of PCMU that the machine `from` has sent since the power was switched on, or since `place`, in the order in which it numbered the packets: of one call. */
export function soundFrom(board: EmulatedBoard, from: string, place = 0): Float64Array {
  const packets = [...frames(readFileSync(path.join(board.folder, name)), place)].flatMap((frame) => audioOf(frame, from));
  const first = packets[0]?.sequence ?? 0;
  const inOrder = packets.map(({ sequence, codes }) => ({ at: ((sequence - first) << 16) >> 16, codes })).sort((one, other) => one.at - other.at);
  return Float64Array.from(Buffer.concat(inOrder.map(({ codes }) => codes)), (code) => ulawDecode[code] ?? 0);
}

/** Where the next packet will be written. */
export const dumpEnd = (board: EmulatedBoard): number => readFileSync(path.join(board.folder, name)).length;

/** A packet that is being written is left out. */
function* frames(file: Buffer, place: number): Generator<Buffer> {
  for (let at = Math.max(place, fileHeaderBytes); at + recordHeaderBytes <= file.length; ) {
    const bytes = file.readUInt32LE(at + 8);
    at += recordHeaderBytes;
    if (at + bytes <= file.length) yield file.subarray(at, at + bytes);
    at += bytes;
  }
}

/** Emulators before 8.0 write what the card is told before each frame, 10 or 12 bytes. */
const leads = [0, 10, 12];
const isIpv4 = (frame: Buffer, lead: number): boolean => frame.length >= lead + ethernetBytes + 20 && frame.readUInt16BE(lead + 12) === 0x0800 && frame[lead + ethernetBytes] === 0x45;

function audioOf(frame: Buffer, from: string): { readonly sequence: number; readonly codes: Buffer }[] {
  const lead = leads.find((bytes) => isIpv4(frame, bytes));
  if (lead === undefined) return [];
  const packet = frame.subarray(lead + ethernetBytes);
  if (packet[9] !== udp || packet.subarray(12, 16).join('.') !== from) return [];
  const rtp = packet.subarray(20 + udpBytes, packet.readUInt16BE(2));
  if (rtp.length <= rtpBytes || rtp[0] !== plainRtp || ((rtp[1] ?? 0) & 0x7f) !== pcmu) return [];
  return [{ sequence: rtp.readUInt16BE(2), codes: rtp.subarray(rtpBytes) }];
}
