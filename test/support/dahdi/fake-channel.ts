import type { DahdiChannel } from '../../../hal/drivers/dahdi/dahdi-device.ts';
import { errnos, flushWrite, requests } from '../../../hal/drivers/dahdi/dahdi-numbers.ts';
import { FakeHook } from './fake-hook.ts';

type Request = keyof typeof requests;

export interface Call {
  readonly request: Request;
  /** The first int of the argument. */
  readonly value: number;
  readonly bytes: Buffer;
}

const requestNames = new Map<number, Request>(Object.entries(requests).map(([name, number]) => [number, name as Request]));
const cardOnly: readonly Request[] = ['onHookTransfer', 'toneDetect', 'setPolarity', 'messageWaiting', 'messageWaitingConfig'];

/**
 * The kernel's side of a channel, as `dahdi-base.c` does it, as far as a driver can see it: events before data, buffers that are full or
 * empty, hook states with their times (`FakeHook`).
 */
export class FakeChannel extends FakeHook implements Omit<DahdiChannel, 'watch'> {
  readonly calls: Call[] = [];
  /** errno by request, instead of what it would do. */
  readonly refusals: Partial<Record<Request | 'read' | 'write', number>> = {};
  /** Card drivers that have them. */
  readonly has = new Set<Request>();
  law = 1;
  alarms = 0;
  gone = false;

  /** What the far end has heard. */
  get sent(): number[] {
    return this.buffers.sent;
  }

  set sent(codes: number[]) {
    this.buffers.sent = codes;
  }

  /** What the far end says next. */
  get said(): number[] {
    return this.buffers.said;
  }

  watched(ready: () => void): void {
    this.ready = ready;
    this.wake();
  }

  opened(): void {
    this.open = true;
    this.openedTimes++;
    this.buffers.clear();
    this.begin();
    this.#tick(this.openedTimes);
  }

  ioctl(number: number, argument: Uint8Array): number {
    const bytes = Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength);
    const request = requestNames.get(number);
    if (this.gone || !this.open) return errnos.ENODEV;
    if (request === undefined) return errnos.ENOTTY;
    if (request !== 'getEvent') this.calls.push({ request, value: bytes.readInt32LE(0), bytes: Buffer.from(bytes) });
    const refusal = this.refusals[request];
    if (refusal !== undefined) return refusal;
    if (cardOnly.includes(request) && !this.has.has(request)) return errnos.ENOTTY;
    return this.#do(request, bytes);
  }

  read(bytes: Uint8Array): number {
    const refused = this.#refused('read');
    if (refused !== 0) return refused;
    return this.buffers.read(bytes);
  }

  write(bytes: Uint8Array): number {
    this.dialling = false; // what is written ends a tone, and the digits with it
    const refused = this.#refused('write');
    if (refused !== 0) return refused;
    return this.buffers.write(bytes);
  }

  close(): void {
    this.open = false;
    this.ready = null;
    this.begin();
  }

  /** Samples that wait to be sent. */
  get queued(): number {
    return this.buffers.queued;
  }

  unplug(): void {
    this.gone = true;
    this.wake();
  }

  #refused(call: 'read' | 'write'): number {
    if (this.gone || !this.open) return -errnos.ENODEV;
    const refusal = this.refusals[call];
    if (refusal !== undefined) return -refusal;
    return this.buffers.eventWaits ? -errnos.ELAST : 0;
  }

  #do(request: Request, bytes: Buffer): number {
    switch (request) {
      case 'getEvent':
        return bytes.writeInt32LE(this.buffers.takeEvent()) * 0;
      case 'getParams':
        return this.#params(bytes);
      case 'setBufferInfo':
        this.buffers.set(bytes.readInt32LE(8), bytes.readInt32LE(12));
        return 0;
      case 'flush':
        if ((bytes.readInt32LE() & flushWrite) !== 0) this.buffers.flushWrite();
        return 0;
      case 'setCadence':
        this.cadence = Array.from({ length: 16 }, (_, at) => bytes.readInt32LE(at * 4)).filter((ms) => ms > 0);
        return 0;
      case 'dialing':
        return bytes.writeInt32LE(this.dialling ? 1 : 0) * 0;
      case 'dial':
        return this.zoneLoaded ? this.dial(bytes.subarray(4).toString('latin1').split('\0')[0] ?? '') : errnos.ENODATA;
      case 'hook':
        return this.hook(bytes.readInt32LE());
      default:
        return 0;
    }
  }

  #params(bytes: Buffer): number {
    bytes.writeInt32LE(this.sig, 12);
    bytes.writeInt32LE(this.farHook === 'on' ? 0 : 1, 20);
    bytes.writeInt32LE({ on: 0, off: 1, ring: 3 }[this.farHook], 36);
    bytes.writeInt32LE(this.law, 40);
    bytes.write('FAKE/0/1', 48, 'latin1');
    bytes.writeUInt32LE(this.alarms, 132);
    return 0;
  }

  /** 20 ms of the line. */
  #tick(opened: number): void {
    this.clock.after('fake line', 20, () => {
      if (!this.open || this.gone || opened !== this.openedTimes) return;
      this.pass();
      this.#tick(opened);
    });
  }

  /** 20 ms of the line, now. */
  pass(): void {
    this.buffers.pass();
    this.wake();
  }
}
