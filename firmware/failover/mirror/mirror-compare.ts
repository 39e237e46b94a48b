import type { MessageMirror, Listed, Standing } from '../../mailbox/message-mirror.ts';
import { shelves } from '../../mailbox/message-mirror.ts';
import type { MessageTransfer } from '../../mailbox/message-transfer.ts';
import type { VersionedState } from '../../mailbox/state-version.ts';
import type { Ask } from '../homecoming/home-fetcher.ts';
import { readAnswer } from '../homecoming/home-protocol.ts';
import { answers, askedAtOnce, listedAtOnce, mailboxesAtOnce, readList, readMailboxes, readStandings } from './mirror-protocol.ts';
import type { Want } from './mirror-work.ts';
import { mergedStates, mirrorVerdict } from './mirror-verdict.ts';

export interface CompareParts {
  readonly mirror: MessageMirror;
  readonly transfer: MessageTransfer;
}

/** What a comparison has left to do: logs to fetch, and whether something must wait for its owner. */
export interface Compared {
  readonly wants: readonly Want[];
  readonly left: boolean;
}

/** Compares what is here with what the partner says, and does at once what needs no log: states, purges. All of it can be repeated. */
export class MirrorCompare {
  readonly #parts: CompareParts;

  constructor(parts: CompareParts) {
    this.#parts = parts;
  }

  /** Mailboxes of a shelf that the two hold otherwise, also those that only one of them has. Errors: ChannelError. */
  async shelf(ask: Ask, shelf: number): Promise<string[]> {
    const { sum } = readAnswer(answers.shelf, (await ask('shelf', { shelf })).data);
    if (sum === (await this.#parts.mirror.sumOfShelf(shelf))) return [];
    const theirs: (readonly [string, string])[] = [];
    for (let page = await this.#mailboxes(ask, shelf, ''); ; page = await this.#mailboxes(ask, shelf, theirs.at(-1)?.[0] ?? '')) {
      theirs.push(...page);
      if (page.length < mailboxesAtOnce || theirs.length > maxMailboxes / shelves) break;
    }
    const there = new Map(theirs);
    const here = new Map(await this.#parts.mirror.shelf(shelf));
    return [...new Set([...there.keys(), ...here.keys()])].filter((mailbox) => there.get(mailbox) !== here.get(mailbox)); // what cannot be read here (null) is like nothing there
  }

  /** A page of a mailbox; `after` null: it was the last. Errors: ChannelError, HalError. */
  async list(ask: Ask, mailbox: string, after: string): Promise<Compared & { readonly after: string | null }> {
    const theirs = readList(await ask('list', { mailbox, after }));
    const last = theirs.length < listedAtOnce ? null : (theirs.at(-1)?.id ?? null);
    const page = await this.#judged(mailbox, theirs.map((one) => ({ kind: 'listed', ...one })));
    const listed = new Set(theirs.map(({ id }) => id));
    const only = (await this.#parts.mirror.list(mailbox, after, Infinity)).filter(({ id }) => !listed.has(id) && (last === null || id <= last));
    return { ...joinedWork([page, ...(await this.#purgedThere(ask, mailbox, only))]), after: last };
  }

  /** Single messages that the partner has something new about. Errors: ChannelError, HalError. */
  async about(ask: Ask, mailbox: string, ids: readonly string[]): Promise<Compared> {
    return this.#judged(mailbox, readStandings(await ask('about', { mailbox, ids }), ids));
  }

  async #mailboxes(ask: Ask, shelf: number, after: string): Promise<(readonly [string, string])[]> {
    return readMailboxes(await ask('mailboxes', { shelf, after }));
  }

  /** What is only here: the partner may have purged it. */
  async #purgedThere(ask: Ask, mailbox: string, only: readonly Listed[]): Promise<Compared[]> {
    const done: Compared[] = [];
    for (let at = 0; at < only.length; at += askedAtOnce) done.push(await this.about(ask, mailbox, only.slice(at, at + askedAtOnce).map(({ id }) => id)));
    return done;
  }

  async #judged(mailbox: string, theirs: readonly (Standing | null)[]): Promise<Compared> {
    const known = theirs.filter((one) => one !== null);
    const mine = await this.#parts.mirror.standings(mailbox, known.map(({ id }) => id));
    const wants: Want[] = [];
    let left = false;
    for (const [at, their] of known.entries()) {
      const done = await this.#judge(mailbox, mine[at] ?? null, their);
      if (done === 'left') left = true;
      else if (done !== null) wants.push(done);
    }
    return { wants, left };
  }

  /** null = all is done. */
  async #judge(mailbox: string, mine: Standing | null, theirs: Standing): Promise<Want | 'left' | null> {
    const { mirror, transfer } = this.#parts;
    const verdict = mirrorVerdict(mine, theirs);
    const { id } = theirs;
    switch (verdict.type) {
      case 'nothing':
        return null;
      case 'take':
        return { mailbox, id, state: verdict.state, version: verdict.version };
      case 'purge':
        if (transfer.isInUse(mailbox, id)) return 'left';
        await mirror.purge(mailbox, id, verdict.version);
        return null;
      case 'adopt':
        // Its owner may have changed it since it was looked at: then what they did counts as well.
        await mirror.adopt(mailbox, id, (now) => (isSame(now, mine) ? verdict : theirs.kind === 'listed' ? mergedStates(now, theirs) : now));
        return verdict.take ? { mailbox, id, state: verdict.state, version: verdict.version } : null;
    }
  }
}

/** Whoever tells of more has a defect: the first so many are compared. */
const maxMailboxes = 640_000;

const isSame = (now: VersionedState, looked: Standing | null): boolean => looked?.kind === 'listed' && now.state === looked.state && now.version === looked.version;

const joinedWork = (parts: readonly Compared[]): Compared => ({ wants: parts.flatMap(({ wants }) => wants), left: parts.some(({ left }) => left) });
