import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { WallMs } from '../../hal/clock.ts';
import type { Fingerprint } from '../../hal/secure-stream.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import type { Document } from '../mailbox/document.ts';
import { openDocument } from '../mailbox/document.ts';
import { Folders } from '../mailbox/folders.ts';

const folder = 'site';
const path = `${folder}/central`;

const recordSchema = v.strictObject({
  fingerprint: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  /** X.509, DER, base64. */
  certificate: v.pipe(v.string(), v.maxLength(1400)),
  name: v.pipe(v.string(), v.maxLength(200)),
  joinedMs: v.number(),
});
const stateSchema = v.strictObject({ form: v.literal(1), central: v.nullable(recordSchema) });
type State = v.InferOutput<typeof stateSchema>;

/** The unit that showed the code when this one joined: it is believed before the site has said who else is. */
export interface JoinedCentral {
  readonly fingerprint: Fingerprint;
  readonly certificate: string;
  readonly name: string;
  readonly joinedMs: WallMs;
}

/** Durable on a distributed unit. */
export class CentralRecord {
  readonly #document: Document<State>;

  private constructor(document: Document<State>) {
    this.#document = document;
  }

  /** Errors: HalError read-only, io, no-space. */
  static async open(storage: Storage, log: Log): Promise<CentralRecord> {
    await new Folders(storage).ensure(folder);
    return new CentralRecord(await openDocument<State>(storage, path, { form: 1, central: null }, checked, log));
  }

  get central(): JoinedCentral | null {
    return this.#document.state.central as JoinedCentral | null;
  }

  /** null = it belongs to no site. Resolves when durable. Errors: HalError; then all is as before. */
  async set(central: JoinedCentral | null): Promise<void> {
    const before = this.#document.state.central;
    try {
      await this.#document.change((state) => void (state.central = central === null ? null : { ...central }));
    } catch (error) {
      this.#document.state.central = before;
      throw error;
    }
  }
}

function checked(found: unknown): State {
  const state = v.parse(stateSchema, found);
  const { central } = state;
  if (central !== null && createHash('sha256').update(Buffer.from(central.certificate, 'base64')).digest('hex') !== central.fingerprint) throw new TypeError('the fingerprint is not that of the certificate');
  return state;
}
