import type { Log } from '../log.ts';
import type { MediaCommand } from './media-protocol.ts';
import type { PortSession } from './port-session.ts';

/** Two sessions that run hear each other from now on, and nobody else. A session that is gone is the other's silence, and the end of its own is on its way to control. */
export function joinPorts(ports: readonly PortSession[], { port, session, with: other }: Extract<MediaCommand, { type: 'join' }>, log: Log): void {
  const [one, two] = [ports[port], ports[other.port]];
  if (one === undefined || two === undefined || one === two) return log.write('error', 'no-such-media-port', 'Two ports are to be joined, and one of them does not exist.', { port, other: other.port });
  if (session < 0 || one.session !== session || two.session !== other.session) return;
  const why = unjoinable(one) ?? unjoinable(two);
  if (why !== null) return log.write('error', 'ports-not-joined', why, { port, other: other.port });
  partPorts(one);
  partPorts(two);
  for (const [from, to] of [[one, two], [two, one]] as const) {
    from.partner = to;
    to.joint.begin(from.way.codec);
  }
  one.way.join(two.joint, one.joint);
  two.way.join(one.joint, two.joint);
}

/** Each hears nobody any more. */
export function partPorts(one: PortSession): void {
  const { partner } = one;
  if (partner === null) return;
  for (const port of [one, partner]) {
    port.partner = null;
    port.way.join(null, null);
  }
}

function unjoinable({ station, usesRtp }: PortSession): string | null {
  if (station !== null && usesRtp) return 'A line that is joined to RTP already cannot be joined to another port.';
  return station?.halfDuplex === true ? 'A half-duplex line cannot be joined to a call.' : null;
}
