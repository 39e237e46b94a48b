import { centralRules } from './central-rules.ts';
import { estateRules } from './estate-rules.ts';
import { flowRules } from './flow-rules.ts';
import type { Step } from './json-schema.ts';
import { dialRules } from './dial-rules.ts';
import { lineRules } from './line-rules.ts';
import type { IncomingRouteSettings, LineSettings } from './line-settings.ts';
import { callsFollowAnAddress } from './live-call-rules.ts';
import { networkRules } from './network-rules.ts';
import { notifyRules } from './notify-rules.ts';
import { mailboxRules } from './mailbox-rules.ts';
import { pairWayRules } from './pair-way-rules.ts';
import { queueRules } from './queue-rules.ts';
import type { QueueSettings } from './queue-settings.ts';
import type { MailboxSettings, PeerSettings, Settings } from './settings.ts';
import { lossSeenMs } from './watch-times.ts';

/**
 * The sections that are right by themselves; a section with a fault of its own is absent, an item of a list with a fault is null,
 * so that one look finds the faults of a single value and those between values.
 */
export type Draft = { readonly [Key in Exclude<keyof Settings, 'peers' | 'mailboxes' | 'lines' | 'incoming' | 'queues'>]?: Settings[Key] } & {
  readonly peers: readonly (PeerSettings | null)[];
  readonly mailboxes: readonly (MailboxSettings | null)[];
  readonly lines: readonly (LineSettings | null)[];
  readonly incoming: readonly (IncomingRouteSettings | null)[];
  readonly queues: readonly (QueueSettings | null)[];
};

export interface Conflict {
  readonly path: readonly Step[];
  readonly message: string;
  readonly suggestion: string | null;
}

export type Rule = (draft: Draft) => Conflict[];

/** What valid values may still do wrong together. */
export function conflicts(draft: Draft): Conflict[] {
  return rules.flatMap((rule) => rule(draft));
}

const rules: readonly Rule[] = [
  rtpPortsFit,
  reservationsFit,
  rtpPortsLeaveSipAlone,
  oneTransportAtLeast,
  sessionTimersInOrder,
  returnOutlastsALoss,
  messageLimitsInOrder,
  pinTriesInOrder,
  codecsOnce,
  collectNumbersOnce,
  collectNumbersAreNoMailboxes,
  (draft) => repeated(draft.mailboxes, (mailbox) => mailbox.number, 'mailboxes', 'number', 'mailbox number'),
  (draft) => repeated(draft.peers, (peer) => peer.name, 'peers', 'name', 'peer name'),
  addressesOnce,
  pairPortIsFree,
  sharedAddressHasAPlace,
  ownAddressBesideTheShared,
  callsFollowAnAddress,
  partnersOnce,
  pairWayRules,
  backupsHaveAPrimary,
  rightsHaveAnIssuer,
  ...networkRules,
  ...mailboxRules,
  ...estateRules,
  ...centralRules,
  ...lineRules,
  ...dialRules,
  ...flowRules,
  ...notifyRules,
  ...queueRules,
  (draft) => draft.peers.flatMap((peer, index) => (peer === null ? [] : peerConflicts(peer, index, draft.sip))),
];

function rtpPortsFit({ rtp, ports }: Draft): Conflict[] {
  if (rtp === undefined || ports === undefined) return [];
  const last = lastRtpPort(rtp.firstPort, ports);
  if (last <= 65535) return [];
  const highest = 65536 - 2 * ports;
  return [conflict(['rtp', 'firstPort'], `${ports} ports need the audio ports ${rtp.firstPort} to ${last}, and there is none above 65535`, `use ${highest} or less`)];
}

function reservationsFit({ reservations, ports }: Draft): Conflict[] {
  if (reservations === undefined || ports === undefined) return [];
  const sum = Object.values(reservations).reduce((before, count) => before + count, 0);
  return sum <= ports ? [] : [conflict(['reservations'], `${sum} ports are set aside, and the unit has ${ports}`, 'set aside fewer, or raise ports')];
}

function rtpPortsLeaveSipAlone({ rtp, ports, sip }: Draft): Conflict[] {
  if (rtp === undefined || ports === undefined || sip === undefined || !sip.udp) return [];
  const last = lastRtpPort(rtp.firstPort, ports);
  if (sip.port < rtp.firstPort || sip.port > last) return [];
  return [conflict(['rtp', 'firstPort'], `the audio ports ${rtp.firstPort} to ${last} would take sip.port ${sip.port}`, 'move one of the two')];
}

