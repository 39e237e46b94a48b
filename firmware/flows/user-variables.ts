import * as v from 'valibot';
import type { Storage } from '../../hal/storage.ts';
import { HalError } from '../../hal/errors.ts';
import { mostVariableCharacters, userVariablePattern } from '../callflow/variables/variables.ts';
import type { Log } from '../log.ts';
import type { Document } from '../mailbox/document.ts';
import { openDocument } from '../mailbox/document.ts';

export const mostUserVariables = 200;

const schema = v.strictObject({ version: v.literal(1), values: v.record(v.pipe(v.string(), v.regex(userVariablePattern)), v.pipe(v.string(), v.maxLength(mostVariableCharacters))) });
type Stored = v.InferOutput<typeof schema>;

/** Values that all calls share ($REG[name]); they survive a restart. */
export class UserVariables {
  readonly #document: Document<Stored>;

  private constructor(document: Document<Stored>) {
    this.#document = document;
  }

  /** The folder of `path` must exist. Errors: HalError read-only, io. */
  static async open(storage: Storage, path: string, log: Log): Promise<UserVariables> {
    return new UserVariables(await openDocument(storage, path, { version: 1, values: {} }, (found) => v.parse(schema, found), log));
  }

  /** '' where there is none. */
  get(name: string): string {
    return this.#document.state.values[name] ?? '';
  }

  all(): Readonly<Record<string, string>> {
    return this.#document.state.values;
  }

  /** Durable when resolved; '' removes it. Errors: HalError too-large (too many, too long, or no name), no-space, read-only, io. */
  async set(name: string, value: string): Promise<void> {
    const { values } = this.#document.state;
    if (!userVariablePattern.test(name)) throw new HalError('too-large', name.slice(0, 40), 'a user variable has a name of at most 32 letters, digits and underscores');
    if (value.length > mostVariableCharacters) throw new HalError('too-large', name, `a value has at most ${mostVariableCharacters} characters`);
    if (!(name in values) && Object.keys(values).length >= mostUserVariables) throw new HalError('too-large', name, `there are ${mostUserVariables} user variables already`);
    await this.#document.change((state) => {
      if (value === '') delete state.values[name];
      else state.values[name] = value;
    });
  }
}
