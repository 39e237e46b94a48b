import type { Clock } from '../../clock.ts';
import { HalError } from '../../errors.ts';
import { type Line, type LineCapabilities, type LineDriver, lineFrameSamples, type LineKind, type LineRequest } from '../../line.ts';
import { fromErrno } from '../linux/errno.ts';
import { kernelBuffers } from './dahdi-audio.ts';
import type { DahdiChannel, DahdiDevices } from './dahdi-device.ts';
import { DahdiLine } from './dahdi-line.ts';
import { bufferInfo, type ChannelParams, emptyParams, intArgument, readParams, withFlash } from './dahdi-message.ts';
import { errnos, neonLamp, requests, signalling, toneDetectOn } from './dahdi-numbers.ts';
import { dahdiOptions, type DahdiOptions } from './dahdi-options.ts';
import { dahdiPlace } from './dahdi-place.ts';
import { phoneMachine } from './phone-machine.ts';
import { trunkMachine } from './trunk-machine.ts';

const wanted: Readonly<Record<LineKind, readonly number[]>> = {
  trunk: [signalling.fxsKewlStart, signalling.fxsLoopStart],
  phone: [signalling.fxoKewlStart, signalling.fxoLoopStart],
};
const names: Readonly<Record<number, string>> = { [signalling.fxsKewlStart]: 'fxsks', [signalling.fxsLoopStart]: 'fxsls', [signalling.fxoKewlStart]: 'fxoks', [signalling.fxoLoopStart]: 'fxols' };

const remedies: Partial<Record<HalError['id'], string>> = {
  'not-found': 'is the dahdi module loaded? `lsmod | grep dahdi`',
  busy: 'another program has this channel: `fuser -v /dev/dahdi/channel /dev/dahdi/chan/*/*`',
  'permission-denied': 'the unit runs as a user that may not use /dev/dahdi: put it into the group dahdi',
};

/** Cards with a DAHDI kernel driver: analog cards, Astribank. */
export class DahdiDriver implements LineDriver {
  readonly name = 'dahdi';
  readonly #clock: Clock;
  readonly #devices: DahdiDevices;

  constructor(clock: Clock, devices: DahdiDevices) {
    this.#clock = clock;
    this.#devices = devices;
  }

  async open(request: LineRequest): Promise<Line> {
    const options = dahdiOptions(request);
    const { path, channel } = dahdiPlace(request.place);
    let line: Line & { ready(): void } | null = null;
    const device = await this.#devices.open(path, () => line?.ready()).catch((error: unknown) => Promise.reject(withRemedy(request.place, error)));
    try {
      if (channel !== null) specify(device, request.place, channel);
      line = this.#set(device, request, options);
      device.watch();
      return line;
    } catch (error) {
      device.close();
      throw error;
    }
  }

  #set(device: DahdiChannel, { place, kind }: LineRequest, options: DahdiOptions): DahdiLine<never> {
    const params = paramsOf(device, place);
    const info = readParams(params);
    checkSignalling(place, kind, info);
    ask(device, place, 'DAHDI_SET_BUFINFO', requests.setBufferInfo, bufferInfo(kernelBuffers, lineFrameSamples));
    device.ioctl(requests.bufferEvents, intArgument(1)); // older kernels lack it: losses are then counted from what was read
    if (options.flashMs !== null) ask(device, place, 'DAHDI_SET_PARAMS', requests.setParams, withFlash(params, kind === 'trunk' ? 'ours' : 'theirs', options.flashMs));
    const capabilities = capabilitiesOf(device, kind, info, options);
    const line = kind === 'trunk' ? new DahdiLine(place, device, this.#clock, trunkMachine(options), capabilities) : new DahdiLine(place, device, this.#clock, phoneMachine, capabilities);
    line.foundSo([...(info.alarms === 0 ? [] : [{ name: 'alarm' } as const]), ...(kind === 'phone' && info.farOffHook ? [{ name: 'ring-off-hook' } as const] : [])]);
    return line as DahdiLine<never>;
  }
}

function specify(device: DahdiChannel, place: string, channel: number): void {
  const errno = device.ioctl(requests.specify, intArgument(channel));
  if (errno === 0) return;
  if (errno === errnos.EINVAL) throw new HalError('not-found', place, `there is no channel ${channel}: see the channels in /proc/dahdi`);
  if (errno === errnos.ENXIO) throw notConfigured(place);
  throw withRemedy(place, fromErrno(place, 'DAHDI_SPECIFY', errno));
}

/** The channel's own device says so by the first call. */
function paramsOf(device: DahdiChannel, place: string): Buffer {
  const params = emptyParams();
  ask(device, place, 'DAHDI_GET_PARAMS', requests.getParams, params);
  return params;
}

function ask(device: DahdiChannel, place: string, call: string, request: number, argument: Buffer): void {
  const errno = device.ioctl(request, argument);
  if (errno !== 0) throw withRemedy(place, fromErrno(place, call, errno));
}

function checkSignalling(place: string, kind: LineKind, { signalling: found, name }: ChannelParams): void {
  if (found === 0) throw notConfigured(place);
  if (wanted[kind].includes(found)) return;
  const is = names[found] ?? `signalling 0x${found.toString(16)}`;
  throw new HalError('unsupported', place, `the port ${name} is set up as ${is}; a ${kind} port is ${kind === 'trunk' ? 'fxsks' : 'fxoks'} in /etc/dahdi/system.conf, and a module of that kind on the card`);
}

function notConfigured(place: string): HalError {
  return new HalError('unsupported', place, 'the channel has no signalling: name it in /etc/dahdi/system.conf (fxsks for a trunk, fxoks for a phone) and run dahdi_cfg');
}

/** What the card can is found by asking it for it. */
function capabilitiesOf(device: DahdiChannel, kind: LineKind, { law, signalling: found }: ChannelParams, options: DahdiOptions): LineCapabilities {
  const can = (request: number, value: number): boolean => device.ioctl(request, intArgument(value)) === 0;
  const cancelsEcho = can(requests.echoCancel, 128);
  if (cancelsEcho) can(requests.echoCancel, 0);
  const digits = options.digits !== 'audio' && can(requests.toneDetect, toneDetectOn) ? 'device' : 'audio';
  const common = { kind, law, duplex: 'full', callerId: 'audio', digits, tones: 'audio', onHookAudio: true, cancelsEcho, latencyMs: 40 } as const;
  if (kind === 'phone') {
    const neon = options.lamp === null || options.lamp === 'neon' ? can(requests.messageWaitingConfig, neonLamp) : false;
    return { ...common, disconnect: [], flash: true, pulse: true, lamp: neon ? 'neon' : options.lamp === 'none' ? 'none' : 'fsk' };
  }
  const loop = found === signalling.fxsKewlStart ? (['loop'] as const) : [];
  const polarity = options.reversal === 'ignored' ? [] : (['polarity'] as const);
  return { ...common, disconnect: [...loop, ...polarity, 'battery'], flash: true, pulse: true, lamp: 'none' };
}

function withRemedy(place: string, error: unknown): unknown {
  if (!(error instanceof HalError)) return error;
  const remedy = remedies[error.id];
  return remedy === undefined ? error : new HalError(error.id, place, `${error.message}: ${remedy}`, error);
}
