import { createSocket, type Socket } from 'node:dgram';
import type { PcapSession } from 'pcap';
import type { CaptureFilter, OpenCapture, PacketCapture } from '../../capture.ts';
import { linkTypes } from '../../capture.ts';
import { HalError } from '../../errors.ts';
import { bpfText } from './bpf-filter.ts';

const place = 'packet capture';
/** All interfaces at once. One that goes down takes nothing with it, whereas a capture of that one alone would hear nothing any more, without a word. */
const everywhere = 'any';
const loopback = '127.0.0.1';
/** Of the kernel's ring, which has a block for each 256 KiB: more than two seconds of 40 calls. */
const ringBytes = 4 * 1024 * 1024;
/** Largest packet there is: SIP that loopback carries whole. */
const snapBytes = 65_535;
/**
 * A packet waits for others so long before it is handed over. Then the kernel ends its block, however little is in it: the ring lasts for no more than
 * 16 times this, and a process that stands still for longer loses what comes next.
 */
const gatherMs = 150;
/** A capture that closes waits no longer for its last packets; they never come where there is no loopback interface. */
const drainMs = 3 * gatherMs;
const udpHeadBytes = 8;
/** Of the datagram that a closing capture is sent, at most: the heads of a cooked link, of IPv4 and of UDP. */
const wakeBytes = 16 + 20 + udpHeadBytes;
/** Captures that are over and could not be closed yet; each holds a ring. */
const mostLeaving = 4;
/** The end of a loop that was broken, as pcap_dispatch(3) tells it. */
const ended = -2;
const remedy = 'install the Debian package libpcap0.8, or libpcap-dev and a compiler before npm ci';

const kinds: Readonly<Record<string, number>> = { LINKTYPE_ETHERNET: linkTypes.ethernet, LINKTYPE_RAW: linkTypes.rawIp, LINKTYPE_LINUX_SLL: linkTypes.linuxCooked };

/** libpcap through the package `pcap`, all interfaces together. Main thread only: its addon loads once per process. */
export class PcapCapture implements PacketCapture {
  readonly #leaving = new Set<PcapOpenCapture>();

