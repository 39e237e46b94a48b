import type { AddressHolder, InterfaceAddress } from '../../hal/address-holder.ts';
import type { Clock, Timer, WallMs } from '../../hal/clock.ts';
import type { Reachability } from '../../hal/reachability.ts';
import type { Storage } from '../../hal/storage.ts';
import type { PairSettings } from '../config/settings.ts';
import type { Log } from '../log.ts';
import { AddressKeeper } from './address-keeper.ts';
import { Carriers } from './carriers.ts';
import { EpochStore } from './epoch-store.ts';
import type { LinkCommand, LinkEvent, LinkFacts, LinkStatistics } from './link-protocol.ts';
import { keptChanges, type PairStatus } from './pair-status.ts';
import { defaultTiming, waitMs, type PairTiming } from './pair-timing.ts';
import { References } from './references.ts';
import { roleStep, startingState, timersOf } from './role-machine.ts';
import { alive } from './role-rules.ts';
import { RoleWaits } from './role-waits.ts';
import { serves, type PartnerView, type RoleChange, type RoleEffect, type RoleInput, type RoleState, type RoleStep } from './role.ts';

export interface PairParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly storage: Storage;
  readonly reachability: Reachability;
  /** null: the machine cannot move addresses. */
  readonly addressHolder: AddressHolder | null;
  /** To the `PairLink` in the media thread; what it emits comes back by `linkEvent`. */
  readonly link: (command: LinkCommand) => void;
  /** Whether a PBX answers now (OPTIONS), or did less than `referenceMs` ago; null = there is none to ask. */
  readonly pbxAlive: ((timeoutMs: number) => Promise<boolean>) | null;
  /** The unit is well enough to answer calls. Looked at each pulse, as `calls` is. */
  readonly able: () => boolean;
  readonly calls: () => number;
  /** The owner speaks up (registration, lamps, mail) or falls silent. Never called from inside a call of this class, but for `start` and `stop`. */
  readonly serving: (serving: boolean, cause: string) => void;
  /** The interface of each path, where it is known: its carrier is watched. */
  readonly pathInterfaces?: readonly (string | null)[];
  readonly timing?: PairTiming;
}

/** An answer of the reference that comes so soon after the partner's last beat may have come before the cut that silenced both. */
const staleBeats = 2;
/** How long `stop` waits for the shared address to be gone, and for the link to have said goodbye. */
const stopMs = 300;

/**
 * One unit's part in its pair, in the control thread: it knows what the link, the references and the disk say, lets
 * `role-machine.ts` decide, and does what follows.
 *
 *   PairLink ── partner ──┐                        ┌──> LinkFacts (what the beats say)
 *   References ── fresh ──┼──> roleStep ── effects ┼──> EpochStore, AddressKeeper
 *   owner ── able, calls ─┘                        └──> owner.serving, log
 */
export class Pair {
  readonly #parts: PairParts;
  readonly #settings: PairSettings | null;
  readonly #timing: PairTiming;
  readonly #pulse = new Int32Array(new SharedArrayBuffer(4));
  readonly #references: References | null;
  readonly #keeper: AddressKeeper | null;
  #state: RoleState = startingState(null, 0);
  #store: EpochStore | null = null;
  #key: Uint8Array | null = null;
  #link: PairStatus['link'] = null;
  #facts: LinkFacts | null = null;
  #statistics: LinkStatistics | null = null;
  #partnerCalls = 0;
  #partnerControlAgeMs = 0;
  #sinceMs: WallMs;
  #changes: PairStatus['changes'] = [];
  #cause = 'started';
  #told: string | null = null;
  #running = false;
  readonly #waits: RoleWaits;
  #pulseTimer: Timer | null = null;
  #linkTimer: Timer | null = null;
  readonly #carriers: Carriers;
  #linkStopped: () => void = () => undefined;

