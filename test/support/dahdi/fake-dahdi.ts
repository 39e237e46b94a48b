import { type DahdiChannel, type DahdiDevices } from '../../../hal/drivers/dahdi/dahdi-device.ts';
import { DahdiDriver } from '../../../hal/drivers/dahdi/dahdi-driver.ts';
import { errnos, requests, signalling } from '../../../hal/drivers/dahdi/dahdi-numbers.ts';
import { HalError, type HalErrorId } from '../../../hal/errors.ts';
import type { LineEvent, LineKind, LineRequest } from '../../../hal/line.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { FakeChannel } from './fake-channel.ts';

/** /dev/dahdi of a machine with a few ports: each is a `FakeChannel`. */
export class FakeDahdi implements DahdiDevices {
  readonly clock = new SimClock();
  readonly driver = new DahdiDriver(this.clock, this);
  /** What opening /dev/dahdi/channel gives. */
  openFails: HalErrorId | null = null;
  readonly #channels = new Map<number, FakeChannel>();

  port(number: number, sig: number = signalling.fxsKewlStart): FakeChannel {
    const channel = new FakeChannel(this.clock, sig);
    this.#channels.set(number, channel);
    return channel;
  }

  async open(path: string, ready: () => void): Promise<DahdiChannel> {
    if (this.openFails !== null) throw new HalError(this.openFails, path, 'as the test says');
    const own = /(\d+)$/.exec(path);
    const device = new FakeDevice(this.#channels, ready);
    const errno = own === null ? 0 : device.specify(Number(own[1]));
    if (errno !== 0) throw new HalError(errno === errnos.EBUSY ? 'busy' : 'not-found', path, `errno ${errno}`);
    return device;
  }
}

/** An open descriptor, of the common device until a channel is named to it. */
class FakeDevice implements DahdiChannel {
  readonly #channels: ReadonlyMap<number, FakeChannel>;
  readonly #ready: () => void;
  #channel: FakeChannel | null = null;

  constructor(channels: ReadonlyMap<number, FakeChannel>, ready: () => void) {
    this.#channels = channels;
    this.#ready = ready;
  }

  specify(number: number): number {
    const channel = this.#channels.get(number);
    const refusal = channel?.refusals.specify;
    if (channel === undefined) return errnos.EINVAL;
    if (refusal !== undefined) return refusal;
    if (channel.gone) return errnos.ENXIO;
    if (channel.open) return errnos.EBUSY;
    this.#channel = channel;
    channel.opened();
    return 0;
  }

  ioctl(request: number, argument: Uint8Array): number {
    if (this.#channel !== null) return this.#channel.ioctl(request, argument);
    return request === requests.specify ? this.specify(Buffer.from(argument).readInt32LE()) : errnos.ENOSYS;
  }

  read(bytes: Uint8Array): number {
    return this.#channel?.read(bytes) ?? -errnos.EINVAL;
  }

  write(bytes: Uint8Array): number {
    return this.#channel?.write(bytes) ?? -errnos.EINVAL;
  }

  /** The kernel refuses it, or never calls, before a channel is named. */
  watch(): void {
    if (this.#channel === null) throw new Error('watched before it was a channel');
    this.#channel.watched(this.#ready);
  }

  close(): void {
    this.#channel?.close();
  }
}

export const dahdiRequest = (kind: LineKind, options: Readonly<Record<string, string>> = {}, place = '5'): LineRequest => ({ name: `${kind}-1`, kind, place, zone: 'us', options });

/** An open line on channel 5, with what it told and heard. */
export async function openLine(fake: FakeDahdi, kind: LineKind, options: Readonly<Record<string, string>> = {}) {
  const line = await fake.driver.open(dahdiRequest(kind, options));
  const told: LineEvent[] = [];
  const losses: HalError[] = [];
  const frames: { readonly codes: number[]; readonly sample: number }[] = [];
  line.happened = (event) => void told.push(event);
  line.lost = (error) => void losses.push(error);
  line.audio.heard = (frame, sample) => void frames.push({ codes: [...frame], sample });
  return { line, told, losses, frames, types: (): string[] => told.map(({ type }) => type) };
}
