import { mailboxOf } from '../config/mailbox-of.ts';
import type { Settings } from '../config/settings.ts';
import { lampCounts, togetherCounts } from '../mailbox/lamps.ts';
import type { MessageCounts } from '../sip/user-agent.ts';
import type { WholeUnit } from './whole-unit.ts';

/** The message lamps: which mailboxes have one that this unit tells, to whom, and what it says. */
export class UnitLamps {
  readonly #unit: WholeUnit;
  /** Counted anew when something has changed; null = not known. */
  #newMessages: number | null = null;
  #known: Groups | null = null;

  constructor(unit: WholeUnit) {
    this.#unit = unit;
  }

  /** null = there is no such mailbox, or its lamp is another unit's to tell. */
  counts(mailbox: string): MessageCounts | null {
    if (!this.#tells(mailbox)) return null;
    const { store } = this.#unit;
    const groups = this.#groups().of.get(mailbox) ?? [];
    return togetherCounts(lampCounts(store.counts(mailbox)), groups.map((group) => lampCounts(store.counts(group))));
  }

  /** A distributed unit is not at the PBX that the site's settings name. */
  peer(mailbox: string): string | null {
    if (this.#unit.distributed !== null) return null;
    return mailboxOf(this.#unit.settings, mailbox)?.peer ?? null;
  }

  changed(mailbox: string): void {
    this.#newMessages = null;
    this.#tell(mailbox);
    for (const member of this.#groups().members.get(mailbox) ?? []) this.#tell(member);
  }

  #tell(mailbox: string): void {
    const counts = this.#unit.running ? this.counts(mailbox) : null;
    if (counts !== null) this.#unit.sip.lamp(mailbox, counts);
    this.#unit.phones.mailboxChanged(mailbox);
  }

  allChanged(): void {
    this.#newMessages = null;
    for (const { number } of this.#unit.settings.mailboxes) this.#tell(number);
  }

  /** In all mailboxes together. */
  newMessages(): number {
    const { running, settings, store } = this.#unit;
    if (!running) return 0;
    this.#newMessages ??= settings.mailboxes.reduce((sum, { number }) => sum + store.counts(number).new, 0);
    return this.#newMessages;
  }

  /** Group mailboxes whose messages light the lamps of members, both ways round; made anew with the settings. */
  #groups(): Groups {
    const { settings } = this.#unit;
    if (this.#known?.settings !== settings) this.#known = groupsOf(settings);
    return this.#known;
  }

  #tells(mailbox: string): boolean {
    const { settings, store, distributed } = this.#unit;
    if (mailboxOf(settings, mailbox) === null) return false;
    const { new: fresh, old, saved } = store.counts(mailbox);
    return distributed?.lights(mailbox, fresh + old + saved) ?? true;
  }
}

interface Groups {
  readonly settings: Settings;
  /** By member. */
  readonly of: ReadonlyMap<string, readonly string[]>;
  /** By group. */
  readonly members: ReadonlyMap<string, readonly string[]>;
}

function groupsOf(settings: Settings): Groups {
  const lit = settings.mailboxes.filter(({ memberLamps, members }) => memberLamps && members.length > 0);
  const of = new Map<string, string[]>();
  for (const { number, members } of lit) for (const member of members) if (member !== number) of.set(member, [...(of.get(member) ?? []), number]);
  return { settings, of, members: new Map(lit.map(({ number, members }) => [number, members.filter((member) => member !== number)])) };
}