function lastRtpPort(firstPort: number, ports: number): number {
  return firstPort + 2 * ports - 1;
}

function oneTransportAtLeast({ sip }: Draft): Conflict[] {
  if (sip === undefined || sip.udp || sip.tcp) return [];
  return [conflict(['sip'], 'udp and tcp are both off, so nobody can call', 'set one of them to true')];
}

function sessionTimersInOrder({ sip }: Draft): Conflict[] {
  if (sip === undefined || sip.minSessionExpiresSec <= sip.sessionExpiresSec) return [];
  return [conflict(['sip', 'minSessionExpiresSec'], `must not be more than sessionExpiresSec, which is ${sip.sessionExpiresSec}`, null)];
}

/** Else a PBX that died again would be taken for back before anybody could see it. */
function returnOutlastsALoss({ sip }: Draft): Conflict[] {
  if (sip === undefined || sip.returnSec * 1000 >= lossSeenMs(sip)) return [];
  const leastSec = Math.ceil(lossSeenMs(sip) / 1000);
  return [conflict(['sip', 'returnSec'], `with watchMs ${sip.watchMs} and watchMisses ${sip.watchMisses} it takes up to ${leastSec} s to see that a PBX is lost`, `use ${leastSec} or more`)];
}

function messageLimitsInOrder({ messages }: Draft): Conflict[] {
  if (messages === undefined) return [];
  const found: Conflict[] = [];
  if (messages.minSec >= messages.maxSec) found.push(conflict(['messages', 'minSec'], `must be less than maxSec, which is ${messages.maxSec}`, null));
  if (messages.maxSec > messages.mailboxMaxSec) found.push(conflict(['messages', 'maxSec'], `must not be more than mailboxMaxSec, which is ${messages.mailboxMaxSec}`, null));
  return found;
}

function pinTriesInOrder({ pins }: Draft): Conflict[] {
  if (pins === undefined || pins.triesPerCall <= pins.triesBeforeLock) return [];
  return [conflict(['pins', 'triesPerCall'], `must not be more than triesBeforeLock, which is ${pins.triesBeforeLock}`, null)];
}

function codecsOnce({ rtp }: Draft): Conflict[] {
  return repeats(rtp?.codecs ?? []).map(({ index, text }) => conflict(['rtp', 'codecs', index], `${text} is in the list already`, 'remove it'));
}

function collectNumbersOnce({ numbers }: Draft): Conflict[] {
  return repeats(numbers?.collect ?? []).map(({ index, text }) => conflict(['numbers', 'collect', index], `${text} is in the list already`, 'remove it'));
}

function collectNumbersAreNoMailboxes({ numbers, mailboxes }: Draft): Conflict[] {
  return (numbers?.collect ?? []).flatMap((number, index) => {
    const owner = mailboxes.findIndex((mailbox) => mailbox?.number === number);
    return owner < 0 ? [] : [conflict(['numbers', 'collect', index], `${number} is the number of mailboxes[${owner}] too`, 'use another number for one of the two')];
  });
}

function addressesOnce({ peers }: Draft): Conflict[] {
  const all = peers.flatMap((peer, index) => (peer?.addresses ?? []).map((text, inner) => ({ index, inner, text })));
  return repeats(all.map((one) => one.text)).map(({ index, first }) => {
    const [one, other] = [all[index], all[first]] as [(typeof all)[0], (typeof all)[0]];
    return conflict(['peers', one.index, 'addresses', one.inner], `${one.text} belongs to peers[${other.index}] already, so nobody could say whose packet it is`, 'remove one of the two');
  });
}

function pairPortIsFree({ pair, sip, rtp, ports }: Draft): Conflict[] {
  if (pair === undefined || pair === null) return [];
  const { port } = pair;
  if (sip !== undefined && (port === sip.port || (sip.tcp && port + 1 === sip.port))) {
    return [conflict(['pair', 'port'], `the pair needs the ports ${port} and ${port + 1}, and sip.port is ${sip.port}`, 'use another')];
  }
  const inRtp = rtp !== undefined && ports !== undefined && port >= rtp.firstPort && port <= lastRtpPort(rtp.firstPort, ports);
  return inRtp ? [conflict(['pair', 'port'], `the audio ports from ${rtp.firstPort} on would take it`, 'use another')] : [];
}

