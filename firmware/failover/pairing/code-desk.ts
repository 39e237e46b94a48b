import type { Clock, Timer } from '../../../hal/clock.ts';
import type { Endpoint } from '../../../hal/datagram.ts';
import type { Random } from '../../../hal/random.ts';
import type { StreamConnection, StreamListener, StreamNet } from '../../../hal/stream.ts';
import type { Log } from '../../log.ts';
import type { Introduction } from './pair-secrets.ts';
import { scalarBytes } from './cpace.ts';
import { exchange } from './exchange.ts';
import { hostRun } from './host-run.ts';
import { makeCode } from './pair-code.ts';
import { encodeMessage, nonceBytes } from './pair-message.ts';
import type { Agreement, CodePurpose, Outcome } from './pair-run.ts';
import { afterConnection, afterWrongCode, codeLimits, showCode, type ShownCode, type VoidReason } from './shown-code.ts';

export interface DeskParts {
  readonly purpose: CodePurpose;
  readonly stream: StreamNet;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly local: Endpoint;
  readonly own: Introduction;
  /** This unit is joining another one: nobody can join it meanwhile. */
  readonly joining: () => boolean;
  readonly store: (agreement: Agreement) => Promise<'stored' | 'busy' | 'failed'>;
  readonly ended: (outcome: Outcome, from: Endpoint) => void;
}

/** For one run: its messages need less than a second on any network that can carry a call. */
export const runLimitMs = 10_000;
/** Runs at the same time, one for each address. */
const mostRuns = 8;

export interface DeskCounters {
  wrongCodes: number;
  garbage: number;
  refused: number;
}

/** Shows codes and serves who joins with one. It listens only while a code is good. */
export class CodeDesk {
  readonly counters: DeskCounters = { wrongCodes: 0, garbage: 0, refused: 0 };
  readonly #parts: DeskParts;
  readonly #runs = new Map<string, AbortController>();
  #shown: ShownCode | null = null;
  #expiry: Timer | null = null;
  #listener: StreamListener | null = null;
  #storing = 0;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  get shown(): ShownCode | null {
    return this.#shown;
  }

  /** A joiner has proven that it knows the code, and is being stored. */
  get storing(): boolean {
    return this.#storing > 0;
  }

  /** Errors: address-in-use, address-unavailable, permission-denied. */
  async show(): Promise<ShownCode> {
    const { stream, local, clock, random } = this.#parts;
    this.void('replaced');
    const shown = showCode(makeCode(random), clock.monotonic());
    this.#shown = shown;
    this.#expiry = clock.after('pair code', codeLimits.validMs, () => this.void('expired'));
    try {
      const listener = await stream.listen(local, (connection) => this.#accept(connection));
      if (this.#shown?.code !== shown.code) listener.close();
      else this.#listener = listener;
    } catch (error) {
      if (this.#shown?.code === shown.code) this.#clear();
      throw error;
    }
    return shown;
  }

  /** Ends the code that is shown, if there is one, and who was about to use it. */
  void(reason: VoidReason): void {
    if (this.#shown === null) return;
    this.#clear();
    const severity = reason === 'tried-too-often' || reason === 'connected-too-often' ? 'warning' : 'notice';
    this.#parts.log.write(severity, 'pair-code-void', `The code of the ${this.#parts.purpose} is void: ${reason}`, { wrong: this.counters.wrongCodes });
    if (reason !== 'used') for (const run of this.#runs.values()) run.abort();
  }

  #clear(): void {
    this.#shown = null;
    this.#expiry?.cancel();
    this.#listener?.close();
    this.#listener = null;
  }

  #accept(connection: StreamConnection): void {
    const { address } = connection.remote;
    const { clock, random, own, joining, purpose } = this.#parts;
    const shown = this.#shown === null ? 'used' : afterConnection(this.#shown, clock.monotonic());
    if (typeof shown === 'string') {
      this.void(shown);
      return connection.close();
    }
    this.#shown = shown;
    if (joining()) return this.#refuseBusy(connection);
    this.#runs.get(address)?.abort();
    this.#runs.delete(address);
    if (this.#runs.size >= mostRuns) return this.#refuseBusy(connection);
    const abort = new AbortController();
    this.#runs.set(address, abort);
    const machine = hostRun({ code: shown.code, purpose, nonce: random.bytes(nonceBytes), secret: random.bytes(scalarBytes), own });
    void exchange(machine, { connection, clock, limitMs: runLimitMs, store: (agreement) => this.#store(agreement), signal: abort.signal }).then((outcome) => {
      if (this.#runs.get(address) === abort) this.#runs.delete(address);
      this.#ended(outcome, connection.remote);
    });
  }

  #refuseBusy(connection: StreamConnection): void {
    this.counters.refused += 1;
    connection.write(encodeMessage({ kind: 'refused', reason: 'busy' }));
    connection.close();
  }

  async #store(agreement: Agreement): Promise<'stored' | 'busy' | 'failed'> {
    if (this.#parts.joining() || this.storing) return 'busy';
    this.#storing += 1;
    this.void('used');
    const result = await this.#parts.store(agreement);
    this.#storing -= 1;
    return result;
  }

  #ended(outcome: Outcome, from: Endpoint): void {
    if (outcome === 'garbage') this.counters.garbage += 1;
    if (outcome === 'wrong-code') this.#wrongCode(from);
    this.#parts.ended(outcome, from);
  }

  #wrongCode(from: Endpoint): void {
    this.counters.wrongCodes += 1;
    const left = this.#shown === null ? 'tried-too-often' : afterWrongCode(this.#shown);
    this.#parts.log.write('warning', 'pair-wrong-code', 'Somebody joined with a wrong code', { address: from.address, triesLeft: typeof left === 'string' ? 0 : left.triesLeft });
    if (typeof left === 'string') this.void(left);
    else this.#shown = left;
  }
}
