import type { BridgeTableParts } from '../calls/bridge/bridge-table.ts';
import type { BridgeTarget } from '../calls/bridge/bridge-target.ts';
import type { PlacedLeg } from '../calls/bridge/bridged-call.ts';
import type { Port } from '../calls/port-pool.ts';
import type { PeerSettings } from '../config/settings.ts';
import type { Leg, LegHandlers, LocalMedia } from '../sip/leg.ts';
import { escapeUser, formatHost } from '../sip/syntax/uri.ts';
import type { WholeUnit } from './whole-unit.ts';

/** What bridged calls need of the unit, beside what the table of calls gives them. */
export function bridgeParts(unit: WholeUnit): Pick<BridgeTableParts, 'mediaOf' | 'mediaWithin' | 'place'> {
  return {
    mediaOf: (port, offered, target) => mediaOf(unit, port, offered, target),
    mediaWithin: (port) => ({ address: ownAddress(unit), rtpPort: rtpPortOf(unit, port) }),
    place: (target, offered, media, handlers) => place(unit, target, offered, media, handlers),
  };
}

const rtpPortOf = ({ media }: WholeUnit, port: Port): number => media.rtpPorts[port.index] as number;

/** An address at which the unit hears itself. */
function ownAddress({ parts, settings }: WholeUnit): string {
  const { address } = settings.sip;
  const any = address === '0.0.0.0' || address === '::';
  const ofFamily = parts.net.addresses().filter((one) => one.includes(':') === address.includes(':'));
  return any ? (ofFamily[0] ?? address) : address;
}

/** The audio of a bridged call is at the unit's own address, also when the call came to that of the pair: it does not move. */
async function mediaOf(unit: WholeUnit, port: Port, offered: Leg, target: BridgeTarget): Promise<LocalMedia> {
  const { parts, settings } = unit;
  const codecs = settings.rtp.codecs;
  const host = offered.line === null ? offered.facts.remoteAddress : hostOf(unit, target);
  if (host === null) return { address: '', rtpPort: 0, codecs };
  const [remote = host] = await parts.net.resolve(host);
  return { address: settings.sip.publicAddress ?? (await parts.net.sourceTowards(remote)), rtpPort: rtpPortOf(unit, port), codecs };
}

/** null: there is no SIP side. */
function hostOf(unit: WholeUnit, target: BridgeTarget): string | null {
  return target.kind === 'phone' || target.peer === null ? null : (peerInUse(unit, target.peer)?.host ?? null);
}

/** The peer of this name, or its backup while that one stands in for it. */
function peerInUse({ settings, sip }: WholeUnit, name: string): PeerSettings | null {
  const status = sip.peers();
  const candidates = settings.peers.filter((peer) => peer.name === name || peer.backupOf === name);
  const inUse = candidates.find((peer) => peer.host !== null && status.some((one) => one.name === peer.name && one.inUse));
  return inUse ?? candidates.find((peer) => peer.name === name) ?? null;
}

function place(unit: WholeUnit, target: BridgeTarget, offered: Leg, media: LocalMedia, handlers: LegHandlers): PlacedLeg {
  const { caller } = offered.facts;
  switch (target.kind) {
    case 'extension':
      return extension(unit, target.number, target.peer, offered, media, handlers);
    case 'phone':
      return unit.phones.ring(target.number, caller, handlers) ?? { status: 404, text: 'no phone port has this number' };
    case 'trunk':
      return trunk(unit, target, offered, media, handlers);
  }
}

function extension(unit: WholeUnit, number: string, peerName: string, { facts }: Leg, media: LocalMedia, handlers: LegHandlers): PlacedLeg {
  const peer = peerInUse(unit, peerName);
  if (peer === null || peer.host === null) return { status: 503, text: `peer ${peerName} has no host` };
  const { register } = peer;
  const withheld = facts.caller.number === '';
  return unit.sip.place(
    {
      target: `sip:${escapeUser(number)}@${formatHost(peer.host)}:${peer.port};transport=${peer.transport}`,
      // RFC 3323 section 4.1.1.3.
      fromNumber: withheld ? 'anonymous' : facts.caller.number,
      fromName: withheld ? 'Anonymous' : facts.caller.name,
      media,
      ...(register === null ? {} : { credentials: { user: register.authUser, password: register.password } }),
    },
    handlers,
  );
}

function trunk(unit: WholeUnit, target: Extract<BridgeTarget, { kind: 'trunk' }>, offered: Leg, media: LocalMedia, handlers: LegHandlers): PlacedLeg {
  const { number, prefix, peer, emergency } = target;
  if (!/^[0-9*#A-D]{1,64}$/.test(number)) return { status: 484, text: 'a trunk line dials digits only' };
  const call = unit.lines.call(prefix, number, offered.facts.caller, handlers);
  if (call !== null) {
    if (emergency) unit.parts.log.write('alert', 'emergency-call', `${offered.facts.caller.number || 'Somebody'} calls ${number} on a trunk line.`, { call: offered.id });
    return call;
  }
  return peer === null ? { status: 503, text: 'no trunk line is idle' } : extension(unit, number, peer, offered, media, handlers);
}
