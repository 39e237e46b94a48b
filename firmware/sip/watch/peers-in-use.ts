import type { PeerSettings } from '../../config/settings.ts';
import type { PbxState } from './pbx-machine.ts';
import { isUsable } from './pbx-machine.ts';

/**
 * The peers that the unit registers at and tells its lamps to: all that stand for themselves, and one of each group (a PBX and
 * its backups, in their order). `state` is null for a peer that is not watched; `before` is what was in use until now.
 */
export function peersInUse(peers: readonly PeerSettings[], state: (name: string) => PbxState | null, before: ReadonlySet<string>): ReadonlySet<string> {
  const heads = peers.filter(({ backupOf }) => backupOf === null);
  return new Set(heads.map((head) => oneInUse([head.name, ...backupsOf(head.name, peers)], state, before)));
}

/** The names of the peers that stand in for another. */
export const backupsOf = (name: string, peers: readonly PeerSettings[]): string[] => peers.filter(({ backupOf }) => backupOf === name).map((peer) => peer.name);

/** The first that can be counted on; else one that answers again, however short ago; else the one until now, for nobody is better. */
function oneInUse(group: readonly string[], state: (name: string) => PbxState | null, before: ReadonlySet<string>): string {
  const usable = group.find((name) => isUsable(state(name) ?? 'unknown'));
  if (usable !== undefined) return usable;
  const until = group.find((name) => before.has(name)) ?? (group[0] as string);
  return state(until) === 'returning' ? until : (group.find((name) => state(name) === 'returning') ?? until);
}
