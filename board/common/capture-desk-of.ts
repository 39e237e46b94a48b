import type { CapturedCall } from '../../firmware/capture/capture-desk.ts';
import { CaptureDesk } from '../../firmware/capture/capture-desk.ts';
import type { Unit } from '../../firmware/run.ts';
import { PcapCapture } from '../../hal/drivers/pcap/pcap-capture.ts';

/** Captures of a unit's packets; that the machine cannot is told when one is asked for. */
export function captureDesk(unit: Unit): CaptureDesk {
  const { clock, storage, log } = unit.parts;
  const calls = (): CapturedCall[] => [...unit.calls.withPlaced()].map(({ id, leg: { facts }, port }) => ({ id, facts, rtpPort: port === null ? null : (unit.rtpPorts[port.index] ?? null) }));
  return new CaptureDesk({ clock, storage, log, capture: new PcapCapture(), settings: () => unit.settings, calls, rtpPorts: () => unit.rtpPorts });
}
