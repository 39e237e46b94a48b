// What the board says in calls, taken down on the test's machine by dumpcap: the samples of its RTP in the order in which they came.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ulawDecode } from '../../../hal/g711.ts';
import { Program } from '../peers/program.ts';

const lifeMs = 300_000;
const startMs = 30_000;
/** File header of pcap, header of a packet in it; Ethernet, IPv4 without options, UDP, RTP without contributors. */
const [fileHeader, packetHeader, headers] = [24, 16, 14 + 20 + 8 + 12];
const rtpVersion = 2;
const pcmu = 0;

export class HeardAudio {
  readonly #file: string;
  readonly #program: Program;

  private constructor(file: string, program: Program) {
    this.#file = file;
    this.#program = program;
  }

  /** Of what `from` sends to the machine of the namespace by UDP. */
  static async start(namespace: string, from: string): Promise<HeardAudio> {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'heard-')), 'heard.pcap');
    const program = new Program('ip', ['netns', 'exec', namespace, 'dumpcap', '-i', 'eth0', '-P', '-f', `udp and src host ${from}`, '-w', file], { limitMs: lifeMs });
    await program.until('its start', ({ stderr }) => /Capturing on|File:/.test(stderr), startMs);
    return new HeardAudio(file, program);
  }

  /** Ends it; resolves to what was heard over PCMU. */
  async stop(): Promise<Float64Array> {
    this.#program.signal('SIGINT');
    await this.#program.ended;
    return Float64Array.from(Buffer.concat(payloads(readFileSync(this.#file))), (code) => ulawDecode[code] ?? 0);
  }
}

function payloads(file: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = fileHeader; at + packetHeader <= file.length; ) {
    const bytes = file.readUInt32LE(at + 8);
    const packet = file.subarray(at + packetHeader, at + packetHeader + bytes);
    const rtp = packet.subarray(headers - 12);
    if (packet.length > headers && (rtp[0] ?? 0) >> 6 === rtpVersion && ((rtp[1] ?? 0) & 0x7f) === pcmu) found.push(packet.subarray(headers));
    at += packetHeader + bytes;
  }
  return found;
}
