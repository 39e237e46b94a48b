import type { Conflict, Draft } from './cross-rules.ts';

/** Rules of a site with a central unit and distributed ones. */
export const centralRules: readonly ((draft: Draft) => Conflict[])[] = [notBoth, centralAddressesOnce, notItsOwnCentral, membersPortIsFree, lampPeersExist];

/** A distributed unit records for another one: it cannot stand in for a third. */
function notBoth({ pair, central }: Draft): Conflict[] {
  if (pair === undefined || pair === null || central === undefined || central === null) return [];
  return [conflict(['central'], 'a unit of a pair cannot be a distributed unit, nor a distributed one a backup', 'remove pair or central')];
}

function centralAddressesOnce({ central }: Draft): Conflict[] {
  const addresses = central?.addresses ?? [];
  return addresses.flatMap((address, index) => (addresses.indexOf(address) < index ? [conflict(['central', 'addresses', index], `${address} is in the list already`, 'remove it')] : []));
}

function notItsOwnCentral({ central, sip }: Draft): Conflict[] {
  const index = (central?.addresses ?? []).findIndex((address) => address === sip?.address);
  return index < 0 ? [] : [conflict(['central', 'addresses', index], 'that is sip.address of this unit', 'use the address of the central unit')];
}

/** Distributed units talk to a unit of a pair two ports above `pair.port`. */
function membersPortIsFree({ pair, sip }: Draft): Conflict[] {
  if (pair === undefined || pair === null || sip === undefined || !sip.tcp || sip.port !== pair.port + 2) return [];
  return [conflict(['pair', 'port'], `distributed units use port ${pair.port + 2}, and sip.port is ${sip.port}`, 'use another')];
}

/** A distributed unit has peers of its own, and tells its lamps to all of them. */
function lampPeersExist({ peers, mailboxes, central }: Draft): Conflict[] {
  if (central !== null || peers.includes(null)) return [];
  return mailboxes.flatMap((mailbox, index) => {
    if (mailbox === null || mailbox.peer === null || peers.some((peer) => peer?.name === mailbox.peer)) return [];
    return [conflict(['mailboxes', index, 'peer'], `there is no peer named ${mailbox.peer}`, 'use the name of a peer')];
  });
}

function conflict(path: Conflict['path'], message: string, suggestion: string | null): Conflict {
  return { path, message, suggestion };
}
