import type { Clock } from '../../hal/clock.ts';
import { HalError } from '../../hal/errors.ts';
import type { Random } from '../../hal/random.ts';
import type { StreamNet } from '../../hal/stream.ts';
import type { Identity } from '../failover/identity.ts';
import { runLimitMs } from '../failover/pairing/code-desk.ts';
import { scalarBytes } from '../failover/pairing/cpace.ts';
import { exchange } from '../failover/pairing/exchange.ts';
import { joinRun } from '../failover/pairing/join-run.ts';
import { readCode } from '../failover/pairing/pair-code.ts';
import { nonceBytes } from '../failover/pairing/pair-message.ts';
import type { Agreement, Outcome } from '../failover/pairing/pair-run.ts';
import type { JoinResult } from '../failover/pairing/pairing.ts';
import type { Log } from '../log.ts';

export interface SiteJoinParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly stream: StreamNet;
  readonly identity: Identity;
  readonly name: string;
  /** `pair.port` of the central unit. */
  readonly port: number;
  /** The central unit, durably. Must not reject. */
  readonly store: (agreement: Agreement) => Promise<'stored' | 'failed'>;
}

/** As with a pair; `name` is that of the unit that showed the code. */
export type SiteJoinResult = { readonly ok: true; readonly name: string } | Extract<JoinResult, { ok: false }>;

const connectLimitMs = 5000;

/** Becomes a distributed unit of the site whose code was typed. One at a time. */
export class SiteJoin {
  readonly #parts: SiteJoinParts;
  #running: AbortController | null = null;

  constructor(parts: SiteJoinParts) {
    this.#parts = parts;
  }

  /** Never rejects. */
  async join(address: string, typed: string, signal?: AbortSignal): Promise<SiteJoinResult> {
    const code = readCode(typed);
    if (code === null) return { ok: false, why: 'not-a-code', detail: '' };
    if (this.#running !== null) return { ok: false, why: 'busy', detail: 'this unit is joining already' };
    const abort = new AbortController();
    const stop = (): void => abort.abort();
    this.#running = abort;
    signal?.addEventListener('abort', stop);
    try {
      return await this.#joinAt(address, code, abort.signal);
    } finally {
      this.#running = null;
      signal?.removeEventListener('abort', stop);
    }
  }

  stop(): void {
    this.#running?.abort();
  }

  async #joinAt(address: string, code: string, signal: AbortSignal): Promise<SiteJoinResult> {
    const { stream, clock, random, log, identity, port, name, store } = this.#parts;
    let connection;
    try {
      connection = await stream.connect({ address, port }, connectLimitMs);
    } catch (error) {
      return { ok: false, why: 'unreachable', detail: error instanceof HalError ? error.message : String(error) };
    }
    let central = '';
    const machine = joinRun({ code, purpose: 'site', nonce: random.bytes(nonceBytes), secret: random.bytes(scalarBytes), own: { certificate: identity.certificate, fingerprint: identity.fingerprint, name } });
    const keep = (agreement: Agreement): Promise<'stored' | 'failed'> => {
      central = agreement.partner.name;
      return store(agreement);
    };
    const outcome: Outcome = await exchange(machine, { connection, clock, limitMs: runLimitMs, store: keep, signal });
    if (outcome === 'paired') return { ok: true, name: central };
    log.write(outcome === 'impostor' ? 'error' : 'warning', 'site-join-failed', 'Joining the site came to nothing', { address, why: outcome });
    return { ok: false, why: outcome, detail: '' };
  }
}
