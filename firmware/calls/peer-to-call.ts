import type { PeerSettings } from '../config/settings.ts';
import type { PeerStatus } from '../sip/user-agent.ts';

export type CallablePeer = PeerSettings & { readonly host: string };

/** What the SIP side knows of a peer. */
export type PeerUse = Pick<PeerStatus, 'name' | 'inUse' | 'watch'>;

/**
 * Where the unit places a call of its own. A peer that is named is called while it is in use, and else the one of its group (a PBX and its
 * backups) that is; a named backup is called as long as it is not lost, whoever else is in use. `name` null: the first in use. While none is
 * in use, as on a standby, the one named, or the first. null = no such peer has a host.
 */
export function peerToCall(peers: readonly PeerSettings[], uses: readonly PeerUse[], name: string | null): CallablePeer | null {
  const known = callable(peers);
  const named = known.find((peer) => peer.name === name) ?? null;
  const use = new Map(uses.map((one) => [one.name, one]));
  if (named !== null && named.backupOf !== null && use.get(named.name)?.watch !== 'lost') return named;
  const wanted = name === null ? known : known.filter((peer) => named !== null && headOf(peer) === headOf(named));
  return wanted.find((peer) => use.get(peer.name)?.inUse) ?? named ?? wanted[0] ?? null;
}

export const callable = (peers: readonly PeerSettings[]): CallablePeer[] => peers.filter((peer): peer is CallablePeer => peer.host !== null);

export const noPeer = 'no peer has a host to call; set one in the configuration';
export const noSuchPeer = 'it is no peer with a host to call';

const headOf = ({ name, backupOf }: PeerSettings): string => backupOf ?? name;
