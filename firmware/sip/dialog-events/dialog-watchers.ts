import type { ClientParts } from '../client-parts.ts';
import { makeResponse } from '../syntax/build-message.ts';
import type { ServerTransaction } from '../transaction-layer.ts';
import type { DialogWatchState } from './dialog-watch-machine.ts';
import type { WatchedPhone } from './dialog-watcher.ts';
import { DialogWatcher } from './dialog-watcher.ts';
import type { PhoneLine } from './phone-dialogs.ts';

/** Telephones that are watched at most; those beyond are tried. */
export const mostWatched = 256;
/** Subscriptions begun at once, and how long until the next: a PBX that has just started is not flooded. */
const burst = 20;
const burstMs = 250;

/** All telephones that are watched, one subscription each. On a standby none is. */
export class DialogWatchers {
  readonly #parts: ClientParts;
  readonly #tell: (key: string, line: PhoneLine) => void;
  readonly #watchers = new Map<string, DialogWatcher>();
  #wanted: readonly WatchedPhone[] = [];
  /** Asked for at the last time, also beyond the most. */
  #asked = 0;
  #on = true;
  #running = false;

  constructor(parts: ClientParts, tell: (key: string, line: PhoneLine) => void) {
    this.#parts = parts;
    this.#tell = tell;
  }

  start(): void {
    this.#running = true;
    this.#follow();
  }

  stop(): void {
    this.#running = false;
    this.#follow();
  }

  serve(on: boolean): void {
    this.#on = on;
    this.#follow();
  }

  /** What is the same stays. */
  watch(phones: readonly WatchedPhone[]): void {
    if (phones.length > mostWatched && phones.length !== this.#asked) this.#parts.log.write('warning', 'too-many-watched', `${phones.length} telephones are to be watched, and ${mostWatched} are the most; the rest is tried.`);
    this.#asked = phones.length;
    this.#wanted = phones.slice(0, mostWatched);
    this.#follow();
  }

  /** A NOTIFY; false = it is nobody's here. */
  notified(transaction: ServerTransaction): boolean {
    const { request } = transaction;
    const watcher = [...this.#watchers.values()].find(({ callId }) => callId === request.headers.get('Call-ID'));
    if (watcher === undefined) return false;
    const response = makeResponse(request, watcher.notified(request));
    response.headers.set('Server', this.#parts.product);
    transaction.respond(response);
    return true;
  }

  state(key: string): DialogWatchState | 'off' {
    return this.#watchers.get(key)?.state ?? 'off';
  }

  #follow(): void {
    const wanted = new Map((this.#on && this.#running ? this.#wanted : []).map((phone) => [phone.key, phone]));
    for (const [key, watcher] of this.#watchers) {
      if (same(wanted.get(key), watcher.phone)) continue;
      watcher.stop();
      this.#watchers.delete(key);
    }
    const fresh = [...wanted.values()].filter(({ key }) => !this.#watchers.has(key));
    fresh.forEach((phone, at) => this.#begin(phone, Math.floor(at / burst) * burstMs));
  }

  #begin(phone: WatchedPhone, afterMs: number): void {
    const watcher = new DialogWatcher(this.#parts, phone, (line) => this.#tell(phone.key, line));
    this.#watchers.set(phone.key, watcher);
    this.#parts.clock.after('dialog-watch-begin', afterMs, () => watcher.start());
  }
}

const same = (one: WatchedPhone | undefined, other: WatchedPhone): boolean => one !== undefined && JSON.stringify(usedOf(one)) === JSON.stringify(usedOf(other));

/** What a subscription uses of its peer. */
const usedOf = ({ number, peer: { name, host, port, transport, register } }: WatchedPhone): readonly unknown[] => [number, name, host, port, transport, register?.user, register?.authUser, register?.password];
