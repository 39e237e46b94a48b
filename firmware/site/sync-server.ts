import * as v from 'valibot';
import type { Answer } from './channel/channel.ts';
import { refusal } from './channel/channel-error.ts';
import type { Data } from './channel/frame.ts';
import { noBody } from './channel/frame.ts';
import { chunkBytes } from './durable-file.ts';
import { unitPattern } from './manifest.ts';
import type { Transfer } from './manifest-transfer.ts';
import { transferOf } from './manifest-transfer.ts';
import type { SiteIdentity } from './signed-manifest.ts';
import { SiteError } from './site-error.ts';
import type { SiteState } from './site-state.ts';

/** Hashes of kept manifests that a puller may name; the first that is known here is the base of the difference. */
export const maxHave = 24;

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const offset = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const requests = {
  /** -> { total, base } and at most 64 KB from `offset`. */
  manifest: v.strictObject({ hash, have: v.pipe(v.array(hash), v.maxLength(maxHave)), offset }),
  /** -> at most 64 KB from `offset`. */
  blob: v.strictObject({ hash, offset }),
  /** A unit that signed a manifest of this site: -> { certificate }. */
  unit: v.strictObject({ unit: v.pipe(v.string(), v.regex(unitPattern)) }),
  /** What came under this hash was wrong: -> { good } after it was looked at here. */
  check: v.strictObject({ hash }),
};

/** Answers what a partner asks for. A no has a code: 'not-found' (not here, or no more), 'unknown' (no such request). */
export class SyncServer {
  readonly #state: SiteState;
  readonly #identity: SiteIdentity;
  /** The last manifest asked for, ready to be sent on: it is asked for in pieces. */
  #last: { readonly key: string; readonly transfer: Transfer } | null = null;

  constructor(state: SiteState, identity: SiteIdentity) {
    this.#state = state;
    this.#identity = identity;
  }

  answer(kind: string, data: Data): Promise<Answer> {
    if (kind === 'manifest') return this.#manifest(checked(requests.manifest, data));
    if (kind === 'blob') return this.#blob(checked(requests.blob, data));
    if (kind === 'unit') return this.#unit(checked(requests.unit, data).unit);
    if (kind === 'check') return this.#check(checked(requests.check, data));
    throw refusal('unknown', `there is no request ${kind.slice(0, 64)}`);
  }

  async #manifest({ hash, have, offset }: v.InferOutput<(typeof requests)['manifest']>): Promise<Answer> {
    const key = [hash, ...have].join();
    const transfer = this.#last?.key === key ? this.#last.transfer : await this.#transfer(hash, have);
    this.#last = { key, transfer };
    return { data: { total: transfer.bytes.length, base: transfer.base }, body: transfer.bytes.subarray(offset, offset + chunkBytes) };
  }

  async #transfer(hash: string, have: readonly string[]): Promise<Transfer> {
    const signed = await this.#state.manifest(hash);
    if (signed === null) throw refusal('not-found', 'that manifest is not kept');
    for (const one of have) {
      const base = await this.#state.manifest(one);
      if (base !== null) return transferOf(signed, base);
    }
    return transferOf(signed, null);
  }

  async #blob({ hash, offset }: v.InferOutput<(typeof requests)['blob']>): Promise<Answer> {
    try {
      return { data: {}, body: await this.#state.blobs.piece(hash, offset, chunkBytes) };
    } catch (error) {
      if (error instanceof SiteError) throw refusal('not-found', error.message);
      throw error;
    }
  }

  async #unit(unit: string): Promise<Answer> {
    const certificate = this.#identity.certificate?.(unit) ?? null;
    if (certificate === null) throw refusal('not-found', 'that unit is not known here');
    return { data: { certificate }, body: noBody };
  }

  async #check({ hash }: v.InferOutput<(typeof requests)['check']>): Promise<Answer> {
    return { data: { good: await this.#state.recheck(hash) }, body: noBody };
  }
}

function checked<Schema extends v.GenericSchema>(schema: Schema, data: Data): v.InferOutput<Schema> {
  const result = v.safeParse(schema, data);
  if (!result.success) throw refusal('malformed', 'the request is not of this protocol');
  return result.output;
}