/** A socket on all addresses would take the place of the one for the shared address, and answer from another address than was asked. */
function ownAddressBesideTheShared({ pair, sip }: Draft): Conflict[] {
  if (pair === undefined || pair === null || pair.sharedAddress === null || sip === undefined) return [];
  const shared = pair.sharedAddress.split('/')[0];
  if (sip.address === shared) return [conflict(['sip', 'address'], 'this is the address that the pair shares, which the unit does not always hold', "use the unit's own address")];
  if (!['0.0.0.0', '::'].includes(sip.address)) return [];
  return [conflict(['sip', 'address'], 'beside a shared address the unit must know its own', "use the unit's own address")];
}

function sharedAddressHasAPlace({ pair }: Draft): Conflict[] {
  if (pair === undefined || pair === null || (pair.sharedAddress === null) === (pair.interface === null)) return [];
  if (pair.interface === null) return [conflict(['pair', 'sharedAddress'], 'nobody could say where the address goes', 'add interface')];
  return [conflict(['pair', 'interface'], 'there is no sharedAddress to put on it', 'add sharedAddress, or remove interface')];
}

function partnersOnce({ pair }: Draft): Conflict[] {
  return repeats(pair?.partner ?? []).map(({ index, text }) => conflict(['pair', 'partner', index], `${text} is in the list already`, 'remove it'));
}

function backupsHaveAPrimary({ peers }: Draft): Conflict[] {
  return peers.flatMap((peer, index) => {
    if (peer === null || peer.backupOf === null) return [];
    const primary = peers.find((other) => other?.name === peer.backupOf);
    const at = ['peers', index, 'backupOf'];
    if (peer.host === null) return [conflict(at, 'a PBX that stands in for another must be known by where it is', 'add host')];
    if (primary === undefined) return peers.includes(null) ? [] : [conflict(at, `there is no peer named ${peer.backupOf}`, 'use the name of another peer')];
    if (primary === peer) return [conflict(at, 'a PBX cannot stand in for itself', 'use the name of another peer')];
    if (primary?.host === null) return [conflict(at, `${peer.backupOf} has no host, so nobody could see that it is lost`, `add host to ${peer.backupOf}`)];
    return primary?.backupOf === null ? [] : [conflict(at, `${peer.backupOf} is itself the backup of another`, 'name the first one')];
  });
}

function rightsHaveAnIssuer({ entitlement }: Draft): Conflict[] {
  if (entitlement === undefined || entitlement.file === null || entitlement.issuerKey !== null) return [];
  return [conflict(['entitlement', 'file'], 'nobody could say whether it is genuine', 'add issuerKey, or remove file')];
}

function peerConflicts(peer: PeerSettings, index: number, sip: Settings['sip'] | undefined): Conflict[] {
  const found: Conflict[] = [];
  if (peer.host === null && peer.register !== null) found.push(conflict(['peers', index, 'register'], 'registration needs to know where to go', 'add host'));
  if (peer.host === null && peer.lamps === 'notify') found.push(conflict(['peers', index, 'lamps'], 'notify needs to know where to go', 'add host, or use subscribe'));
  if (peer.host !== null && sip !== undefined && !sip[peer.transport] && (sip.udp || sip.tcp)) {
    found.push(conflict(['peers', index, 'transport'], `${peer.transport} is off in sip`, `use ${peer.transport === 'udp' ? 'tcp' : 'udp'}, or set sip.${peer.transport} to true`));
  }
  return found;
}

function repeated<Item>(items: readonly (Item | null)[], text: (item: Item) => string, list: string, key: string, what: string): Conflict[] {
  const texts = items.map((item) => (item === null ? null : text(item)));
  return repeats(texts).map((one) => conflict([list, one.index, key], `the ${what} ${one.text} is taken by ${list}[${one.first}]`, 'use another'));
}

/** The items that occurred before, with the index of their first occurrence. */
function repeats(texts: readonly (string | null)[]): { index: number; first: number; text: string }[] {
  const seen = new Map<string, number>();
  return texts.flatMap((text, index) => {
    if (text === null) return [];
    const first = seen.get(text);
    if (first === undefined) seen.set(text, index);
    return first === undefined ? [] : [{ index, first, text }];
  });
}

function conflict(path: readonly Step[], message: string, suggestion: string | null): Conflict {
  return { path, message, suggestion };
}
