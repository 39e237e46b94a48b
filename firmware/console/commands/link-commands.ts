import type { ExchangeStatus } from '../../failover/pair-exchange.ts';
import type { PairStatus } from '../../failover/pair-status.ts';
import type { PathStatistics } from '../../failover/partner-watch.ts';
import { command } from '../command.ts';
import type { Command, Invocation } from '../command.ts';
import type { LinkConsole } from '../console-unit.ts';
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
  pairs(exchangeRows(link.exchange(), timeZone)).forEach(print);
  print('');
  const changes = status.changes.map(({ atMs, from, to, cause }) => [formatTime(atMs, timeZone), from, to, cause]);
  table([{ title: 'TIME' }, { title: 'FROM' }, { title: 'TO' }, { title: 'WHY' }], changes, 'no change of role since the start').forEach(print);
}

const addressStates = { held: 'held here', gone: 'not here', unknown: 'unknown' } as const;

function ownRows({ rank, role, epoch, sinceMs, reference, able, address, held, returned }: PairStatus, timeZone: string): (readonly [string, string])[] {
  return [
    ['rank', rank ?? 'none'],
    ['role', `${role} since ${formatTime(sinceMs, timeZone)}`],
    ['epoch', String(epoch)],
    ['can serve', able ? 'yes' : 'no'],
    ['sees gateway or PBX', reference ? 'yes' : 'no'],
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
  const { sync, home } = exchange;
  const here = sync.here === null ? 'none' : `version ${sync.here.version}`;
  const there = sync.there === null ? 'unknown' : `version ${sync.there.version}`;
  const behind = sync.behind.entries === 0 ? '' : `, ${sync.behind.entries} entries (${formatBytes(sync.behind.bytes)}) to fetch`;
  return [
    ['site', `${sync.connected ? sync.state : 'no connection'}: here ${here}, there ${there}${behind}`],
    ['last in step', sync.lastInStepMs === null ? 'not since the start' : formatTime(sync.lastInStepMs, timeZone)],
    ...(sync.siblings.length === 0 ? [] : [['edited on both sides', someOf(sync.siblings.map(({ name }) => name))] as const]),
    ['messages', home.mode === 'none' ? 'stay where they are' : `${home.waiting?.messages ?? 0} wait, ${home.moved} ${home.rank === 'primary' ? 'came' : 'went'} home since the start`],
    ...[sync.problem, home.problem].flatMap((problem) => (problem === null ? [] : [['problem', plainText(problem)] as const])),
  ];
}

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
