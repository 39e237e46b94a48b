/** Opens every port's pair of sockets at boot: RTP on an even port number, RTCP on the next (RFC 3550 section 11). */
import type { DatagramBatch } from '../../hal/datagram.ts';
import { HalError } from '../../hal/errors.ts';
import { ownPair } from './port-slots.ts';

const highestPort = 65_534;

/**
 * Resolves to the RTP port number of each port. A number that is taken is passed over, with its pair, for the next even one.
 * Errors: those of `DatagramBatch.open`; address-in-use when the numbers run out.
 */
export async function openPorts(batch: DatagramBatch, ports: number, address: string, firstPort: number): Promise<number[]> {
  const opened: number[] = [];
  let next = firstPort + (firstPort % 2);
  for (let port = 0; port < ports; port++) {
    while (!(await openPair(batch, port, address, next))) next += 2;
    opened.push(next);
    next += 2;
  }
  return opened;
}

/** False = one of the two is taken. */
async function openPair(batch: DatagramBatch, port: number, address: string, rtpPort: number): Promise<boolean> {
  if (rtpPort > highestPort) throw new HalError('address-in-use', address, 'no pair of free UDP ports is left for RTP');
  const { rtp, rtcp } = ownPair(port);
  if (!(await opens(batch, rtp, address, rtpPort))) return false;
  if (await opens(batch, rtcp, address, rtpPort + 1)) return true;
  batch.close(rtp);
  return false;
}

async function opens(batch: DatagramBatch, slot: number, address: string, port: number): Promise<boolean> {
  try {
    await batch.open(slot, { address, port });
    return true;
  } catch (error) {
    if (error instanceof HalError && error.id === 'address-in-use') return false;
    throw error;
  }
}
