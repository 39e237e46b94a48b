import * as v from 'valibot';
import { conflicts } from '../../config/cross-rules.ts';
import { pathText } from '../../config/json-schema.ts';
import { freeze } from '../../config/parse-configuration.ts';
import { planChange } from '../../config/plan.ts';
import { schema } from '../../config/schema.ts';
import type { Settings } from '../../config/settings.ts';
import { SiteError } from '../site-error.ts';

/**
 * The part of the configuration that belongs to the site. What is not in it belongs to the unit: its name, addresses, audio, the pair, the
 * estate, rights, health and the console; its ports, and so their `reservations`; its `lines`, and so the `incoming` routes of these; and
 * `flows`, which names files and services of the machine. A distributed unit is at another PBX than the central one: it hands the site's peers
 * and queues on, whose agents are at that PBX, and has its own.
 */
export type SharedSettings = Pick<Settings, 'numbers' | 'messages' | 'transfers' | 'breakout' | 'pins' | 'telephone' | 'peers' | 'mail' | 'outgoing' | 'outcalling' | 'queues' | 'mailboxes'> & {
  readonly unit: Pick<Settings['unit'], 'language' | 'timeZone'>;
};

export function sharedPart({ unit, numbers, messages, transfers, breakout, pins, telephone, peers, mail, outgoing, outcalling, queues, mailboxes }: Settings): SharedSettings {
  return { unit: { language: unit.language, timeZone: unit.timeZone }, numbers, messages, transfers, breakout, pins, telephone, peers, mail, outgoing, outcalling, queues, mailboxes };
}

/** The shared part of a unit's own file, as far as it may change the site's. `ownPeers`: of a distributed unit. */
export const ownShared = (own: Settings, ownPeers: boolean): SharedSettings => {
  const shared = sharedPart(own);
  return ownPeers ? { ...shared, peers: [], queues: [], outgoing: { ...shared.outgoing, peer: null } } : shared;
};

/** Errors: SiteError not-applicable, with the first faults: a newer program may know keys that this one does not. */
export function checkShared(found: unknown): SharedSettings {
  const checked = v.safeParse(schema, found);
  if (!checked.success) throw new SiteError('not-applicable', `the site's settings do not fit this program: ${faults(checked.issues)}`);
  return sharedPart(checked.output);
}

/** The unit's own settings with the site's part laid over them. Errors: SiteError not-applicable when they contradict each other. */
export function laidOver(own: Settings, shared: SharedSettings, ownPeers: boolean): Settings {
  const atOwnPbx = ownPeers ? { peers: own.peers, queues: own.queues, outgoing: { ...shared.outgoing, peer: own.outgoing.peer } } : {};
  const settings = { ...own, ...shared, ...atOwnPbx, unit: { ...own.unit, ...shared.unit } };
  const found = conflicts(settings).map(({ path, message }) => `${pathText(path)} ${message}`);
  if (found.length > 0) throw new SiteError('not-applicable', `the site's settings do not fit this unit's own: ${found.slice(0, 3).join('; ')}`);
  return freeze(settings);
}

/** Which of the unit's settings come from the site and differ from what its own file says: 'pins.minLength', 'mailboxes[201]'. */
export const fromSite = (own: Settings, inForce: Settings): string[] => planChange(own, inForce).map(({ path }) => path);

/**
 * A person has changed the unit's own file. What they changed (`before` to `after`) is done to what the site has; the rest of the
 * site's stays, even where the file says otherwise.
 */
export const handEdited = (before: SharedSettings, after: SharedSettings, site: SharedSettings): SharedSettings => threeWay(before, after, site) as SharedSettings;

type Group = Readonly<Record<string, unknown>>;

function threeWay(before: unknown, after: unknown, site: unknown): unknown {
  if (same(before, after)) return site;
  if (isGroup(before) && isGroup(after) && isGroup(site)) return threeWayGroup(before, after, site);
  const lists = [before, after, site].map(keyed);
  const [old, next, theirs] = lists;
  if (old && next && theirs) return Object.values(threeWayGroup(old, next, theirs));
  return after;
}

function threeWayGroup(before: Group, after: Group, site: Group): Group {
  const result: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(site), ...Object.keys(after)])) {
    const value = threeWay(before[key], after[key], site[key]);
    if (value !== undefined) result[key] = value;
  }
  return result;
}

/** A list of mailboxes or peers by what names its items; null = another kind of value. A prefix keeps the order: 201 alone would be sorted as a number. */
function keyed(value: unknown): Group | null {
  if (!Array.isArray(value)) return null;
  const keys = value.map((item: unknown) => (isGroup(item) ? (item['number'] ?? item['name']) : undefined));
  if (keys.some((key) => typeof key !== 'string')) return null;
  return Object.fromEntries(value.map((item: unknown, at) => [`=${String(keys[at])}`, item]));
}

const isGroup = (value: unknown): value is Group => typeof value === 'object' && value !== null && !Array.isArray(value);
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

function faults(issues: readonly v.BaseIssue<unknown>[]): string {
  return issues.slice(0, 3).map((issue) => `${v.getDotPath(issue) ?? 'as a whole'} is not right`).join('; ');
}