  /** `settings` null: the unit stands alone and serves. */
  constructor(parts: PairParts, settings: PairSettings | null) {
    this.#parts = parts;
    this.#settings = settings;
    this.#timing = parts.timing ?? defaultTiming;
    this.#sinceMs = parts.clock.wall();
    this.#carriers = new Carriers(parts.reachability, parts.log);
    this.#waits = new RoleWaits(parts.clock, (timer) => (settings === null ? 0 : waitMs(timer, settings, this.#timing)), (timer) => void this.#step({ type: 'timer', timer }));
    this.#references = settings === null ? null : this.#makeReferences(settings);
    this.#keeper = settings === null ? null : this.#makeKeeper(settings);
  }

  /** `key`: 32 bytes from the pairing; null: the two were never paired. Never throws; what does not work is told to the log. */
  async start(key: Uint8Array | null): Promise<void> {
    const settings = this.#settings;
    this.#running = true;
    if (settings === null) return this.#parts.serving(true, 'this unit has no partner');
    this.#store = await EpochStore.open(this.#parts.storage, this.#parts.log);
    if (!this.#running) return;
    this.#state = startingState(settings, this.#store.epoch);
    this.#keeper?.want(false);
    this.#references?.start();
    this.#watchCarriers(settings);
    this.#beatPulse();
    if (key === null) this.#notPaired(settings);
    else this.setKey(key);
  }

  /** Starts the link, anew if it ran with another key. */
  setKey(key: Uint8Array): void {
    const settings = this.#settings;
    if (settings === null || !this.#running) return;
    const { rank, partner, port, beatMs, misses } = settings;
    this.#key = key;
    this.#link = 'starting';
    this.#parts.link({ type: 'link-facts', facts: (this.#facts = this.#newFacts()) });
    this.#parts.link({ type: 'link-start', key, settings: { rank, partner, port, beatMs, misses, pulse: this.#pulse, controlSilentMs: this.#timing.controlSilentMs } });
    this.#linkTimer?.cancel();
    this.#linkTimer = this.#parts.clock.after('pair link', this.#timing.linkStartMs, () => this.#listening());
    this.#step({ type: 'link' });
  }

  /** Gives the address up and says goodbye, so that the partner takes over at once. Call it before calls are ended. */
  async stop(cause = 'the unit is stopping'): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    if (serves(this.#state.role)) this.#parts.serving(false, cause);
    this.#waits.arrange({});
    this.#references?.stop();
    this.#linkTimer?.cancel();
    this.#carriers.close();
    this.#keeper?.want(false);
    await this.#keeper?.settled(stopMs);
    this.#keeper?.end();
    this.#pulseTimer?.cancel();
    if (this.#link !== null) await this.#stopLink();
  }

  linkEvent(event: LinkEvent): void {
    switch (event.type) {
      case 'link-listening':
        return this.#listening();
      case 'link-partner':
        return this.#partner(event.partner, event.silentMs);
      case 'link-statistics':
        this.#statistics = event.statistics;
        this.#partnerCalls = event.partnerCalls;
        this.#partnerControlAgeMs = event.partnerControlAgeMs;
        return;
      case 'link-fenced':
        this.#parts.log.write('alert', 'pair-fenced', 'The control thread of this unit hung while its partner served: the shared address was taken off here.');
        return this.#keeper?.doubt();
      case 'link-stopped':
        return this.#linkStopped();
      case 'link-log':
        return this.#parts.log.write(event.severity, event.event, event.text, event.facts);
    }
  }

  /** The backup shall serve. The answer is a sentence for whoever gave the command. */
  failover(): { readonly ok: boolean; readonly text: string } {
    return this.#command('failover');
  }

  /** The primary shall serve. */
  failback(): { readonly ok: boolean; readonly text: string } {
    return this.#command('failback');
  }

  status(): PairStatus {
    const { role, epoch, partner, able, returned, held } = this.#state;
    return {
      rank: this.#settings?.rank ?? null, role, epoch, sinceMs: this.#sinceMs, partner,
      partnerCalls: this.#partnerCalls, partnerControlAgeMs: this.#partnerControlAgeMs,
      reference: this.#references?.sees ?? false, able, address: this.#keeper?.state ?? null, link: this.#link,
      returned, held, statistics: this.#statistics, changes: this.#changes,
    };
  }

  #makeReferences({ references }: PairSettings): References {
    const { clock, reachability, pbxAlive } = this.#parts;
    return new References({ clock, reachability, addresses: references, pbxAlive, timing: this.#timing, changed: () => this.#look() });
  }

  #makeKeeper({ sharedAddress, interface: name }: PairSettings): AddressKeeper | null {
    const { clock, log, addressHolder } = this.#parts;
    if (sharedAddress === null || name === null) return null;
    if (addressHolder === null) {
      log.write('alert', 'pair-address', 'This machine cannot move the shared address; callers must find the unit by other means.');
      return null;
    }
    return new AddressKeeper({ clock, log, holder: addressHolder, address: interfaceAddress(name, sharedAddress), timing: this.#timing, changed: () => this.#look() });
  }

  /** A primary serves without a link; a backup must not, as the two would not hear each other and both hold the address. */
  #notPaired({ rank }: PairSettings): void {
    const consequence = rank === 'primary' ? 'it serves without one' : 'it stays mute';
    this.#parts.log.write('alert', 'pair-no-key', `This unit has not been paired with its partner: there is no link, and ${consequence}.`);
    if (rank === 'primary') this.#listening();
  }

  /** From now on silence means something. */
  #listening(): void {
    if (!this.#running) return;
    this.#linkTimer?.cancel();
    this.#linkTimer = null;
    if (this.#link === 'starting') this.#link = 'listening';
    this.#arrange();
    this.#look();
  }

  #partner(partner: PartnerView, silentMs: number): void {
    if (!this.#running) return;
    const { clock, log } = this.#parts;
    const before = this.#state.partner;
    // A goodbye or a refusal came over the network: this unit is not the one that was cut off.
    const quiet = partner.life === 'suspect' || partner.life === 'dead';
    this.#references?.silence(quiet ? clock.monotonic() - silentMs + staleBeats * (this.#settings?.beatMs ?? 0) : null);
    if (partner.disagreement !== this.#told) {
      this.#told = partner.disagreement;
      if (partner.disagreement !== null) log.write('alert', 'pair-disagrees', disagreements[partner.disagreement]);
    }
    this.#lookAround();
    this.#step({ type: 'partner', partner });
    // While it was not heard it may have served and announced itself: the neighbours must hear who does so now.
    if (idle(partner) && !idle(before) && serves(this.#state.role)) this.#keeper?.announce();
  }

  /** What is known by looking. */
  #look(): void {
    if (!this.#running || this.#settings === null) return;
    const { rank, sharedAddress } = this.#settings;
    const paired = this.#key !== null || rank === 'primary';
    const able = this.#parts.able() && paired && !(this.#keeper?.failing === true && serves(this.#state.role));
    const calls = sharedAddress === null ? 0 : this.#parts.calls();
    if (able !== this.#state.able) this.#step({ type: 'able', able });
    if (calls !== this.#state.calls) this.#step({ type: 'calls', calls });
    this.#lookAround();
    this.#tellLink();
  }

  #lookAround(): void {
    const [visible, steady] = [this.#references?.fresh ?? false, this.#references?.steady ?? false];
    const returned = visible && !this.#state.reference;
    if (visible !== this.#state.reference || steady !== this.#state.steady) this.#step({ type: 'reference', visible, steady });
    // What was announced while this unit was cut off from callers, nobody heard.
    if (returned && serves(this.#state.role) && idle(this.#state.partner)) this.#keeper?.announce();
  }

  #beatPulse(): void {
    Atomics.add(this.#pulse, 0, 1);
    this.#pulseTimer = this.#parts.clock.after('pair pulse', this.#timing.pulseMs, () => this.#beatPulse());
    this.#look();
  }

  #command(type: 'failover' | 'failback'): { readonly ok: boolean; readonly text: string } {
    if (!this.#running) return { ok: false, text: 'the unit is stopping' };
    const { answer } = this.#step({ type });
    return answer ?? { ok: false, text: 'this unit has no partner' };
  }

  #step(input: RoleInput): RoleStep {
    const step = roleStep(this.#state, input);
    this.#state = step.state;
    for (const change of step.changes) this.#changed(change);
    for (const effect of step.effects) this.#do(effect);
    this.#arrange();
    this.#tellLink();
    return step;
  }

  #changed(change: RoleChange): void {
    const { clock, log } = this.#parts;
    this.#sinceMs = clock.wall();
    this.#cause = change.cause;
    this.#changes = [...this.#changes.slice(1 - keptChanges), { ...change, atMs: this.#sinceMs }];
    const severity = change.to === 'isolated' || change.to === 'backup-active' ? 'warning' : 'notice';
    log.write(severity, 'pair-role', `This unit is ${change.to} now: ${change.cause}.`, { from: change.from, to: change.to, epoch: change.epoch });
  }

  #do(effect: RoleEffect): void {
    const { log, clock } = this.#parts;
    switch (effect.type) {
      case 'persist-epoch':
        return void this.#persist(effect.epoch);
      case 'alarm-not-durable':
        return log.write('alert', 'pair-epoch-not-durable', 'This unit serves with an epoch that the disk did not take in time; a power cut would make it forget that.', { epoch: effect.epoch });
      case 'decline-offer':
        return log.write('alert', 'pair-offer-declined', 'The partner offered the service, but the disk did not take the epoch in time: the partner goes on serving.', { epoch: effect.epoch });
      case 'serve':
      case 'stop-serving': {
        const serving = effect.type === 'serve';
        const cause = this.#cause;
        this.#keeper?.want(serving);
        clock.after('pair owner', 0, () => this.#running && this.#parts.serving(serving, cause));
      }
    }
  }

  async #persist(epoch: number): Promise<void> {
    const durable = (await this.#store?.persist(epoch)) ?? false;
    if (this.#running) this.#step({ type: durable ? 'persisted' : 'persist-failed', epoch });
  }

  /** Nothing is waited for before the link listens: until then silence means nothing. */
  #arrange(): void {
    if (this.#settings !== null && this.#linkTimer === null) this.#waits.arrange(timersOf(this.#state));
  }

  #newFacts(): LinkFacts {
    const { role, able, epoch, seen, offer, asking } = this.#state;
    const serving = serves(role) && (this.#keeper === null || this.#keeper.state === 'held');
    return {
      // A unit that is about to have the shared address does not have it yet: its partner keeps it until then.
      serving, able, sees: this.#references?.sees ?? false, waiting: role === 'failback', asks: asking,
      epoch: serving ? epoch : seen, grant: offer, calls: this.#parts.calls(),
    };
  }

  #tellLink(): void {
    if (this.#facts === null) return;
    const facts = this.#newFacts();
    const old = this.#facts;
    if ((Object.keys(facts) as (keyof LinkFacts)[]).every((key) => facts[key] === old[key])) return;
    this.#facts = facts;
    this.#parts.link({ type: 'link-facts', facts });
  }

  #watchCarriers(settings: PairSettings): void {
    for (const [path, name] of (this.#parts.pathInterfaces ?? []).entries()) {
      if (name !== null) this.#carriers.watch(name, (up) => this.#key !== null && this.#parts.link({ type: 'link-carrier', path, up }));
    }
    if (settings.interface !== null) this.#carriers.watch(settings.interface, (up) => this.#references?.carrier(up));
  }

  async #stopLink(): Promise<void> {
    const stopped = new Promise<void>((resolve) => (this.#linkStopped = resolve));
    this.#parts.link({ type: 'link-stop' });
    await new Promise<void>((resolve) => {
      const timer = this.#parts.clock.after('pair goodbye', stopMs, resolve);
      void stopped.then(() => {
        timer.cancel();
        resolve();
      });
    });
    this.#link = null;
  }
}

const idle = (partner: PartnerView): boolean => alive(partner) && !partner.serving;

function interfaceAddress(name: string, text: string): InterfaceAddress {
  const [address = '', bits = ''] = text.split('/');
  return { interface: name, address, prefixBits: Number(bits) };
}

const disagreements = {
  'same-rank': 'The partner has the same rank as this unit: make one the primary and one the backup. Until then neither hands over to the other.',
  'other-beat': 'The partner beats at another interval: set beatMs the same on both. Until then the slower one decides when a unit is dead, and neither hands over to the other.',
};
