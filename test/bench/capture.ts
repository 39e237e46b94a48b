import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Program } from '../support/peers/program.ts';

/** What dumpcap saw on the loopback interface: how evenly the unit sends, and how soon it answers. */
export interface Captured {
  /** Milliseconds between packets of one stream of the unit, sorted. */
  readonly gapsMs: readonly number[];
  /** Of the unit's streams: sequence numbers that never came. */
  readonly lost: number;
  readonly packets: number;
  /** From INVITE to 200, milliseconds, sorted. */
  readonly setupMs: readonly number[];
  /** The same of the last fifth of the calls, when nearly all the others were up. */
  readonly lateSetupMs: readonly number[];
}

/** In memory where that can be: what is captured must not count as written to the unit's disk, nor keep it busy. */
const inMemory = '/dev/shm';

const globalHeader = 24;
const recordHeader = 16;
const ethernet = 14;
const rtpHeader = 12;

/** What of the unit is captured: each captured packet costs the unit's own thread that sends it a fifth more. */
export type CapturedPackets = 'signalling' | 'audio' | 'all';

export class Capture {
  readonly #folder = mkdtempSync(path.join(existsSync(inMemory) ? inMemory : tmpdir(), 'capture-'));
  readonly #file = path.join(this.#folder, 'all.pcap');
  readonly #program: Program;
  readonly #sipPort: number;
  readonly #rtp: { readonly first: number; readonly ports: number };

  private constructor(sipPort: number, rtp: { first: number; ports: number }, what: CapturedPackets) {
    this.#sipPort = sipPort;
    this.#rtp = rtp;
    const parts = { signalling: `port ${sipPort}`, audio: `src portrange ${rtp.first}-${rtp.first + 2 * rtp.ports - 1}` };
    const filter = `udp and (${what === 'all' ? `${parts.signalling} or ${parts.audio}` : parts[what]})`;
    this.#program = new Program('dumpcap', ['-q', '-P', '-i', 'lo', '-s', '700', '-B', '64', '-f', filter, '-w', this.#file], { limitMs: 300_000 });
  }

  static async start(sipPort: number, rtp: { first: number; ports: number }, what: CapturedPackets): Promise<Capture> {
    const capture = new Capture(sipPort, rtp, what);
    await capture.#program.until('the capture', ({ stderr }) => stderr.includes('File:') || stderr.includes('Capturing'), 10_000);
    return capture;
  }

  /** `fromMs`, `untilMs`: wall time of the window that gaps count in. */
  async stop(fromMs: number, untilMs: number): Promise<Captured> {
    await this.#program.stop();
    const bytes = readFileSync(this.#file);
    await this.close();
    return read(bytes, this.#sipPort, this.#rtp, fromMs, untilMs);
  }

  /** What nobody looks at any more must not go on to fill the memory. */
  async close(): Promise<void> {
    await this.#program.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function read(bytes: Buffer, sipPort: number, rtp: { first: number; ports: number }, fromMs: number, untilMs: number): Captured {
  const streams = new Map<number, { atMs: number; sequence: number }>();
  const invites = new Map<string, number>();
  const gapsMs: number[] = [];
  const setupMs: number[] = [];
  let lost = 0;
  let packets = 0;
  for (let at = globalHeader; at + recordHeader <= bytes.length; ) {
    const atMs = bytes.readUInt32LE(at) * 1000 + bytes.readUInt32LE(at + 4) / 1000;
    const length = bytes.readUInt32LE(at + 8);
    const ip = at + recordHeader + ethernet;
    const udp = ip + ((bytes[ip] ?? 0) & 0x0f) * 4;
    const end = at + recordHeader + length;
    const [source, target] = [bytes.readUInt16BE(udp), bytes.readUInt16BE(udp + 2)];
    const payload = udp + 8;
    at = end;
    if (source === sipPort || target === sipPort) signalling(bytes.toString('latin1', payload, Math.min(end, payload + 640)), atMs, source === sipPort);
    else if (source >= rtp.first && source % 2 === rtp.first % 2 && end - payload >= rtpHeader) audio(bytes.readUInt32BE(payload + 8), bytes.readUInt16BE(payload + 2), atMs);
  }
  const sorted = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b);
  return { gapsMs: sorted(gapsMs), lost, packets, setupMs: sorted(setupMs), lateSetupMs: sorted(setupMs.slice(Math.floor(setupMs.length * 0.8))) };

  function signalling(text: string, atMs: number, fromUnit: boolean): void {
    const call = /^(?:Call-ID|i)\s*:\s*(\S+)/im.exec(text)?.[1] ?? '';
    if (!fromUnit && text.startsWith('INVITE ') && !invites.has(call)) invites.set(call, atMs);
    else if (fromUnit && text.startsWith('SIP/2.0 200') && /^CSeq\s*:\s*\d+ INVITE/im.test(text) && invites.has(call)) {
      setupMs.push(atMs - (invites.get(call) as number));
      invites.delete(call);
    }
  }

  function audio(ssrc: number, sequence: number, atMs: number): void {
    const last = streams.get(ssrc);
    streams.set(ssrc, { atMs, sequence });
    if (last === undefined || atMs < fromMs || atMs > untilMs) return;
    packets += 1;
    gapsMs.push(atMs - last.atMs);
    lost += ((sequence - last.sequence + 65_536) % 65_536) - 1;
  }
}
