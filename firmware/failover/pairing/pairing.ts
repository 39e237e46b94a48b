import type { Clock } from '../../../hal/clock.ts';
import type { Endpoint } from '../../../hal/datagram.ts';
import { HalError } from '../../../hal/errors.ts';
import type { Random } from '../../../hal/random.ts';
import type { Fingerprint, SecureStreamNet } from '../../../hal/secure-stream.ts';
import type { Storage } from '../../../hal/storage.ts';
import type { StreamNet } from '../../../hal/stream.ts';
import type { Log } from '../../log.ts';
import { openIdentity, type Identity } from '../identity.ts';
import { CodeDesk, runLimitMs } from './code-desk.ts';
import { scalarBytes } from './cpace.ts';
import { exchange } from './exchange.ts';
import { joinRun } from './join-run.ts';
import { acceptedKeys, type BeatKey } from './key-ring.ts';
import { KeyRotation, rotationService } from './key-rotation.ts';
import { PairChannel } from './pair-channel.ts';
import { readCode } from './pair-code.ts';
import { nonceBytes } from './pair-message.ts';
import type { PartnerRecord } from './pair-record.ts';
import type { Agreement, Outcome } from './pair-run.ts';
import { PartnerStore } from './partner-store.ts';
import { codeLimits } from './shown-code.ts';

export interface PairingParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly storage: Storage;
  readonly log: Log;
  readonly stream: StreamNet;
  readonly secure: SecureStreamNet;
  /** `unit.name`: what the partner shows for this unit. */
  readonly name: string;
  /** Where this unit listens: pairing on `port`, the secure channel on `port` + 1, both TCP and the same on both units. */
  readonly local: Endpoint;
  /** Addresses of the partner, tried in this order. */
  readonly partnerAddresses: readonly string[];
  /** The primary makes the new keys. */
  readonly rotates: boolean;
}

/** For the heartbeat and the secure channel. */
export interface PairKeys {
  readonly pairId: string;
  readonly partner: Fingerprint;
  readonly send: BeatKey;
  /** Newest first; `send` is one of them. */
  readonly accept: readonly BeatKey[];
}

export interface PairingStatus {
  readonly fingerprint: Fingerprint;
  readonly partner: PartnerRecord | null;
  /** null = no code is shown; the code itself is not kept for looking at. */
  readonly code: { readonly validForMs: number; readonly triesLeft: number } | null;
  readonly wrongCodes: number;
  readonly garbage: number;
}

export type JoinResult = { readonly ok: true; readonly partner: PartnerRecord } | { readonly ok: false; readonly why: Exclude<Outcome, 'paired'> | 'not-a-code' | 'unreachable'; readonly detail: string };

const connectLimitMs = 5000;

/** What makes two units a pair: identity, code, partner, keys, and the channel between them. */
export class Pairing {
  /** Called after each durable change of keys or partner; null = no partner any more. */
  keysChanged: (keys: PairKeys | null) => void = () => {};
  /** Called before a code is shown: both kinds of code need the same port, so one for a distributed unit must go. */
  codeShown: () => void = () => {};
  readonly channel: PairChannel;
  readonly #parts: PairingParts;
  readonly identity: Identity;
  readonly #store: PartnerStore;
  readonly #desk: CodeDesk;
  readonly #rotation: KeyRotation;
  #join: AbortController | null = null;
  #closed = false;

