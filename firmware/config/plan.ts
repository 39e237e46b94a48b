import { pathText } from './json-schema.ts';
import type { Settings } from './settings.ts';

/** live: at once, for what begins from now on. idle: when no call uses it any more. restart: with the next start of the unit. */
export type When = 'live' | 'idle' | 'restart';

export interface PlanStep {
  /** 'sip.port', 'peers[office]', 'mailboxes[201]': items of lists are named, not counted. */
  readonly path: string;
  /** One sentence without its full stop: what becomes of it. */
  readonly what: string;
  readonly when: When;
}

interface Effect {
  readonly when: When;
  readonly effect: string;
}

const atNextCall: Effect = { when: 'live', effect: 'holds for calls that begin from now on' };
const atOnce: Effect = { when: 'live', effect: 'holds at once' };
const sockets: Effect = { when: 'restart', effect: 'sockets are opened at the start' };
const cards: Effect = { when: 'restart', effect: 'lines are opened at the start' };
const audio: Effect = { when: 'restart', effect: 'audio ports and their memory are set aside at the start' };

/** What a change in a section takes. */
const sectionEffects: { readonly [Key in Exclude<keyof Settings, keyof typeof listEffects | 'flows'>]: Effect } = {
  unit: atOnce,
  ports: audio,
  reservations: atNextCall,
  network: { when: 'live', effect: 'the network is set up anew at once; calls in progress may end' },
  sip: sockets,
  rtp: atNextCall,
  numbers: atNextCall,
  messages: atNextCall,
  transfers: atNextCall,
  breakout: atNextCall,
  pins: atNextCall,
  telephone: atNextCall,
  console: atOnce,
  entitlement: atNextCall,
  health: { when: 'restart', effect: 'the watchdog is armed at the start' },
  pair: { when: 'restart', effect: 'the pair is formed at the start' },
  estate: { when: 'restart', effect: 'the broker is connected to from the start on' },
  central: { when: 'restart', effect: 'the central unit is looked for at the start' },
  incoming: atNextCall,
  mail: atOnce,
  outgoing: atOnce,
  outcalling: atOnce,
};

const housekeeping: Effect = { when: 'live', effect: 'holds from the next housekeeping on' };

/** Keys that differ from their section. */
export const keyEffects: Readonly<Record<string, Effect>> = {
  'unit.language': atNextCall,
  'sip.publicAddress': atNextCall,
  'sip.sessionExpiresSec': atNextCall,
  'sip.minSessionExpiresSec': atNextCall,
  'sip.watchMs': atOnce,
  'sip.watchMisses': atOnce,
  'sip.returnSec': atOnce,
  'rtp.firstPort': audio,
  'rtp.timeoutSec': { when: 'restart', effect: 'the media thread is told at the start' },
  'rtp.silentPacketMs': { when: 'restart', effect: 'the media thread is told at the start' },
  'pair.syncKbps': atOnce,
  'pair.messages': atOnce,
  'estate.commandKeys': atOnce,
  'central.collectAt': atNextCall,
  'central.syncKbps': atOnce,
  'messages.deletedKeepHours': housekeeping,
  'messages.newKeepHours': housekeeping,
  'messages.unopenedKeepHours': housekeeping,
  'messages.oldKeepHours': housekeeping,
  'messages.savedKeepHours': housekeeping,
};

interface ListEffects {
  readonly added: Effect;
  readonly changed: Effect;
  readonly removed: Effect;
}

const listEffects = {
  peers: {
    added: { when: 'live', effect: 'is served from now on' },
    changed: { when: 'live', effect: 'its calls go on; new requests follow the new settings' },
    removed: { when: 'idle', effect: 'is served until its calls have ended' },
  },
  mailboxes: {
    added: { when: 'live', effect: 'takes calls from now on' },
    changed: atNextCall,
    removed: { when: 'idle', effect: 'goes when its calls have ended; its messages stay on the disk' },
  },
  lines: { added: cards, changed: cards, removed: cards },
  'flows.databases': { added: atOnce, changed: atOnce, removed: atOnce },
  'flows.remote': { added: atNextCall, changed: atNextCall, removed: atNextCall },
  queues: {
    added: { when: 'live', effect: 'takes callers from now on' },
    changed: { when: 'live', effect: 'holds at once; who waits keeps the place' },
    removed: { when: 'live', effect: 'takes nobody any more; who waits in it overflows' },
  },
} satisfies Record<'peers' | 'mailboxes' | 'lines' | 'queues' | 'flows.databases' | 'flows.remote', ListEffects>;

/** What it takes to go from one configuration to another, section by section; nothing for equal ones. */
export function planChange(old: Settings, next: Settings): PlanStep[] {
  return [
    ...(Object.keys(sectionEffects) as (keyof typeof sectionEffects)[]).flatMap((key) => valueSteps([key], sectionEffects[key], old[key], next[key])),
    ...listSteps('peers', (peer) => peer.name, old.peers, next.peers),
    ...listSteps('lines', (line) => line.name, old.lines, next.lines),
    ...listSteps('queues', (queue) => queue.number, old.queues, next.queues),
    ...listSteps('mailboxes', (mailbox) => mailbox.number, old.mailboxes, next.mailboxes),
    ...listSteps('flows.databases', (database) => database.name, old.flows.databases, next.flows.databases),
    ...listSteps('flows.remote', (remote) => remote.name, old.flows.remote, next.flows.remote),
  ];
}

function valueSteps(path: readonly string[], section: Effect, old: unknown, next: unknown): PlanStep[] {
  if (isGroup(old) && isGroup(next)) return Object.keys(next).flatMap((key) => valueSteps([...path, key], section, old[key], next[key]));
  if (same(old, next)) return [];
  const { when, effect } = keyEffects[pathText(path)] ?? section;
  return [{ path: pathText(path), what: `${JSON.stringify(old)} becomes ${JSON.stringify(next)}; ${effect}`, when }];
}

function listSteps<Item>(list: keyof typeof listEffects, name: (item: Item) => string, old: readonly Item[], next: readonly Item[]): PlanStep[] {
  const facts = listEffects[list];
  const before = new Map(old.map((item) => [name(item), item]));
  const after = new Map(next.map((item) => [name(item), item]));
  const step = (item: string, what: string, { when, effect }: Effect): PlanStep => ({ path: `${list}[${item}]`, what: `${what}; ${effect}`, when });
  const gone = [...before.keys()].filter((item) => !after.has(item)).map((item) => step(item, 'is removed', facts.removed));
  const rest = [...after].flatMap(([item, value]) => {
    if (!before.has(item)) return [step(item, 'is added', facts.added)];
    return same(before.get(item), value) ? [] : [step(item, 'changes', facts.changed)];
  });
  return [...gone, ...rest];
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Settings come out of one schema, so equal ones have equal keys in equal order. */
function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
