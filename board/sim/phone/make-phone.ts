import type { TestPhone } from '../../../firmware/console/parts/test-phone.ts';
import type { Unit } from '../../../firmware/run.ts';
import { DgramBatch } from '../../../hal/drivers/linux/dgram-batch.ts';
import { speech } from './speech.ts';
import { SimPhone } from './test-phone.ts';

/** The test phone of the simulated board: it calls the unit through the loopback interface. */
export function makePhone(unit: Unit): TestPhone {
  const { clock, random, datagram, stream, net } = unit.parts;
  const loopback = unit.settings.sip.address.includes(':') ? '::1' : '127.0.0.1';
  const wildcard = ['0.0.0.0', '::'].includes(unit.settings.sip.address);
  return new SimPhone({
    clock, random, datagram, stream, net, speech,
    batch: () => new DgramBatch(),
    unit: () => ({ address: wildcard ? loopback : unit.settings.sip.address, port: unit.settings.sip.port }),
  });
}
