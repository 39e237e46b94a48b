import type { Timer } from '../../hal/clock.ts';
import type { PairSettings } from '../config/settings.ts';
import type { Report } from '../witness/lease.ts';
import { Disagreements } from './disagreements.ts';
import { EpochStore } from './epoch-store.ts';
import { factsOf, LinkControl } from './link-control.ts';
import type { LinkEvent, LinkFacts, LinkKeys } from './link-protocol.ts';
import { MoveGate } from './move-gate.ts';
import { PairAddress } from './pair-address.ts';
import type { PairParts } from './pair-parts.ts';
import type { PairStatus } from './pair-status.ts';
import { defaultTiming, waitMs, type PairTiming } from './pair-timing.ts';
import { PairSurroundings } from './pair-surroundings.ts';
import { alive, wants } from './role-rules.ts';
import { RoleRunner } from './role-runner.ts';
import { serves, type PartnerView, type Role } from './role.ts';

/**
 * One unit's part in its pair, in the control thread: it knows what the link, the references and the disk say, lets
 * `role-machine.ts` decide, and does what follows.
 *
 *   PairLink ── partner ──┐                         ┌──> LinkControl (what the beats say)
 *   References ── fresh ──┼──> RoleRunner ── effects ┼──> EpochStore, AddressKeeper
 *   owner ── able, calls ─┘                         └──> owner.serving
 */
export class Pair {
  readonly #parts: PairParts;
  readonly #settings: PairSettings | null;
  readonly #timing: PairTiming;
  readonly #surroundings: PairSurroundings | null;
  readonly #address: PairAddress;
  readonly #link: LinkControl;
  readonly #runner: RoleRunner;
  readonly #gate: MoveGate;
  readonly #disagreements: Disagreements;
  #store: EpochStore | null = null;
  #heard: Pick<PairStatus, 'statistics' | 'partnerCalls' | 'partnerControlAgeMs' | 'partnerSpeaks'> = { statistics: null, partnerCalls: 0, partnerControlAgeMs: 0, partnerSpeaks: null };
  #running = false;
  #pulseTimer: Timer | null = null;

