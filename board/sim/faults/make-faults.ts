import type { FaultConsole } from '../../../firmware/console/parts/fault-console.ts';
import type { UnitParts } from '../../../firmware/unit-parts.ts';
import { FaultyClock } from './faulty-clock.ts';
import { FaultyDatagramNet } from './faulty-datagram.ts';
import { FaultyStorage } from './faulty-storage.ts';
import { stallOrders, Staller } from './stall.ts';

type Driven = Pick<UnitParts, 'clock' | 'storage' | 'datagram'>;

interface Fault {
  readonly name: string;
  readonly about: string;
  set(on: boolean): void;
}

const hourMs = 60 * 60_000;
const hogBytes = 512 * 1024 * 1024;

/** Puts drivers that can fail in front of the real ones, and gives the console their switches. */
export function makeFaults<Parts extends Driven>(parts: Parts): { parts: Parts; faults: FaultConsole } {
  const storage = new FaultyStorage(parts.storage);
  const datagram = new FaultyDatagramNet(parts.datagram);
  const clock = new FaultyClock(parts.clock);
  return { parts: { ...parts, storage, datagram, clock }, faults: switches([...driverFaults(storage, datagram, clock), ...machineFaults()]) };
}

function driverFaults(storage: FaultyStorage, datagram: FaultyDatagramNet, clock: FaultyClock): Fault[] {
  return [
    { name: 'store', about: 'the disk takes no writes', set: (on) => (storage.writesFail = on) },
    { name: 'store-hangs', about: 'the disk answers nothing', set: (on) => (storage.hangs = on) },
    { name: 'disk', about: 'the disk is full', set: (on) => (storage.full = on) },
    { name: 'sip', about: 'the SIP socket is deaf until it is opened anew', set: (on) => (datagram.deaf = on) },
    {
      name: 'sip-for-good',
      about: 'the SIP socket is deaf, and so is each new one',
      set: (on) => {
        datagram.deafForGood = on;
        datagram.deaf = on;
      },
    },
    { name: 'clock', about: 'the time of day is an hour fast', set: (on) => (clock.offsetMs = on ? hourMs : 0) },
  ];
}

function machineFaults(): Fault[] {
  const staller = new Staller();
  const order = stallOrders();
  let hog: Uint8Array | null = null;
  return [
    { name: 'memory', about: 'the process holds 512 MiB more', set: (on) => (hog = on ? (hog ?? new Uint8Array(hogBytes).fill(1)) : null) },
    { name: 'control-stalls', about: 'the control thread stands still for 3 s out of 4', set: (on) => (staller.on = on) },
    { name: 'media-stalls', about: 'the media thread stands still for 3 s out of 4', set: (on) => order(on ? 'stalls' : 'off') },
    { name: 'media-hangs', about: 'the media thread stands still, and for good', set: (on) => order(on ? 'hang' : 'off') },
  ];
}

function switches(faults: readonly Fault[]): FaultConsole {
  const on = new Set<string>();
  return {
    list: () => faults.map(({ name, about }) => ({ name, about, on: on.has(name) })),
    set(name, wanted) {
      faults.find((fault) => fault.name === name)?.set(wanted);
      if (wanted) on.add(name);
      else on.delete(name);
    },
  };
}
