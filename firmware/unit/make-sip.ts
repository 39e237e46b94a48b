import { followsOn } from '../failover/shared-address.ts';
import { SipUserAgent } from '../sip/sip-user-agent.ts';
import type { UserAgent } from '../sip/user-agent.ts';
import { phoneChanged, watchPhones } from './watch-phones.ts';
import type { WholeUnit } from './whole-unit.ts';

export function makeSip(unit: WholeUnit): UserAgent {
  const { parts, settings } = unit;
  return new SipUserAgent(parts, {
    sip: settings.sip,
    peers: settings.peers,
    product: parts.product,
    incoming: (leg) => unit.calls.offered(leg),
    phoneChanged: (phone, line) => phoneChanged(unit, phone, line),
    pbxChanged: () => watchPhones(unit),
    available: () => unit.running,
    counts: (mailbox) => unit.lamps.counts(mailbox),
    mailboxes: () => unit.settings.mailboxes.map(({ number }) => number),
    lampPeer: (mailbox) => unit.lamps.peer(mailbox),
    watchAll: settings.pair !== null || settings.central !== null,
    followsOn: followsOn(settings.pair),
  });
}
