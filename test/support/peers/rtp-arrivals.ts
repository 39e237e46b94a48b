// When the RTP packets of a machine went over its network card, by the kernel's clock: tshark keeps them, and they are looked at here.
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NamespaceLan } from '../namespace-lan.ts';
import { Program } from './program.ts';

const lifeMs = 120_000;
const startMs = 15_000;
const samplesPerMs = 8;

interface Packet {
  readonly atMs: number;
  readonly sequence: number;
  readonly timestamp: number;
}

/** The G.711 packets from one place to another, in the order in which they came. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly packets: readonly Packet[];
}

export interface Seen {
  readonly flows: readonly Flow[];
  /** Bytes on the wire that another machine sent by TCP, and for how long, milliseconds. */
  readonly tcp: { readonly bytes: number; readonly ms: number };
}

export class Arrivals {
  readonly #file = path.join(mkdtempSync(path.join(tmpdir(), 'arrivals-')), 'packets.pcapng');
  readonly #program: Program;

  private constructor(lan: NamespaceLan, machine: string) {
    this.#program = new Program('ip', ['netns', 'exec', lan.namespace(machine), 'tshark', '-i', 'eth0', '-f', 'udp portrange 10000-65535 or tcp', '-w', this.#file], { limitMs: lifeMs });
  }

  static async start(lan: NamespaceLan, machine: string): Promise<Arrivals> {
    const arrivals = new Arrivals(lan, machine);
    await arrivals.#program.until('its start', ({ stderr }) => /Capturing on/.test(stderr), startMs);
    return arrivals;
  }

  /** Ends it. `tcpFrom`: whose TCP is counted. */
  async stop(tcpFrom: string): Promise<Seen> {
    this.#program.signal('SIGINT');
    await this.#program.ended;
    const words = ['frame.time_epoch', 'frame.len', 'ip.src', 'ip.dst', 'udp.srcport', 'udp.dstport', 'udp.payload'].flatMap((name) => ['-e', name]);
    const { status, stdout, stderr } = spawnSync('tshark', ['-r', this.#file, '-n', '-T', 'fields', ...words], { encoding: 'utf8', timeout: lifeMs, maxBuffer: 256 * 1024 * 1024 });
    if (status !== 0) throw new Error(`tshark: ${stderr}`);
    return seen(stdout.split('\n').map((line) => line.split('\t')), tcpFrom);
  }
}

function seen(lines: readonly (readonly string[])[], tcpFrom: string): Seen {
  const flows = new Map<string, { from: string; to: string; packets: Packet[] }>();
  const tcp: { atMs: number; bytes: number }[] = [];
  for (const [time = '', length = '', source = '', destination = '', sourcePort = '', destinationPort = '', payload = ''] of lines) {
    const atMs = Number(time) * 1000;
    if (sourcePort === '') {
      if (source === tcpFrom) tcp.push({ atMs, bytes: Number(length) });
      continue;
    }
    // Version 2, PCMU, 20 ms.
    if (payload.length !== 2 * (12 + 160) || !/^80[08]0/.test(payload)) continue;
    const [from, to] = [`${source}:${sourcePort}`, `${destination}:${destinationPort}`];
    const flow = flows.get(`${from} ${to}`) ?? { from, to, packets: [] };
    flow.packets.push({ atMs, sequence: parseInt(payload.slice(4, 8), 16), timestamp: parseInt(payload.slice(8, 16), 16) });
    flows.set(`${from} ${to}`, flow);
  }
  return { flows: [...flows.values()], tcp: { bytes: tcp.reduce((sum, { bytes }) => sum + bytes, 0), ms: (tcp.at(-1)?.atMs ?? 0) - (tcp[0]?.atMs ?? 0) } };
}

/** How much later than the promptest of them each packet came, by the timestamps that its sender gave, milliseconds. */
export function lateness({ packets }: Flow): number[] {
  const first = packets[0]?.timestamp ?? 0;
  const late = packets.map(({ atMs, timestamp }) => atMs - ((timestamp - first) | 0) / samplesPerMs);
  const least = Math.min(...late);
  return late.map((ms) => ms - least);
}

/** How long each packet was under way from where it was seen first. Those that did not come are left out. */
export function transit(before: Flow, after: Flow): number[] {
  const sentAt = new Map(before.packets.map(({ sequence, atMs }) => [sequence, atMs]));
  return after.packets.flatMap(({ sequence, atMs }) => (sentAt.has(sequence) ? [atMs - (sentAt.get(sequence) as number)] : []));
}

/** Packets that are missing between the first and the last. */
export function missing({ packets }: Flow): number {
  const numbers = new Set(packets.map(({ sequence }) => sequence));
  const span = (((packets.at(-1)?.sequence ?? 0) - (packets[0]?.sequence ?? 0)) & 0xffff) + 1;
  return span - numbers.size;
}
