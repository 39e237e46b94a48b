import type { OpenCapture, PacketCapture } from '../../hal/capture.ts';
import type { Clock, Timer } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Settings } from '../config/settings.ts';
import type { Log } from '../log.ts';
import { keptBackBytes } from '../mailbox/admission.ts';
import type { CallFacts } from '../sip/leg.ts';
import { CaptureFile } from './capture-file.ts';
import type { CaptureTarget } from './capture-target.ts';
import { captureFilter } from './capture-target.ts';
import type { KeptCapture } from './captures-folder.ts';
import { captureName, capturesFolder, keptCaptures, makeRoom } from './captures-folder.ts';
import { RunningCapture } from './running-capture.ts';

/** What a capture looks at of the unit. */
export interface CapturedCall {
  readonly id: string;
  readonly facts: CallFacts;
  /** null: it has no port. */
  readonly rtpPort: number | null;
}

export interface CaptureDeskParts {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly log: Log;
  readonly capture: PacketCapture;
  readonly settings: () => Settings;
  readonly calls: () => readonly CapturedCall[];
  readonly rtpPorts: () => readonly number[];
}

export interface CaptureWish {
  readonly target: { readonly kind: 'call' | 'peer'; readonly name: string } | { readonly kind: 'all' };
  readonly seconds: number;
  readonly bytes: number;
  /** Credentials stay readable. */
  readonly raw: boolean;
}

/** One capture, at work or over. */
export interface CaptureStatus {
  /** Below the data folder. */
  readonly file: string;
  readonly what: string;
  readonly elapsedMs: number;
  readonly packets: number;
  readonly bytes: number;
  /** Packets that the kernel or the disk was too busy for. */
  readonly lost: number;
  /** Why it ended; null = it works. */
  readonly end: string | null;
}

/** How often what came is written, and looked whether to end. */
const turnMs = 250;

/** Captures of packets into files, one at a time, for a technician. */
export class CaptureDesk {
  readonly #parts: CaptureDeskParts;
  #starting = false;
  /** Also while it ends. */
  #running: RunningCapture | null = null;
  /** Resolves when the one that was at work has its last packets, and its file is closed. */
  #ending: Promise<CaptureStatus> | null = null;
  #last: CaptureStatus | null = null;
  #turn: Timer | null = null;

  constructor(parts: CaptureDeskParts) {
    this.#parts = parts;
  }

  /** The one at work, else the last one; null = none since the start. */
  status(): CaptureStatus | null {
    return this.#running?.status() ?? this.#last;
  }

