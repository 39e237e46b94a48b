import type { Endpoint } from '../../hal/datagram.ts';
import type { PeerSettings } from '../config/settings.ts';
import type { WatchTimes } from '../config/watch-times.ts';
import type { ClientParts } from './client-parts.ts';
import type { ParseResult } from './message.ts';
import { Registrations } from './registration/registrations.ts';
import { LampRefresh } from './subscription/lamp-refresh.ts';
import { UnsolicitedNotifier } from './subscription/unsolicited-notifier.ts';
import type { MessageCounts, PeerStatus, UserAgentOptions } from './user-agent.ts';
import type { MainPbx } from './watch/main-pbx.ts';
import { PbxWatch } from './watch/pbx-watch.ts';
import { peersInUse } from './watch/peers-in-use.ts';
import { saysNo } from './watch/probe.ts';
import type { PbxNews } from './watch/watched-pbx.ts';

export interface OutreachOptions extends Pick<UserAgentOptions, 'peers' | 'counts' | 'mailboxes' | 'watchAll' | 'lampPeer' | 'pbxChanged'> {
  readonly times: () => WatchTimes;
}

/** To register, with a lost REGISTER or two. */
const registerMs = 5000;

/** How long a partner that takes over may need until it is registered: a PBX that was lost to it must first be back. */
const retireMs = ({ lostMs, limitMs, returnMs }: WatchTimes): number => lostMs + limitMs + returnMs + registerMs;

/**
 * What the unit does of its own accord, and where: registrations and lamps unasked.
 *
 *   watch -> which PBX is lost, which is back -> peers in use -> registrations, lamps
 *
 * Who may call the unit, and calls in progress, do not depend on it: the PBX is the master.
 */
export class Outreach {
  readonly #parts: ClientParts;
  readonly #times: () => WatchTimes;
  readonly #pbxChanged: () => void;
  readonly #watch: PbxWatch;
  readonly #registrations: Registrations;
  readonly #unsolicited: UnsolicitedNotifier;
  readonly #refresh: LampRefresh;
  #peers: readonly PeerSettings[];
  #inUse: ReadonlySet<string>;
  #serving = true;
  #leaving = false;
  #running = false;

  constructor(parts: ClientParts, { peers, counts, mailboxes, watchAll, lampPeer, pbxChanged, times }: OutreachOptions) {
    this.#parts = parts;
    this.#times = times;
    this.#pbxChanged = pbxChanged ?? ((): void => undefined);
    this.#peers = peers;
    this.#inUse = peersInUse(peers, () => null, new Set());
    this.#watch = new PbxWatch(parts, { times, all: watchAll, changed: (name, news) => this.#changed(name, news) });
    this.#registrations = new Registrations(parts);
    this.#unsolicited = new UnsolicitedNotifier(parts, this.#active(), lampPeer);
    const tell = (peer: string, mailbox: string, now: MessageCounts): void => this.#unsolicited.tellNow(peer, mailbox, now);
    this.#refresh = new LampRefresh({ clock: parts.clock, mailboxes, counts, tell });
  }

  start(): void {
    this.#running = true;
    this.#watch.apply(this.#peers);
    this.#reach();
  }

  /** Resolves when every registrar has confirmed the removal. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#watch.stop();
    this.#refresh.stop();
    this.#unsolicited.stop();
    await this.#registrations.stop();
  }

  /** Whoever applies new settings tells every lamp anyway. */
  apply(peers: readonly PeerSettings[]): void {
    this.#peers = peers;
    if (this.#running) this.#watch.apply(peers);
    this.#choose();
    this.#reach();
  }

  serve(on: boolean, leaving: boolean): void {
    this.#serving = on;
    this.#leaving = leaving;
    this.#reach();
    if (on) this.#refreshLamps(this.#inUse);
  }

  lamp(mailbox: string, counts: MessageCounts): void {
    this.#unsolicited.lamp(mailbox, counts);
  }

  tellLamps(): void {
    this.#refreshLamps(this.#inUse);
  }

  /** Every message that comes in, before anybody acts on it. */
  heard(result: Exclude<ParseResult, { outcome: 'dropped' }>, from: Endpoint): void {
    this.#watch.heard(from, result.outcome === 'message' && result.message.kind === 'response' && saysNo(result.message));
  }

  aliveMs(): number | null {
    return this.#watch.aliveMs();
  }

  mainPbx(): MainPbx {
    return this.#watch.main();
  }

  hearsPbx(timeoutMs: number, maxAgeMs: number): Promise<boolean> {
    return this.#watch.hears(timeoutMs, maxAgeMs);
  }

  status(name: string): Pick<PeerStatus, 'registration' | 'detail' | 'watch' | 'inUse'> {
    return { ...this.#registrations.status(name), watch: this.#watch.state(name), inUse: this.#serving && this.#inUse.has(name) };
  }

  #changed(name: string, { from }: PbxNews): void {
    const before = this.#inUse;
    this.#choose();
    const fresh = new Set([...this.#inUse].filter((one) => !before.has(one)));
    if (this.#serving) for (const one of fresh) this.#parts.log.write('notice', 'pbx-in-use', `The unit now uses the PBX ${one}: it registers there and tells it the lamps.`, { peer: one });
    this.#reach();
    // One that was used for want of a better may have forgotten the unit while it was away.
    const again = from === 'lost' && this.#inUse.has(name) && !fresh.has(name);
    if (again) this.#registrations.renew(name);
    this.#refreshLamps(again ? new Set([name]) : fresh);
    this.#pbxChanged();
  }

  #choose(): void {
    this.#inUse = peersInUse(this.#peers, (name) => this.#watch.state(name), this.#inUse);
  }

  /** The peers that are spoken to: those in use, and none while the unit is a standby. */
  #active(): PeerSettings[] {
    return this.#serving ? this.#peers.filter(({ name }) => this.#inUse.has(name)) : [];
  }

  #reach(): void {
    const active = this.#active();
    // The partner serves now: it may come to the PBX later than this unit leaves it.
    if (this.#running) this.#registrations.apply(active, (name) => this.#watch.state(name) === 'lost', this.#serving || this.#leaving ? 0 : retireMs(this.#times()));
    this.#unsolicited.apply(active);
    this.#refresh.keepOnly(new Set(active.map(({ name }) => name)));
  }

  #refreshLamps(peers: ReadonlySet<string>): void {
    if (!this.#running || !this.#serving) return;
    for (const { name, lamps } of this.#peers) if (lamps === 'notify' && peers.has(name)) this.#refresh.begin(name);
  }
}
