import * as v from 'valibot';
import type { Clock, MonotonicMs } from '../../../hal/clock.ts';
import type { Random } from '../../../hal/random.ts';
import type { Storage } from '../../../hal/storage.ts';
import type { Log } from '../../log.ts';
import { openDocument } from '../../mailbox/document.ts';
import type { Document } from '../../mailbox/document.ts';
import { isSetAside } from '../../mailbox/slot-adapter.ts';
import type { PinHash, PinHasher } from '../../mailbox/owner/pin-hasher.ts';

export const mostTechnicians = 32;
export const shortestPassword = 10;
export const longestPassword = 128;
/** After the n-th wrong password in a row the next is looked at only after 2^(n-1) seconds, at most this. */
export const longestDelayMs = 60_000;
/** Names whose wrong passwords are counted apart; further ones share one count. */
const mostCounted = 256;

const hash = v.object({ salt: v.string(), hash: v.string(), cost: v.number() });
const shape = v.object({ technicians: v.array(v.object({ name: v.string(), password: hash, mustChange: v.boolean() })) });
type State = { technicians: { name: string; password: PinHash; mustChange: boolean }[] };

export interface TechniciansParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly hasher: PinHasher;
  readonly log: Log;
}

export type LoginAnswer = { readonly kind: 'welcome'; readonly mustChange: boolean } | { readonly kind: 'wrong' } | { readonly kind: 'wait'; readonly ms: number };

/** Who may log in, in `config/technicians`. While there is nobody in it no login is asked for. */
export class Technicians {
  readonly #parts: TechniciansParts;
  readonly #document: Document<State>;
  readonly #wrong = new Map<string, { count: number; untilMs: MonotonicMs }>();

  /** There was a list that could not be read, now or at an earlier start, and was set aside. */
  readonly wasLost: boolean;

  private constructor(parts: TechniciansParts, document: Document<State>, wasLost: boolean) {
    this.wasLost = wasLost;
    this.#parts = parts;
    this.#document = document;
  }

  /** Errors: HalError read-only, io. */
  static async open(parts: TechniciansParts): Promise<Technicians> {
    const { storage, log } = parts;
    if ((await storage.stat('config')) === null) {
      await storage.makeDirectory('config');
      await storage.syncDirectory('');
    }
    const document = await openDocument<State>(storage, 'config/technicians', { technicians: [] }, (found) => v.parse(shape, found), log);
    return new Technicians(parts, document, await isSetAside(storage, 'config/technicians'));
  }

  get list(): readonly { readonly name: string; readonly mustChange: boolean }[] {
    return this.#document.state.technicians;
  }

  /** A new one, or a new password for one there is: it must be changed at the first login. Errors: HalError. */
  async give(name: string): Promise<string> {
    const password = oneTimePassword(this.#parts.random);
    await this.#put(name, password, true);
    return password;
  }

  /** Errors: HalError. */
  async remove(name: string): Promise<void> {
    await this.#document.change((state) => void (state.technicians = state.technicians.filter((one) => one.name !== name)));
  }

  /** Unknown names take as long, and wait as long, as known ones. */
  async login(name: string, password: string): Promise<LoginAnswer> {
    const { clock, hasher } = this.#parts;
    const key = this.#wrong.has(name) || this.#wrong.size < mostCounted ? name : '';
    const counted = this.#wrong.get(key);
    const ms = (counted?.untilMs ?? 0) - clock.monotonic();
    if (ms > 0) return { kind: 'wait', ms };
    // Counted before it is looked at: many tries at once do not outrun the count.
    const count = (counted?.count ?? 0) + 1;
    this.#wrong.set(key, { count, untilMs: (clock.monotonic() + Math.min(longestDelayMs, 1000 * 2 ** Math.min(count - 1, 16))) as MonotonicMs });
    const found = this.#document.state.technicians.find((one) => one.name === name);
    const right = await hasher.verify(password, found?.password ?? (await hasher.hash('nobody')));
    if (found === undefined || !right) return { kind: 'wrong' };
    this.#wrong.delete(key);
    return { kind: 'welcome', mustChange: found.mustChange };
  }

  /** Why a password will not do, as a sentence without its full stop; null = it is set. Errors: HalError. */
  async choose(name: string, password: string, before: string): Promise<string | null> {
    if (password.length < shortestPassword || password.length > longestPassword) return `a password has ${shortestPassword} to ${longestPassword} characters`;
    if (password === before || password.toLowerCase() === name.toLowerCase()) return 'it must differ from the one before and from the name';
    await this.#put(name, password, false);
    return null;
  }

  async #put(name: string, password: string, mustChange: boolean): Promise<void> {
    const hashed = await this.#parts.hasher.hash(password);
    await this.#document.change((state) => void (state.technicians = [...state.technicians.filter((one) => one.name !== name), { name, password: hashed, mustChange }]));
  }
}

/** 60 bits, without letters and digits that look alike. */
function oneTimePassword(random: Random): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  const text = Array.from({ length: 12 }, () => letters[random.below(letters.length)]).join('');
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`;
}
