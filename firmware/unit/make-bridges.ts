import type { BridgeTableParts } from '../calls/bridge/bridge-table.ts';
import type { BridgeTarget } from '../calls/bridge/bridge-target.ts';
import type { PlacedLeg } from '../calls/bridge/bridged-call.ts';
import { outgoingCall, shownAs } from '../calls/outgoing-call.ts';
import type { CallablePeer } from '../calls/peer-to-call.ts';
import { peerToCall } from '../calls/peer-to-call.ts';
import type { Port } from '../calls/port-pool.ts';
import type { Leg, LegHandlers, LocalMedia } from '../sip/leg.ts';
import { addressTowards, rtpPortOf } from './local-media.ts';
import type { WholeUnit } from './whole-unit.ts';

/** What bridged calls need of the unit, beside what the table of calls gives them. */
export function bridgeParts(unit: WholeUnit): Pick<BridgeTableParts, 'mediaOf' | 'mediaWithin' | 'place'> {
  return {
    mediaOf: (port, offered, target) => mediaOf(unit, port, offered, target),
    mediaWithin: (port) => ({ address: ownAddress(unit), rtpPort: rtpPortOf(unit, port) }),
    place: (target, offered, media, handlers) => place(unit, target, offered, media, handlers),
  };
}

/** An address at which the unit hears itself. */
function ownAddress({ parts, settings }: WholeUnit): string {
  const { address } = settings.sip;
  const any = address === '0.0.0.0' || address === '::';
  const ofFamily = parts.net.addresses().filter((one) => one.includes(':') === address.includes(':'));
  return any ? (ofFamily[0] ?? address) : address;
}

/** The audio of a bridged call is at the unit's own address, also when the call came to that of the pair: it does not move. */
async function mediaOf(unit: WholeUnit, port: Port, offered: Leg, target: BridgeTarget): Promise<LocalMedia> {
  const { codecs } = unit.settings.rtp;
  const host = offered.line === null ? offered.facts.remoteAddress : hostOf(unit, target);
  if (host === null) return { address: '', rtpPort: 0, codecs };
  return { address: await addressTowards(unit, host), rtpPort: rtpPortOf(unit, port), codecs };
}

/** null: there is no SIP side. */
function hostOf(unit: WholeUnit, target: BridgeTarget): string | null {
  return target.kind === 'phone' || target.peer === null ? null : (peerInUse(unit, target.peer)?.host ?? null);
}

/** The peer of this name, or whoever stands in for it. */
const peerInUse = ({ settings, sip }: WholeUnit, name: string): CallablePeer | null => peerToCall(settings.peers, sip.peers(), name);

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
  if (peer === null) return { status: 503, text: `peer ${peerName} has no host` };
  return unit.sip.place(outgoingCall(peer, { number, from: shownAs(facts.caller.number, facts.caller.name) }, media), handlers);
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
