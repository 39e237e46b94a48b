import type { KeyObject } from 'node:crypto';
import * as v from 'valibot';
import type { BlobStore } from './blob-store.ts';
import type { Answer } from './channel/channel.ts';
import { ChannelError } from './channel/channel-error.ts';
import type { Data } from './channel/frame.ts';
import type { Value } from './manifest.ts';
import { maxManifestBytes } from './manifest.ts';
import { received } from './manifest-transfer.ts';
import type { SignedManifest, SiteIdentity } from './signed-manifest.ts';
import { SiteError } from './site-error.ts';
import type { SiteState } from './site-state.ts';
import { maxHave } from './sync-server.ts';

export type Ask = (kind: string, data: Data) => Promise<Answer>;

/** A content that comes damaged so often is given up until the next attempt. */
const maxTries = 2;

const unitAnswer = v.object({ certificate: v.pipe(v.string(), v.maxLength(2048)) });

const manifestAnswer = v.object({
  total: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(maxManifestBytes)),
  base: v.nullable(v.string()),
});

/** Gets manifests and contents from the other side. */
export class SyncPuller {
  readonly #state: SiteState;
  readonly #identity: SiteIdentity;
  readonly #ask: Ask;

  constructor(state: SiteState, identity: SiteIdentity, ask: Ask) {
    this.#state = state;
    this.#identity = identity;
    this.#ask = ask;
  }

  /** Errors: ChannelError, HalError, SiteError of decodeSigned. */
  async manifest(hash: string): Promise<SignedManifest> {
    const current = this.#state.current?.hash;
    const have = [...new Set([...(current === undefined ? [] : [current]), ...this.#state.history.map((kept) => kept.hash)])].slice(0, maxHave);
    const parts: Uint8Array[] = [];
    for (let at = 0; ; ) {
      const { data, body } = await this.#ask('manifest', { hash, have, offset: at });
      const { total, base } = readAnswer(data);
      parts.push(body);
      at += body.length;
      if (body.length === 0 || at > total) throw new SiteError('malformed', 'the pieces of a manifest do not fit');
      if (at < total) continue;
      const transfer = { bytes: Buffer.concat(parts), base };
      const known = base === null ? null : await this.#state.manifest(base);
      return this.#checked((identity) => received(transfer, hash, known, identity));
    }
  }

  /**
   * Checks what came. Its author may have joined, or have been replaced, while this unit was away: then the unit at the other end, which is one
   * of ours and could as well have signed it itself, says whose key that is.
   */
  async #checked(check: (identity: SiteIdentity) => SignedManifest): Promise<SignedManifest> {
    let unknown: string | null = null;
    const noting = (unit: string): KeyObject | null => {
      const key = this.#identity.publicKey(unit);
      if (key === null) unknown = unit;
      return key;
    };
    try {
      return check({ ...this.#identity, publicKey: noting });
    } catch (error) {
      const author: string | null = unknown;
      const key = author === null ? null : await this.#vouchedKey(author);
      if (key === null) throw error;
      return check({ ...this.#identity, publicKey: (unit) => (unit === author ? key : this.#identity.publicKey(unit)) });
    }
  }

  async #vouchedKey(unit: string): Promise<KeyObject | null> {
    const { vouched } = this.#identity;
    if (vouched === undefined) return null;
    try {
      const found = v.safeParse(unitAnswer, (await this.#ask('unit', { unit })).data);
      return found.success ? await vouched(unit, found.output.certificate) : null;
    } catch (error) {
      // It does not know either, or is of an older program.
      if (error instanceof ChannelError && error.id === 'refused') return null;
      throw error;
    }
  }

  /** Goes on where an earlier attempt ended. false = the other side does not have it. Errors: ChannelError, HalError; SiteError damaged. */
  async blob(value: Value, blobs: BlobStore): Promise<boolean> {
    for (let tries = 1; ; tries++) {
      if (!(await this.#pieces(value, blobs))) return false;
      try {
        await blobs.finish(value);
        return true;
      } catch (error) {
        if (!(error instanceof SiteError)) throw error;
        // Damaged there, or what lay here from an earlier attempt was.
        const { data } = await this.#ask('check', { hash: value.sha256 });
        if (data['good'] !== true) return false;
        if (tries >= maxTries) throw error;
      }
    }
  }

  async #pieces(value: Value, blobs: BlobStore): Promise<boolean> {
    for (let at = await blobs.fetchedBytes(value); at < value.bytes; ) {
      const body = await this.#piece(value, at);
      if (body === null) return false;
      // More or less than was promised: the check of the hash tells.
      if (body.length === 0 || at + body.length > value.bytes) return true;
      await blobs.addPiece(value, body, at);
      at += body.length;
    }
    return true;
  }

  async #piece({ sha256 }: Value, offset: number): Promise<Uint8Array | null> {
    try {
      return (await this.#ask('blob', { hash: sha256, offset })).body;
    } catch (error) {
      if (error instanceof ChannelError && error.code === 'not-found') return null;
      throw error;
    }
  }
}

function readAnswer(data: Data): v.InferOutput<typeof manifestAnswer> {
  const result = v.safeParse(manifestAnswer, data);
  if (!result.success) throw new SiteError('malformed', 'the answer is not of this protocol');
  return result.output;
}
