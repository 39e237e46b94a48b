import type { CapturedPacket, OpenCapture } from '../../hal/capture.ts';
import type { MonotonicMs } from '../../hal/clock.ts';
import type { HalError } from '../../hal/errors.ts';
import type { CapturedCall, CaptureStatus, CaptureWish } from './capture-desk.ts';
import type { CaptureFile } from './capture-file.ts';
import type { CapturePorts, CaptureTarget } from './capture-target.ts';
import { PacketChoice } from './capture-target.ts';
import { maskCredentials } from './mask-credentials.ts';
import { viewPacket } from './packet-view.ts';

/** So long after its call a capture goes on, for the last answers: four times the T1 of RFC 3261. */
const afterCallMs = 2000;

export interface RunningCaptureParts {
  readonly wish: CaptureWish;
  readonly target: CaptureTarget;
  readonly ports: CapturePorts;
  readonly path: string;
  /** 'call 7', 'peer pbx', 'all'. */
  readonly what: string;
  readonly began: MonotonicMs;
  readonly file: CaptureFile;
  readonly opened: OpenCapture;
  readonly now: () => MonotonicMs;
  readonly calls: () => readonly CapturedCall[];
}

/** The longest heads before what a fragment carries: a VLAN's, and IPv6 with its fragment head. */
const headsBytes = 66;

/** A capture at work: chooses packets, masks them, and knows when it is over. */
export class RunningCapture {
  readonly #parts: RunningCaptureParts;
  readonly #choice: PacketChoice;
  #failure: string | null = null;
  #callGoneAt: MonotonicMs | null = null;
  #endedAt: MonotonicMs | null = null;
  #end: string | null = null;

  constructor(parts: RunningCaptureParts) {
    this.#parts = parts;
    this.#choice = new PacketChoice(parts.target, parts.ports);
    this.#listen();
    parts.opened.packet = (packet) => this.#packet(packet);
    parts.opened.failed = (error: HalError) => (this.#failure = error.message);
  }

  status(): CaptureStatus {
    const { path, what, file, opened, began, now } = this.#parts;
    return { file: path, what, elapsedMs: (this.#endedAt ?? now()) - began, packets: file.packets, bytes: file.bytes, lost: file.lost + opened.dropped(), end: this.#end };
  }

  /** What came so far is durable when resolved; else why the capture must end. Never rejects. */
  async flush(): Promise<string | null> {
    this.#listen();
    return this.#parts.file.flush().then(() => null, (error: unknown) => String(error));
  }

  /** Why it is over, as a sentence without its full stop; null = it goes on. */
  why(): string | null {
    const { wish, target, file, began, now, calls } = this.#parts;
    if (this.#failure !== null) return this.#failure;
    if (file.full) return `it has reached ${wish.bytes} bytes`;
    if (now() - began >= wish.seconds * 1000) return `it has lasted ${wish.seconds} s`;
    if (target.kind !== 'call' || calls().some(({ id }) => id === target.id)) return null;
    this.#callGoneAt ??= now();
    return now() - this.#callGoneAt >= afterCallMs ? 'its call is over' : null;
  }

  async end(why: string): Promise<CaptureStatus> {
    const { opened, file, now } = this.#parts;
    await opened.close();
    this.#endedAt = now();
    const refused = await file.close().then(() => null, (error: unknown) => String(error));
    this.#end = refused === null || refused === why ? why : `${why}; its end is lost: ${refused}`;
    return this.status();
  }

  /** Whose audio is wanted changes with the calls of a peer. */
  #listen(): void {
    const { target, ports, calls } = this.#parts;
    if (target.kind === 'all') return this.#choice.listenTo(ports.rtp);
    if (target.kind === 'call') return this.#choice.listenTo(target.rtpPort === null ? [] : [target.rtpPort]);
    this.#choice.listenTo(calls().flatMap(({ facts, rtpPort }) => (facts.peer === target.name && rtpPort !== null ? [rtpPort] : [])));
  }

  #packet(packet: CapturedPacket): void {
    const { opened, file, wish } = this.#parts;
    const view = viewPacket(packet.bytes, opened.linkType);
    if (!this.#choice.keeps(packet.bytes, view)) return;
    const kept = file.add(packet);
    if (kept === null || wish.raw) return;
    // What follows the first fragment cannot be read, and may be the rest of a digest.
    if (view === null) kept.fill(0, Math.min(kept.length, headsBytes));
    else if (this.#choice.isSip(view)) maskCredentials(kept, view);
  }
}