  async open(filter: CaptureFilter): Promise<OpenCapture> {
    if (this.#leaving.size >= mostLeaving) throw new HalError('busy', place, `${mostLeaving} earlier captures have not ended yet; is the loopback interface up?`);
    const pcap = await load();
    const waker = await openWaker();
    const session = openSession(pcap, filter, waker);
    const linkType = kinds[session.link_type];
    const capture = new PcapOpenCapture(session, linkType ?? 0, waker, this.#leaving);
    // The package reads once by itself in the next tick, and must not meet a capture that is over.
    await new Promise((resolve) => setImmediate(resolve));
    if (linkType !== undefined) return capture;
    await capture.close();
    throw new HalError('unsupported', place, `the machine gives packets as ${session.link_type}, which is not understood`);
  }
}

class PcapOpenCapture implements OpenCapture {
  readonly linkType: number;
  packet: OpenCapture['packet'] = null;
  failed: OpenCapture['failed'] = null;
  readonly #session: PcapSession;
  readonly #waker: Socket;
  readonly #wakerPort: number;
  readonly #leaving: Set<PcapOpenCapture>;
  #dropped = 0;
  #reading = false;
  /** `draining`: the last packets are awaited. */
  #state: 'open' | 'draining' | 'leaving' | 'closed' = 'open';
  #closing: Promise<void> | null = null;
  #drained: () => void = () => undefined;

  constructor(session: PcapSession, linkType: number, waker: Socket, leaving: Set<PcapOpenCapture>) {
    this.#session = session;
    this.linkType = linkType;
    this.#waker = waker;
    this.#wakerPort = waker.address().port;
    this.#leaving = leaving;
    session.on('packet', ({ buf, header }) => this.#packet(buf, header));
    session.session.read_callback = () => this.#read();
  }

  dropped(): number {
    if (this.#state === 'open' || this.#state === 'draining') this.#dropped = this.#session.stats().ps_drop;
    return this.#dropped;
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#state === 'open' ? this.#drain() : Promise.resolve());
  }

  /** Packets come in the order in which the kernel saw them: one that is sent now is the last. */
  #drain(): Promise<void> {
    this.#state = 'draining';
    this.failed = null;
    this.#leaving.add(this);
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        this.#read(); // what came while this process stood still
        this.#leave();
      }, drainMs);
      this.#drained = () => {
        clearTimeout(late);
        resolve();
      };
      if (!this.#reading) this.#read(); // a full ring would not take it
      this.#wake();
    });
  }

  #leave(): void {
    if (this.#state !== 'open' && this.#state !== 'draining') return;
    this.#dropped = this.dropped();
    this.packet = null;
    this.failed = null;
    this.#state = 'leaving';
    this.#leaving.add(this);
    this.#session.close();
    // The package lets go of a capture only when the next packet comes: so one is sent.
    this.#wake();
    this.#drained();
  }

  #wake(): void {
    this.#waker.send('', this.#wakerPort, loopback, () => undefined);
  }

  #read(): void {
    if (this.#state === 'closed') return;
    this.#reading = true;
    const result = this.#session.session.dispatch(this.#session.buf, this.#session.header);
    this.#reading = false;
    if (result === ended) return this.#over();
    if (result >= 0 || this.#state === 'leaving') return;
    const failed = this.failed;
    this.#leave();
    queueMicrotask(() => failed?.(new HalError('io', place, 'the kernel gives no more packets')));
  }

  /** The addon has closed it. Its part of the loop must not be freed by the garbage collector, since the package does not take it out. */
  #over(): void {
    this.#state = 'closed';
    this.#session.session.read_callback = undefined;
    retired.push(this.#session.session);
    this.#leaving.delete(this);
    this.#waker.close();
  }

  #packet(buffer: Buffer, header: Buffer): void {
    if (this.#state !== 'open' && this.#state !== 'draining') return;
    const [seconds, micro, here, length] = [header.readUInt32LE(0), header.readUInt32LE(4), header.readUInt32LE(8), header.readUInt32LE(12)];
    if (this.#wokenBy(buffer, here)) return this.#state === 'draining' ? this.#leave() : undefined;
    this.packet?.({ seconds, nanoseconds: micro * 1000, bytes: buffer.subarray(0, Math.min(here, buffer.length)), length });
  }

  /** It is an empty datagram from the waker to itself: a UDP head behind the shortest other heads, and nothing behind it. */
  #wokenBy(packet: Buffer, bytes: number): boolean {
    if (bytes < udpHeadBytes || bytes > wakeBytes) return false;
    const udp = bytes - udpHeadBytes;
    return packet.readUInt16BE(udp) === this.#wakerPort && packet.readUInt16BE(udp + 2) === this.#wakerPort && packet.readUInt16BE(udp + 4) === udpHeadBytes;
  }
}

/** A few hundred bytes for each capture since the start. */
const retired: unknown[] = [];

/** The waker is closed where it fails. */
function openSession(pcap: Package, filter: CaptureFilter, waker: Socket): PcapSession {
  const { port } = waker.address();
  try {
    pcap.warningHandler = () => undefined;
    return pcap.createSession(everywhere, { filter: `${bpfText(filter)} or (udp port ${port} and host ${loopback})`, buffer_size: ringBytes, snap_length: snapBytes, buffer_timeout: gatherMs, promiscuous: false });
  } catch (error) {
    waker.close();
    throw pcapError(error);
  }
}

type Package = (typeof import('pcap'))['default'];

async function load(): Promise<Package> {
  return import('pcap').then(
    (module) => module.default,
    (cause: unknown) => Promise.reject(new HalError('unsupported', place, `${cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause)}; ${remedy}`, cause)),
  );
}

/** Errors: HalError io, where there is no loopback interface. */
function openWaker(): Promise<Socket> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', (cause) => {
      socket.close();
      reject(new HalError('io', place, cause.message, cause));
    });
    socket.bind(0, loopback, () => {
      socket.removeAllListeners('error');
      socket.on('error', () => undefined);
      socket.unref();
      resolve(socket);
    });
  });
}

/** libpcap gives sentences without codes. */
function pcapError(cause: unknown): HalError {
  if (cause instanceof HalError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  if (/not permitted|permission|CAP_NET_RAW/i.test(text)) return new HalError('permission-denied', place, 'the unit may not see packets: it needs CAP_NET_RAW, as understudy.service gives it, or root', cause);
  return new HalError(/too many open/i.test(text) ? 'too-many-open' : 'io', place, text, cause);
}
