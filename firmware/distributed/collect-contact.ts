import type { PeerSettings } from '../config/settings.ts';
import type { CallFacts } from '../sip/leg.ts';

/**
 * The SIP URI that a caller is sent to who wants to collect: `collectAt` itself, or, when that is a number, this number at the PBX that
 * sent the call, which routes it to the central unit.
 */
export function collectContact(collectAt: string, facts: Pick<CallFacts, 'peer' | 'remoteAddress'>, peers: readonly PeerSettings[]): string {
  if (/^sips?:/.test(collectAt)) return collectAt.replaceAll('#', '%23');
  const peer = peers.find(({ name }) => name === facts.peer);
  const host = peer?.host ?? facts.remoteAddress;
  const place = peer === undefined || peer.host === null ? '' : `:${peer.port}${peer.transport === 'tcp' ? ';transport=tcp' : ''}`;
  return `sip:${collectAt.replaceAll('#', '%23')}@${host.includes(':') ? `[${host}]` : host}${place}`;
}