  /** Oldest first. Errors: HalError io. */
  files(): Promise<readonly KeptCapture[]> {
    return keptCaptures(this.#parts.storage);
  }

  /** Errors: HalError busy (one is at work, or ends), not-found (no such call or peer), no-space, read-only, io, and those of `PacketCapture.open`. */
  async start(wish: CaptureWish): Promise<CaptureStatus> {
    if (this.#ending !== null) throw new HalError('busy', 'capture', 'one is just ending; start it again in a second');
    if (this.#starting || this.#running !== null) throw new HalError('busy', 'capture', 'one is at work already; capture stop ends it');
    this.#starting = true;
    try {
      const running = await this.#open(wish, this.#target(wish));
      this.#running = running;
      this.#last = null;
      this.#wait();
      return running.status();
    } finally {
      this.#starting = false;
    }
  }

  /** The one that was at work, when its file is whole, whoever ended it first; null = there was none. Never rejects: what the disk refused is in `end`. */
  async stop(why = 'it was stopped'): Promise<CaptureStatus | null> {
    if (this.#running === null) return null;
    this.#turn?.cancel();
    return (this.#ending ??= this.#end(this.#running, why));
  }

  async #end(running: RunningCapture, why: string): Promise<CaptureStatus> {
    const last = await running.end(why);
    this.#last = last;
    this.#running = null;
    this.#ending = null;
    this.#parts.log.write('notice', 'capture-ended', `The capture ${last.file} ended: ${last.end}.`, { packets: last.packets, bytes: last.bytes, lost: last.lost });
    return last;
  }

  /** Errors: HalError not-found, busy (it is being written), read-only, io. */
  async remove(name: string): Promise<void> {
    const { storage } = this.#parts;
    if (this.#running?.status().file === `${capturesFolder}/${name}`) throw new HalError('busy', name, 'it is being written; capture stop ends it');
    await storage.remove(`${capturesFolder}/${name}`);
    await storage.syncDirectory(capturesFolder);
  }

  #target({ target }: CaptureWish): CaptureTarget {
    if (target.kind === 'all') return target;
    if (target.kind === 'peer') {
      const peer = this.#parts.settings().peers.find(({ name }) => name === target.name);
      if (peer === undefined) throw new HalError('not-found', target.name, 'there is no such peer');
      return { kind: 'peer', name: peer.name, addresses: peer.addresses };
    }
    const call = this.#parts.calls().find(({ id }) => id === target.name);
    if (call === undefined) throw new HalError('not-found', target.name, 'there is no such call any more');
    const { callId, remoteAddress, transport } = call.facts;
    if (transport === 'line') throw new HalError('unsupported', target.name, 'that call is on an analog line, so nothing of it is on the network; capture the call at the other end');
    return { kind: 'call', id: call.id, callId, remoteAddress, transport, rtpPort: call.rtpPort };
  }

  async #open(wish: CaptureWish, target: CaptureTarget): Promise<RunningCapture> {
    const { clock, log, settings, capture } = this.#parts;
    const what = target.kind === 'call' ? `call ${target.id}` : target.kind === 'peer' ? `peer ${target.name}` : 'all';
    const { sip, peers } = settings();
    const ports = { sip: sip.port, peerSip: peers.filter(({ host }) => host !== null).map(({ port }) => port), rtp: this.#parts.rtpPorts() };
    const began = clock.monotonic();
    const path = `${capturesFolder}/${captureName(clock.wall(), what)}`;
    const opened = await capture.open(captureFilter(target, ports));
    const file = await this.#create(path, opened, wish.bytes);
    log.write('notice', 'capture-started', `Packets of ${what} are captured into ${path}.`, { seconds: wish.seconds, bytes: wish.bytes });
    return new RunningCapture({ wish, target, ports, path, what, began, file, opened, now: () => clock.monotonic(), calls: this.#parts.calls });
  }

  async #create(path: string, opened: OpenCapture, bytes: number): Promise<CaptureFile> {
    try {
      await this.#roomFor(bytes);
      return await CaptureFile.create(this.#parts.storage, path, opened.linkType, bytes);
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  /** Messages come first: a capture never takes of the space that is kept back for them. */
  async #roomFor(bytes: number): Promise<void> {
    const { storage, settings } = this.#parts;
    await storage.makeDirectory(capturesFolder);
    await storage.syncDirectory('');
    // What is kept goes only for a capture that there will be room for.
    const { freeBytes } = await storage.space();
    const kept = (await keptCaptures(storage)).reduce((sum, one) => sum + one.bytes, 0);
    if (freeBytes + kept - bytes < keptBackBytes(settings().messages)) throw new HalError('no-space', 'capture', 'the disk has no room for it beside what is kept back for messages; ask for fewer megabytes');
    await makeRoom(storage, bytes, freeBytes - keptBackBytes(settings().messages));
  }

  #wait(): void {
    this.#turn = this.#parts.clock.after('capture', turnMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    const end = (await running.flush()) ?? (await this.#spaceEnd()) ?? running.why();
    if (this.#running !== running || this.#ending !== null) return;
    if (end === null) this.#wait();
    else await this.stop(end);
  }

  async #spaceEnd(): Promise<string | null> {
    const { storage, settings } = this.#parts;
    const space = await storage.space().catch(() => null);
    return space === null || space.freeBytes < keptBackBytes(settings().messages) ? 'the space that is kept back for messages was reached' : null;
  }
}
