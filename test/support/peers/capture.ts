// What goes over the loopback interface, as tshark reads it: a decoder that is not of our making.
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Program } from './program.ts';

const lifeMs = 60_000;
const startMs = 15_000;
/** From here on it is a complaint: "warning". Below are notes and chat, such as "this is an INVITE". */
const warning = 0x60_0000;
const names = ['frame.protocols', 'sip.Method', 'sip.Status-Code', 'rtp.timestamp', 'rtpevent.event_id', 'rtcp.pt', '_ws.malformed', '_ws.expert.severity', '_ws.expert.message'];

export interface Ports {
  readonly sip: number;
  readonly firstRtp: number;
  readonly lastRtp: number;
}

/** A frame as tshark understands it. */
export interface Frame {
  /** Outermost first: 'eth', 'ip', 'udp', 'sip', 'sdp' ... */
  readonly protocols: readonly string[];
  /** Method or status of a SIP message, '' = none. */
  readonly sip: string;
  readonly rtpTimestamp: string;
  /** RFC 4733 event; NaN = none. */
  readonly event: number;
  readonly rtcpTypes: readonly number[];
  /** What tshark finds wrong with it, '' = nothing. */
  readonly complaint: string;
}

function frameOf(line: string): Frame {
  const [protocols = '', method = '', status = '', rtpTimestamp = '', event = '', rtcp = '', malformed = '', severity = '', message = ''] = line.split('\t');
  const severe = severity.split(',').some((value) => Number(value) >= warning);
  return {
    protocols: protocols.split(':'),
    sip: method === '' ? status : method,
    rtpTimestamp,
    event: event === '' ? Number.NaN : Number(event),
    rtcpTypes: rtcp === '' ? [] : rtcp.split(',').map(Number),
    complaint: malformed !== '' || severe ? `${protocols} ${malformed} ${message}` : '',
  };
}

export class Capture {
  readonly #file: string;
  /** null: the file is somebody else's. */
  readonly #program: Program | null;
  readonly #ports: Ports;
  readonly #more: readonly string[];

  private constructor(file: string, program: Program | null, ports: Ports, more: readonly string[] = []) {
    this.#more = more;
    this.#file = file;
    this.#program = program;
    this.#ports = ports;
  }

  /** Takes down the unit's own ports, nothing else. Needs root. */
  static async start(ports: Ports): Promise<Capture> {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'capture-')), 'lo.pcapng');
    const filter = `port ${ports.sip} or udp portrange ${ports.firstRtp}-${ports.lastRtp}`;
    const program = new Program('tshark', ['-i', 'lo', '-f', filter, '-w', file], { limitMs: lifeMs });
    await program.until('its start', ({ stderr }) => /Capturing on/.test(stderr), startMs);
    return new Capture(file, program, ports);
  }

  /** A file that is there already, whose calls may have begun before it: RTP is known by its looks. */
  static of(file: string, ports: Ports): Capture {
    return new Capture(file, null, ports, ['--enable-heuristic', 'rtp_udp']);
  }

  /** Ends the capture; to be asked before any question. */
  async stop(): Promise<void> {
    this.#program?.signal('SIGINT');
    await this.#program?.ended;
  }

  /** Every frame, in order. tshark takes seconds to start, so that all is asked at once. */
  frames(): Frame[] {
    const out = this.#read('-T', 'fields', '-E', 'occurrence=a', ...names.flatMap((name) => ['-e', name]));
    return out.split('\n').filter((line) => line !== '').map(frameOf);
  }

  /** Packets and losses of each RTP stream, by tshark's count. */
  streams(): { packets: number; lost: number }[] {
    const table = this.#read('-q', '-z', 'rtp,streams');
    return [...table.matchAll(/0x[0-9a-f]{8}.*?\s(\d+)\s+(-?\d+) \(/gi)].map(([, packets, lost]) => ({ packets: Number(packets), lost: Number(lost) }));
  }

  #read(...words: string[]): string {
    const { status, stdout, stderr } = spawnSync('tshark', ['-r', this.#file, '-n', '-d', `udp.port==${this.#ports.sip},sip`, '-d', `tcp.port==${this.#ports.sip},sip`, ...this.#more, ...words], { encoding: 'utf8', timeout: lifeMs, maxBuffer: 64 * 1024 * 1024 });
    if (status !== 0) throw new Error(`tshark ${words.join(' ')}: ${stderr}`);
    return stdout;
  }
}
