import type { Clock } from '../../../hal/clock.ts';
import { LinuxClock } from '../../../hal/drivers/linux/linux-clock.ts';
import type { SerialPort } from '../../../hal/serial.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { Exchange } from './exchange.ts';
import { FaultyWire } from './faulty-wire.ts';
import { Modem } from './modem.ts';
import { type ModemFaults, noFaults } from './modem-faults.ts';
import { type ModemProfile, type ModemProfileName, modemProfiles } from './modem-profile.ts';
import type { ModemWire } from './modem-wire.ts';
import { PtyWire } from './pty-wire.ts';
import { SerialWire } from './serial-wire.ts';
import { SocketWire } from './socket-wire.ts';

export interface ModemRequest {
  readonly profile?: ModemProfileName | ModemProfile;
  readonly clock?: Clock;
  /** Over `noFaults`; `modem.faults` may be changed later. */
  readonly faults?: Partial<ModemFaults>;
  /** Of lost bytes and garbage. */
  readonly seed?: number;
  /** How much the modem's crystal is fast. */
  readonly ppm?: number;
  /** The line stands still while the host sends too little, instead of an underrun. */
  readonly patient?: boolean;
}

export interface OpenedModem {
  readonly modem: Modem;
  readonly exchange: Exchange;
  readonly faults: ModemFaults;
  /** The plug is pulled, for good: the device is gone and the line free. Also the end of a test. */
  unplug(): void;
}

/** A modem on a pseudo-terminal, in real time: any program opens `device` as a serial port. */
export async function openModem(request: ModemRequest = {}): Promise<OpenedModem & { readonly device: string }> {
  const wire = await PtyWire.open();
  return { ...assemble(wire, request.clock ?? new LinuxClock(), request), device: wire.device };
}

/** A modem at the end of a serial port, such as one end of a `SimSerialCable`, in the time of `clock`. */
export function modemOn(port: SerialPort, clock: Clock, request: ModemRequest = {}): OpenedModem {
  return assemble(new SerialWire(port), clock, request);
}

/** A modem at a serial port of an emulated machine, which is the Unix socket `path`, in real time. Errors: nobody listens there. */
export async function modemAtSocket(path: string, request: ModemRequest = {}): Promise<OpenedModem> {
  return assemble(await SocketWire.open(path), request.clock ?? new LinuxClock(), request);
}

function assemble(wire: ModemWire, clock: Clock, { profile = 'v253', faults, seed = 1, ppm = 0, patient = false }: ModemRequest): OpenedModem {
  const wrong = { ...noFaults(), ...faults };
  const exchange = new Exchange(clock);
  const modem = new Modem(clock, new FaultyWire(wire, wrong, clock, new SimRandom(seed)), exchange, typeof profile === 'string' ? modemProfiles[profile] : profile, wrong, ppm);
  modem.voice.patient = patient;
  return { modem, exchange, faults: wrong, unplug: () => modem.close() };
}