  /** `settings` null: the unit stands alone and serves. */
  constructor(parts: PairParts, settings: PairSettings | null) {
    const { clock, log, link } = parts;
    this.#parts = parts;
    this.#settings = settings;
    this.#timing = parts.timing ?? defaultTiming;
    this.#disagreements = new Disagreements(log);
    this.#link = new LinkControl({ clock, timing: this.#timing, link, facts: () => this.#facts(), listening: () => this.#listening() });
    this.#runner = new RoleRunner({
      clock,
      log,
      lengthMs: (timer) => (settings === null ? 0 : waitMs(timer, settings, this.#timing, parts.mainPbx?.lossSeenMs() ?? 0)),
      waiting: () => settings !== null && !this.#link.starting,
      persist: async (epoch) => (await this.#store?.persist(epoch)) ?? false,
      serve: (serving, cause) => this.#serve(serving, cause),
      stepped: () => this.#stepped(),
    });
    this.#gate = new MoveGate({ clock, beforeMove: parts.beforeMove, running: () => this.#running, passed: () => this.#tell() });
    const user = { changed: () => this.#look(), report: () => this.#report(), pathCarrier: (path: number, up: boolean) => this.#link.carrier(path, up) };
    this.#surroundings = settings === null ? null : new PairSurroundings(parts, settings, this.#timing, user);
    this.#address = new PairAddress(parts, settings, this.#timing, user.changed);
  }

  /** `keys` from the pairing; null: the two were never paired. Never throws; what does not work is told to the log. */
  async start(keys: LinkKeys | null): Promise<void> {
    const settings = this.#settings;
    this.#running = true;
    if (settings === null) return this.#parts.serving(true, 'this unit has no partner');
    this.#store = await EpochStore.open(this.#parts.storage, this.#parts.log);
    if (!this.#running) return;
    this.#runner.begin(settings, this.#store.epoch);
    this.#address.want(false);
    this.#surroundings?.start();
    this.#beatPulse();
    if (keys === null) this.#notPaired(settings);
    else this.setKeys(keys);
  }

  /** Starts the link, or changes the keys of the one that runs: who is heard stays heard. */
  setKeys(keys: LinkKeys): void {
    const settings = this.#settings;
    if (settings === null || !this.#running) return;
    if (this.#link.state !== null) return this.#link.use(keys);
    this.#link.start(keys, settings);
    this.#runner.step({ type: 'link' });
  }

  /** Gives the address up and says goodbye, so that the partner takes over at once. Call it before calls are ended. */
  async stop(cause = 'the unit is stopping'): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    if (serves(this.#role)) this.#parts.serving(false, cause);
    this.#runner.end();
    this.#surroundings?.stop();
    this.#link.end();
    await this.#address.stop();
    this.#pulseTimer?.cancel();
    await this.#link.goodbye();
  }

  linkEvent(event: LinkEvent): void {
    switch (event.type) {
      case 'link-listening':
        return this.#running ? this.#link.listening() : undefined;
      case 'link-partner':
        return this.#partner(event.partner, event.silentMs);
      case 'link-statistics': {
        const { statistics, partnerCalls, partnerControlAgeMs, partnerSpeaks } = event;
        this.#heard = { statistics, partnerCalls, partnerControlAgeMs, partnerSpeaks };
        return;
      }
      case 'link-fenced':
        this.#parts.log.write('alert', 'pair-fenced', 'The control thread of this unit hung while its partner served: the shared address was taken off here.');
        return this.#address.doubt();
      case 'link-stopped':
        return this.#link.stopped();
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
    const { role, epoch, partner, able, main, returned, held } = this.#runner.state;
    const { statistics, partnerCalls, partnerControlAgeMs, partnerSpeaks } = this.#heard;
    return {
      statistics, partnerCalls, partnerControlAgeMs, partnerSpeaks,
      rank: this.#settings?.rank ?? null, role, epoch, sinceMs: this.#runner.sinceMs, partner,
      reference: this.#surroundings?.sees ?? false, main, able, witness: this.#surroundings?.witnessStatus() ?? null, address: this.#address.state, link: this.#link.state,
      returned, held, changes: this.#runner.changes,
    };
  }

  get #role(): Role {
    return this.#runner.state.role;
  }

  /** A primary serves without a link; a backup must not, as the two would not hear each other and both hold the address. */
  #notPaired({ rank }: PairSettings): void {
    const consequence = rank === 'primary' ? 'it serves without one' : 'it stays mute';
    this.#parts.log.write('alert', 'pair-no-key', `This unit has not been paired with its partner: there is no link, and ${consequence}.`);
    if (rank === 'primary') this.#listening();
  }

  /** From now on silence means something. */
  #listening(): void {
    this.#runner.arrange();
    this.#look();
  }

  #partner(partner: PartnerView, silentMs: number): void {
    if (!this.#running) return;
    const before = this.#runner.state.partner;
    this.#surroundings?.partner(partner, silentMs);
    this.#disagreements.look(partner);
    this.#lookAround();
    this.#runner.step({ type: 'partner', partner });
    // While it was not heard it may have served and announced itself: the neighbours must hear who does so now.
    if (idle(partner) && !idle(before) && serves(this.#role)) this.#address.announce();
  }

  /** What is known by looking. */
  #look(): void {
    if (!this.#running || this.#settings === null) return;
    const { state } = this.#runner;
    const { rank, sharedAddress } = this.#settings;
    const paired = this.#link.state !== null || rank === 'primary';
    const able = this.#parts.able() && paired && !(this.#address.failing && serves(state.role));
    const main = this.#parts.mainPbx?.heard() ?? 'unknown';
    const calls = sharedAddress === null ? 0 : (this.#parts.breaking ?? this.#parts.calls)();
    if (able !== state.able) this.#runner.step({ type: 'able', able });
    if (main !== state.main) this.#runner.step({ type: 'main', main });
    if (calls !== state.calls) this.#runner.step({ type: 'calls', calls });
    this.#lookAround();
    this.#address.tell();
    this.#tell();
  }

  #lookAround(): void {
    const { state } = this.#runner;
    if (this.#surroundings === null) return;
    const { reference, witness } = this.#surroundings;
    if (witness !== state.witness) this.#runner.step({ type: 'witness', witness });
    const returned = reference.visible && !state.reference;
    if (reference.visible !== state.reference || reference.steady !== state.steady) this.#runner.step(reference);
    // What was announced while this unit was cut off from callers, nobody heard.
    if (returned && serves(this.#role) && idle(this.#runner.state.partner)) this.#address.announce();
  }

  #beatPulse(): void {
    this.#link.beat();
    this.#pulseTimer = this.#parts.clock.after('pair pulse', this.#timing.pulseMs, () => this.#beatPulse());
    this.#look();
  }

  #command(type: 'failover' | 'failback'): { readonly ok: boolean; readonly text: string } {
    if (!this.#running) return { ok: false, text: 'the unit is stopping' };
    const { answer } = this.#runner.step({ type });
    return answer ?? { ok: false, text: 'this unit has no partner' };
  }

  #serve(serving: boolean, cause: string): void {
    this.#address.want(serving);
    this.#parts.clock.after('pair owner', 0, () => this.#running && this.#parts.serving(serving, cause));
  }

  #stepped(): void {
    this.#gate.look(this.#runner.state.offer);
    this.#tell();
  }

  #tell(): void {
    this.#link.tell();
    this.#surroundings?.tell();
  }

  /** A unit that serves and cannot be reached, or that cannot answer, has no lease: its partner may take over. */
  #report(): Omit<Report, 'wonders'> {
    const { state } = this.#runner;
    const serving = serves(state.role) && state.able && (this.#surroundings?.sees ?? false);
    return { rank: state.rank, serving, wants: wants(state), epoch: serves(state.role) ? state.epoch : state.seen };
  }

  /** A unit that is about to have the shared address does not have it yet: its partner keeps it until then. */
  #facts(): LinkFacts {
    const facts = factsOf(this.#runner.state, { here: this.#address.here, sees: this.#surroundings?.sees ?? false, calls: this.#parts.calls() });
    return { ...facts, grant: this.#gate.told(facts.grant) };
  }
}

const idle = (partner: PartnerView): boolean => alive(partner) && !partner.serving;
