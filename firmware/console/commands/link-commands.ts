import type { LiveStatus } from '../../failover/live/live-pair.ts';
import type { ExchangeStatus } from '../../failover/pair-exchange.ts';
import type { HomecomingStatus } from '../../failover/homecoming/homecoming.ts';
import type { MirrorStatus } from '../../failover/mirror/mirror.ts';
import type { Behind } from '../../failover/mirror/mirror-taker.ts';
import type { PairStatus } from '../../failover/pair-status.ts';
import type { PathStatistics } from '../../failover/partner-watch.ts';
import { alive } from '../../failover/role-rules.ts';
import { command } from '../command.ts';
import type { Command, Invocation } from '../command.ts';
import type { LinkConsole } from '../parts/link-console.ts';
import { formatBytes, formatTime } from '../format.ts';
import { plainText } from '../plain-text.ts';
import { pairs, table } from '../table.ts';
import { standsAlone } from './pair-commands.ts';

/** Who of the two serves, how well they hear each other, and how to move the service. */
export const linkCommands: readonly Command[] = [
  command({ form: 'show link', help: 'role, partner, each way to it, and the last changes of role', run: withLink(showLink) }),
  command({ form: 'failover', help: 'let the backup serve', changes: true, run: withLink((link, { print }) => print(link.failover().text)) }),
  command({ form: 'failback', help: 'let the primary serve', changes: true, run: withLink((link, { print }) => print(link.failback().text)) }),
];

function withLink(run: (link: LinkConsole, invocation: Invocation) => void) {
  return (invocation: Invocation): void => {
    const { link } = invocation.unit;
    if (link === null) invocation.print(standsAlone);
    else run(link, invocation);
  };
}

function showLink(link: LinkConsole, { unit, print }: Invocation): void {
  const status = link.status();
  const { timeZone } = unit.clock();
  pairs([...ownRows(status, timeZone), ...partnerRows(status)]).forEach(print);
  if (status.statistics !== null) {
    print('');
    table(pathColumns, status.statistics.paths.map((path, index) => pathRow(path, link.ways[index] ?? '')), 'no ways').forEach(print);
  }
  print('');
  pairs([...exchangeRows(link.exchange(), timeZone), ...liveRows(link.live())]).forEach(print);
  print('');
  const changes = status.changes.map(({ atMs, from, to, cause }) => [formatTime(atMs, timeZone), from, to, cause]);
  table([{ title: 'TIME' }, { title: 'FROM' }, { title: 'TO' }, { title: 'WHY' }], changes, 'no change of role since the start').forEach(print);
}

/** Whose lease it told last. */
function witnessRow(witness: PairStatus['witness']): (readonly [string, string])[] {
  if (witness === null) return [];
  const { state, place, holder, silentMs, refused } = witness;
  const age = silentMs === null ? 'never answered' : `last answer ${Math.round(silentMs)} ms ago`;
  const says = state === 'answers' ? `: ${holder === null ? 'nobody' : `the ${holder}`} has the lease` : '';
  return [['witness', `${place} ${witnessStates[state]}${says}, ${age}${refused === 0 ? '' : `, ${refused} datagrams not taken`}`]];
}

const witnessStates = { asking: 'is being asked', silent: 'is silent', learning: 'started just now and learns', answers: 'answers' } as const;
const mainStates = { unknown: 'not known', heard: 'heard', lost: 'lost' } as const;
const addressStates = { held: 'held here', gone: 'not here', unknown: 'unknown' } as const;

function ownRows({ rank, role, epoch, sinceMs, reference, main, partner, able, witness, address, held, returned }: PairStatus, timeZone: string): (readonly [string, string])[] {
  return [
    ['rank', rank ?? 'none'],
    ['role', `${role} since ${formatTime(sinceMs, timeZone)}`],
    ['epoch', String(epoch)],
    ['can serve', able ? 'yes' : 'no'],
    ['sees gateway or PBX', reference ? 'yes' : 'no'],
    ...(main === 'unknown' ? [] : [['main PBX', `${mainStates[main]} here, ${mainStates[alive(partner) ? partner.main : 'unknown']} at the partner`] as const]),
    ...witnessRow(witness),
    ['shared address', address === null ? 'none' : addressStates[address]],
    ...(held ? [['moved by command', 'stays until the next command'] as const] : []),
    ...(returned === 'no' ? [] : [['return of the primary', returned] as const]),
  ];
}

function partnerRows({ link, partner, partnerCalls, partnerControlAgeMs, statistics }: PairStatus): (readonly [string, string])[] {
  if (link === null) return [['partner', 'not paired: pair code on one unit, pair with on the other']];
  const does = partner.serving ? 'serves' : partner.able ? 'stands by' : 'cannot serve';
  const heard = partner.life === 'alive' || partner.life === 'suspect';
  return [
    ['partner', heard ? `${partner.life}, ${does}, epoch ${partner.epoch}, ${partnerCalls} calls` : partner.life],
    ...(heard ? [['its control thread', `last moved ${partnerControlAgeMs} ms ago`] as const] : []),
    ...(partner.disagreement === null ? [] : [['disagreement', partner.disagreement] as const]),
    ...(statistics === null ? [] : [['beats sent', String(statistics.sent)] as const, ['not taken', refusals(statistics.refused)] as const, ['own pauses', String(statistics.pauses)] as const]),
  ];
}