  private constructor(parts: PairingParts, identity: Identity, store: PartnerStore) {
    const { clock, random, log, stream, secure, local } = parts;
    this.#parts = parts;
    this.identity = identity;
    this.#store = store;
    store.changed = () => this.keysChanged(this.keys());
    this.channel = new PairChannel({ secure, clock, log, identity, partner: () => store.partner, local: { ...local, port: local.port + 1 }, seen: (pairId) => this.#seen(pairId) });
    this.#desk = new CodeDesk({
      purpose: 'pair', stream, clock, random, log, local, own: this.#own(),
      joining: () => this.#join !== null,
      store: (agreement) => this.#pair(agreement, false),
      ended: (outcome, from) => this.#hosted(outcome, from),
    });
    this.#rotation = new KeyRotation({ clock, random, log, store, leads: parts.rotates, dial: () => this.dial(rotationService) });
    this.channel.serve(rotationService, (connection) => this.#rotation.serve(connection));
  }

  /** Errors: HalError of the storage, or that the channel cannot listen. */
  static async open(parts: PairingParts): Promise<Pairing> {
    const identity = await openIdentity(parts.storage, parts.random, parts.log);
    const pairing = new Pairing(parts, identity, await PartnerStore.open(parts.storage, parts.clock, parts.log));
    await pairing.channel.open();
    pairing.#rotation.plan();
    return pairing;
  }

  close(): void {
    this.#closed = true;
    this.#join?.abort();
    this.#desk.void('replaced');
    this.#rotation.close();
    this.channel.close();
  }

  status(): PairingStatus {
    const { shown, counters } = this.#desk;
    const code = shown === null ? null : { validForMs: Math.max(0, shown.untilMs - this.#parts.clock.monotonic()), triesLeft: shown.triesLeft };
    return { fingerprint: this.identity.fingerprint, partner: this.#store.partner, code, wrongCodes: counters.wrongCodes, garbage: counters.garbage };
  }

  keys(): PairKeys | null {
    const { partner } = this.#store;
    return partner && { pairId: partner.pairId, partner: partner.fingerprint, send: partner.ring.current, accept: acceptedKeys(partner.ring) };
  }

  /** A fresh code, which ends an older one. Errors: address-in-use, address-unavailable, permission-denied. */
  async showCode(): Promise<{ readonly code: string; readonly validMs: number }> {
    this.codeShown();
    const { code } = await this.#desk.show();
    this.#parts.log.write('notice', 'pair-code-shown', 'A code for pairing is good for ten minutes');
    return { code, validMs: codeLimits.validMs };
  }

  /** Pairs with the unit at `address` that shows `code`. Never rejects. */
  async join(address: string, typed: string, signal?: AbortSignal): Promise<JoinResult> {
    const code = readCode(typed);
    if (code === null) return { ok: false, why: 'not-a-code', detail: '' };
    if (this.#join !== null || this.#desk.storing || this.#closed) return { ok: false, why: 'busy', detail: 'this unit is pairing already' };
    const abort = new AbortController();
    const stop = (): void => abort.abort();
    this.#join = abort;
    signal?.addEventListener('abort', stop);
    try {
      return await this.#joinAt({ address, port: this.#parts.local.port }, code, abort.signal);
    } finally {
      this.#join = null;
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Wipes partner and keys; whether there were any. The partner is not told: it shows the pair until it forgets too. Errors: HalError of the storage. */
  async forget(): Promise<boolean> {
    this.#join?.abort();
    this.#desk.void('replaced');
    const had = this.#store.partner !== null;
    await this.#store.forget();
    this.#rotation.plan();
    if (had) this.#parts.log.write('notice', 'pair-forgotten', 'The partner is forgotten and its keys are wiped');
    return had;
  }

  /** The code that is shown, if there is one, is good no more. */
  voidCode(): void {
    this.#desk.void('replaced');
  }

  /** Whether this unit joins another, or somebody joins it. */
  get pairingNow(): boolean {
    return this.#join !== null || this.#desk.storing;
  }

  /** Renews the key of the heartbeat now. Only where this unit rotates. */
  rotate(): Promise<boolean> {
    return this.#rotation.rotate();
  }

  /** A conversation with the partner's `service`, on the first of its addresses that answers. Errors: those of `PairChannel.dial`. */
  async dial(service: string): Promise<Awaited<ReturnType<PairChannel['dial']>>> {
    let last: unknown = new HalError('not-found', 'pair.partner', 'no address of the partner is configured');
    for (const address of this.#parts.partnerAddresses) {
      try {
        return await this.channel.dial({ address, port: this.#parts.local.port + 1 }, service);
      } catch (error) {
        last = error;
      }
    }
    throw last;
  }

  async #joinAt(to: Endpoint, code: string, signal: AbortSignal): Promise<JoinResult> {
    const { stream, clock, random, log } = this.#parts;
    let connection;
    try {
      connection = await stream.connect(to, connectLimitMs);
    } catch (error) {
      return { ok: false, why: 'unreachable', detail: error instanceof HalError ? error.message : String(error) };
    }
    const machine = joinRun({ code, purpose: 'pair', nonce: random.bytes(nonceBytes), secret: random.bytes(scalarBytes), own: this.#own() });
    const outcome = await exchange(machine, { connection, clock, limitMs: runLimitMs, store: (agreement) => this.#pair(agreement, true), signal });
    const { partner } = this.#store;
    if (outcome === 'paired' && partner !== null) return { ok: true, partner };
    log.write(outcome === 'impostor' ? 'error' : 'warning', 'pair-join-failed', 'Joining the other unit came to nothing', { address: to.address, why: outcome });
    return { ok: false, why: outcome === 'paired' ? 'failed' : outcome, detail: '' };
  }

  /** Does not reject. */
  async #pair(agreement: Agreement, confirmed: boolean): Promise<'stored' | 'failed'> {
    const { log } = this.#parts;
    const { fingerprint, name } = agreement.partner;
    const before = this.#store.partner;
    try {
      await this.#store.pair(agreement, confirmed);
    } catch (error) {
      log.write('error', 'pair-not-stored', 'The partner could not be stored', { why: String(error) });
      return 'failed';
    }
    if (!this.#closed) this.#rotation.plan();
    if (before !== null && before.fingerprint !== fingerprint) log.write('notice', 'pair-replaced', 'Another unit is the partner now', { name, before: before.name });
    return 'stored';
  }

  #hosted(outcome: Outcome, from: Endpoint): void {
    const { log } = this.#parts;
    const { partner } = this.#store;
    if (outcome === 'paired' && partner !== null) {
      this.#seen(partner.pairId);
      log.write('notice', 'paired', 'This unit has a partner', { name: partner.name, fingerprint: partner.fingerprint });
    } else if (outcome === 'unconfirmed') log.write('warning', 'pair-unconfirmed', 'The partner is stored here, but did not say that it has stored this unit; pair again if it has not', { address: from.address });
    else if (outcome !== 'wrong-code') log.write('info', 'pair-run-ended', 'Somebody who joined went away unpaired', { address: from.address, why: outcome });
  }

  #seen(pairId: string): void {
    void this.#store.confirm(pairId).catch(() => {}); // the next conversation does it again
  }

  #own(): { certificate: Uint8Array; fingerprint: Fingerprint; name: string } {
    const { certificate, fingerprint } = this.identity;
    return { certificate, fingerprint, name: this.#parts.name };
  }
}
