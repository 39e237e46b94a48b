/** What was asked for on the command line; what is left out is chosen here. */
export interface Asked {
  /** None = all of them, or all that have a part in what is stored and checked. */
  readonly sections: readonly string[];
  readonly check: boolean;
  readonly store: boolean;
  readonly calls?: string;
  readonly seconds?: string;
  readonly minutes?: string;
  readonly runs?: string;
  readonly manyCalls?: string;
  readonly storedMailboxes?: string;
  readonly storedMessages?: string;
}

export interface Plan {
  readonly sections: readonly { readonly name: string; readonly runs: number }[];
  /** Sections that have no part in what is stored and checked, unless they are named. */
  readonly leftOut: readonly string[];
  readonly calls: readonly number[];
  readonly windowSec: number;
  /** For which callers come and go. */
  readonly minutes: number;
  /** Starts whose median counts. */
  readonly starts: number;
  readonly floorRuns: number;
  readonly floorSec: number;
  readonly manyCalls: number;
  readonly storedMailboxes: number;
  readonly storedMessages: number;
  /** Calls beside which the store is put in order. */
  readonly upkeepCalls: number;
}

/**
 * Sections whose ratios repeat, with how often --store measures them: what takes minutes twice, the rest three times. One run of all takes about nine minutes
 * on an idle machine, and so does --check; --store takes about twenty. The others have no ratio (busy, allocation), or one that says nothing that is not
 * said here (budget, short).
 */
const guarded: Readonly<Record<string, number>> = { start: 3, sip: 3, store: 3, media: 2, calls: 2, upkeep: 2, many: 2, stored: 3 };
const fewestRuns = 2;

const whole = { calls: '1,40,100,250', seconds: '15', minutes: '5', manyCalls: '100000', storedMailboxes: '1000', storedMessages: '100000' };
/** Of what is stored and what is checked: the same, or the ratios could not be compared. */
const brief = { calls: '40,250', seconds: '6', minutes: '5', manyCalls: '2000', storedMailboxes: '1000', storedMessages: '50000' };

/** `all`: the names of all sections, in order. Throws an Error that says what is wrong. */
export function planOf(asked: Asked, all: readonly string[]): Plan {
  const unknown = asked.sections.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new Error(`there is no section ${unknown.join(', ')}; there are ${all.join(', ')}`);
  const guards = asked.check || asked.store;
  const sizes = guards ? brief : whole;
  const chosen = asked.sections.length > 0 ? asked.sections : guards ? all.filter((name) => name in guarded) : all;
  const calls = numbers('--calls', asked.calls ?? sizes.calls);
  return {
    sections: chosen.map((name) => ({ name, runs: runsOf(asked, name) })),
    leftOut: guards && asked.sections.length === 0 ? all.filter((name) => !chosen.includes(name)) : [],
    calls,
    windowSec: one('--seconds', asked.seconds ?? sizes.seconds),
    minutes: one('--minutes', asked.minutes ?? sizes.minutes),
    starts: guards ? 5 : 7,
    floorRuns: guards ? 2 : 3,
    floorSec: guards ? 3 : 4,
    manyCalls: one('--many-calls', asked.manyCalls ?? sizes.manyCalls),
    storedMailboxes: one('--stored-mailboxes', asked.storedMailboxes ?? sizes.storedMailboxes),
    storedMessages: one('--stored-messages', asked.storedMessages ?? sizes.storedMessages),
    upkeepCalls: guards ? Math.min(...calls) : Math.max(...calls),
  };
}

function runsOf({ runs, store }: Asked, name: string): number {
  const wanted = runs === undefined ? (store ? (guarded[name] ?? fewestRuns) : 1) : one('--runs', runs);
  if (store && wanted < fewestRuns) throw new Error(`what is stored must have been measured twice at least: --runs ${fewestRuns} or more`);
  return wanted;
}

function numbers(option: string, text: string): readonly number[] {
  return text.split(',').map((part) => one(option, part));
}

function one(option: string, text: string): number {
  if (!/^[1-9]\d{0,7}$/.test(text.trim())) throw new Error(`${option} ${text}: a whole number from 1 on is wanted`);
  return Number(text);
}
