import type { Conflict, Draft } from './cross-rules.ts';

/** Rules of what telephones dial, and of who may dial out. */
export const dialRules: readonly ((draft: Draft) => Conflict[])[] = [onlyTrunksDialOut, dialOutPeersExist, emergencyNumbersStayFree, twoPortsForTwoLines];

function onlyTrunksDialOut({ lines }: Draft): Conflict[] {
  return lines.flatMap((line, index) => {
    if (line === null) return [];
    if (line.kind === 'phone' && line.prefix !== null) return [conflict(['lines', index, 'prefix'], 'nothing goes out on a phone port', 'remove prefix, or move it to a trunk')];
    if (line.dialOutPeers.length > 0 && line.prefix === null) return [conflict(['lines', index, 'dialOutPeers'], 'without a prefix nobody can call out on this line', 'add prefix, or remove dialOutPeers')];
    return [];
  });
}

function dialOutPeersExist({ lines, peers }: Draft): Conflict[] {
  if (peers.includes(null)) return [];
  return lines.flatMap((line, index) =>
    (line?.dialOutPeers ?? []).flatMap((name, at) => (peers.some((peer) => peer?.name === name) ? [] : [conflict(['lines', index, 'dialOutPeers', at], `there is no peer named ${name}`, 'use the name of a peer')])),
  );
}

/** An emergency number goes out as soon as it is dialled: who has one that begins so could not be called. */
function emergencyNumbersStayFree({ lines, mailboxes, numbers }: Draft): Conflict[] {
  if (lines.length === 0) return [];
  const taken = (number: string): string | undefined => numbers?.emergency.find((one) => number.startsWith(one));
  const told = (path: Conflict['path'], number: string | null | undefined): Conflict[] => {
    const emergency = taken(number ?? '');
    return emergency === undefined ? [] : [conflict(path, `nobody could call ${number}: ${emergency} is an emergency number and goes out at once`, 'use another number, or take it out of numbers.emergency')];
  };
  return [
    ...lines.flatMap((line, index) => (line?.kind === 'phone' ? told(['lines', index, 'number'], line.number) : [])),
    ...mailboxes.flatMap((mailbox, index) => told(['mailboxes', index, 'number'], mailbox?.number)),
    ...(numbers?.collect ?? []).flatMap((number, index) => told(['numbers', 'collect', index], number)),
  ];
}

/** A call from a telephone to another line has a port at each end. */
function twoPortsForTwoLines({ ports, lines }: Draft): Conflict[] {
  const telephones = lines.some((line) => line?.kind === 'phone');
  if (ports === null || ports === undefined || ports >= 2 || lines.length < 2 || !telephones) return [];
  return [conflict(['ports'], 'a call between two lines takes two ports, an emergency call from a telephone among them', 'have 2 ports or more')];
}

function conflict(path: Conflict['path'], message: string, suggestion: string | null): Conflict {
  return { path, message, suggestion };
}