const noExchange: readonly (readonly [string, string])[] = [['site', 'nothing is exchanged before the two are paired']];

/** How far behind the two are. */
function exchangeRows(exchange: ExchangeStatus | null, timeZone: string): readonly (readonly [string, string])[] {
  if (exchange === null || exchange.sync === null) return noExchange;
  const { sync, home, mirror } = exchange;
  const here = sync.here === null ? 'none' : `version ${sync.here.version}`;
  const there = sync.there === null ? 'unknown' : `version ${sync.there.version}`;
  const behind = sync.behind.entries === 0 ? '' : `, ${sync.behind.entries} entries (${formatBytes(sync.behind.bytes)}) to fetch`;
  return [
    ['site', `${sync.connected ? sync.state : 'no connection'}: here ${here}, there ${there}${behind}`],
    ['last in step', sync.lastInStepMs === null ? 'not since the start' : formatTime(sync.lastInStepMs, timeZone)],
    ...(sync.siblings.length === 0 ? [] : [['edited on both sides', someOf(sync.siblings.map(({ name }) => name))] as const]),
    ...(mirrors(mirror) ? mirrorRows(mirror) : [homeRow(home)]),
    ...[sync.problem, mirrors(mirror) ? mirror.problem : home.problem].flatMap((problem) => (problem === null ? [] : [['problem', plainText(problem)] as const])),
  ];
}

/** Calls in progress: which of them the other unit could carry on, and how old its copies are. */
function liveRows(live: LiveStatus | null): readonly (readonly [string, string])[] {
  if (live === null) return [['calls in progress', 'end with the unit that has them']];
  const { connected, problem, followed, calls, lagMs, behindBytes, kept, keptBytes, carriedOn, given, lost, refused } = live;
  const audio = connected ? `${Math.round(lagMs)} ms, ${formatBytes(behindBytes)} behind` : `no connection${problem === null ? '' : `, ${plainText(problem)}`}`;
  return [
    ['calls followed', `${followed} of ${calls}: ${audio}`],
    ['of the partner, here', `${kept}, ${formatBytes(keptBytes)} of audio`],
    ['calls that moved', `${carriedOn} came, ${given} went, ${lost} could not go on here`],
    ['not followed for a time', refusals({ ...live.unfollowed, 'partner not understood': refused })],
  ];
}
const homeRow = (home: HomecomingStatus): readonly [string, string] => [
  'messages',
  home.mode === 'none' ? 'stay where they are' : `${home.waiting?.messages ?? 0} wait, ${home.moved} ${home.rank === 'primary' ? 'came' : 'went'} home since the start`,
];

const mirrors = ({ on, partnerMirrors }: MirrorStatus): boolean => on && partnerMirrors !== false;

/** What either unit lacks, and since when. */
const mirrorRows = ({ connected, messages, took, behind, partnerBehind }: MirrorStatus): readonly (readonly [string, string])[] => [
  ['messages', `mirrored: ${messages} here, ${took} copied since the start`],
  ['to come here', lagText(behind) + (connected ? '' : ', no connection')],
  ['to go to the partner', partnerBehind === null ? 'unknown' : lagText(partnerBehind) + (connected ? '' : ' when last heard')],
];

const lagText = ({ messages, seconds }: Behind): string => (seconds === 0 ? 'nothing' : `${messages} wait, lag ${seconds === null ? 'unknown since the start' : `${seconds} s`}`);

const namesShown = 3;

/** 'owner/201, owner/202, owner/203 and 5 more'. */
function someOf(names: readonly string[]): string {
  const more = names.length - namesShown;
  return `${names.slice(0, namesShown).map(plainText).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function refusals(refused: Readonly<Record<string, number>>): string {
  const some = Object.entries(refused).filter(([, count]) => count > 0).map(([why, count]) => `${why} ${count}`);
  return some.length === 0 ? 'none' : some.join(', ');
}

const pathColumns = [{ title: 'WAY' }, { title: 'STATE' }, { title: 'SILENT', right: true }, { title: 'RECEIVED', right: true }, { title: 'LOST', right: true }, { title: 'LONGEST GAP', right: true }];

function pathRow({ up, silentMs, received, lost, longestGapMs, carrier }: PathStatistics, way: string): (string | number)[] {
  const state = carrier ? (up ? 'up' : 'silent') : 'no cable';
  return [way, state, silentMs === null ? '-' : `${Math.round(silentMs)} ms`, received, lost, `${Math.round(longestGapMs)} ms`];
}
