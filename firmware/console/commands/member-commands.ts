import type { DistributedStatus } from '../../distributed/distributed-unit.ts';
import type { MemberStatus } from '../../distributed/member-hub.ts';
import type { SiteJoinResult } from '../../distributed/site-join.ts';
import type { SyncStatus } from '../../site/sync.ts';
import { addressArgument, codeArgument, memberArgument } from '../argument-kinds.ts';
import { command } from '../command.ts';
import type { Command, Invocation } from '../command.ts';
import type { ConsoleUnit } from '../console-unit.ts';
import type { DistributedConsole } from '../parts/distributed-console.ts';
import type { MembersConsole } from '../parts/members-console.ts';
import { formatBytes, formatDuration, formatTime } from '../format.ts';
import { plainText } from '../plain-text.ts';
import { pairs, table } from '../table.ts';
import { joinRefusal } from './pair-commands.ts';

/** Elsewhere 's' alone is to go on meaning show. */
const offered = ({ members, distributed }: ConsoleUnit): boolean => members !== null || distributed !== null;

/** A central unit and its distributed units: who is of the site, and how far each is. */
export const memberCommands: readonly Command[] = [
  command({ form: 'show members', help: 'units of the site, what waits there, and which version each has', offered, run: showMembers }),
  command({ form: 'site code', help: 'show a code to be typed on a distributed unit', changes: true, offered, run: withMembers(showCode) }),
  command({
    form: 'site join ADDRESS CODE',
    help: 'become a distributed unit of the site whose central unit shows the code',
    arguments: [addressArgument, codeArgument],
    changes: true,
    offered,
    run: withDistributed(join),
  }),
  command({ form: 'site remove MEMBER', help: 'cut a distributed unit off', arguments: [memberArgument], changes: true, offered, run: withMembers(remove) }),
  command({ form: 'site leave', help: 'let this distributed unit belong to no site; what it holds stays', changes: true, offered, run: withDistributed(leave) }),
];

const atTheCentral = 'this is a distributed unit: give that command at the central unit';
const notDistributed = 'this is no distributed unit: there is no central section in its configuration';

function withMembers(run: (members: MembersConsole, invocation: Invocation) => Promise<void> | void) {
  return (invocation: Invocation): Promise<void> | void => {
    const { members } = invocation.unit;
    return members === null ? invocation.print(atTheCentral) : run(members, invocation);
  };
}

function withDistributed(run: (distributed: DistributedConsole, invocation: Invocation) => Promise<void> | void) {
  return (invocation: Invocation): Promise<void> | void => {
    const { distributed } = invocation.unit;
    return distributed === null ? invocation.print(notDistributed) : run(distributed, invocation);
  };
}

function showMembers(invocation: Invocation): void {
  const { members, distributed } = invocation.unit;
  if (members !== null) showAll(members.status(), invocation);
  else if (distributed !== null) showOwn(distributed.status(), invocation);
}

const memberColumns = [
  { title: 'NAME' }, { title: 'KIND' }, { title: 'STATE' }, { title: 'VERSION', right: true }, { title: 'IN STEP' }, { title: 'WAITING', right: true }, { title: 'CAME', right: true }, { title: 'CERTIFICATE' },
];

function showAll(all: readonly MemberStatus[], { print }: Invocation): void {
  table(memberColumns, all.map(memberRow), 'no members yet').forEach(print);
  for (const { member, delivery, sync } of all) {
    const problem = delivery?.problem ?? sync?.problem ?? null;
    if (problem !== null) print(`${plainText(member.name)}: ${plainText(problem)}`);
  }
}

function memberRow({ member, delivery, sync }: MemberStatus): (string | number)[] {
  const { name, kind, fingerprint } = member;
  const certificate = fingerprint.slice(0, 8);
  if (kind !== 'distributed') return [plainText(name), kind, 'see show link', '-', '-', '-', '-', certificate];
  const state = delivery?.connected === true || sync?.connected === true ? 'connected' : 'away';
  return [plainText(name), kind, state, sync?.there?.version ?? '-', stepWord(sync), delivery?.waiting?.messages ?? '-', delivery?.came ?? 0, certificate];
}

const stepWord = (sync: SyncStatus | null): string => (sync === null || sync.there === null ? 'unknown' : sync.state === 'in-step' ? 'yes' : 'no');

function showOwn(status: DistributedStatus, { unit, print }: Invocation): void {
  const { timeZone } = unit.clock();
  pairs(ownRows(status, timeZone)).forEach(print);
  print('');
  const others = status.members.map(({ name, kind, fingerprint }) => [plainText(name), kind, fingerprint.slice(0, 8)]);
  table([{ title: 'NAME' }, { title: 'KIND' }, { title: 'CERTIFICATE' }], others, 'no members known').forEach(print);
  print('');
  const changes = status.changes.map(({ atMs, from, to, cause }) => [formatTime(atMs, timeZone), from, to, cause]);
  table([{ title: 'TIME' }, { title: 'FROM' }, { title: 'TO' }, { title: 'WHY' }], changes, 'no change since the start').forEach(print);
}

function ownRows({ standing, joined, central, silentMs, waiting, gone, sync, problem }: DistributedStatus, timeZone: string): (readonly [string, string])[] {
  const heard = Number.isFinite(silentMs) ? `, heard ${formatDuration(silentMs)} ago` : '';
  return [
    ['this unit is', standing],
    ['joined', joined === null ? 'no site: site code on the central unit, site join here' : `${plainText(joined.name)}, ${formatTime(joined.joinedMs, timeZone)}`],
    ['central unit', central === null ? `none answers${heard}` : `${plainText(central.name)} at ${central.address}${heard}`],
    ['waiting here', `${waiting.messages} messages, ${formatBytes(waiting.bytes)}`],
    ['went there', `${gone} messages`],
    ['version', `${sync?.here?.version ?? '-'} here, ${sync?.there?.version ?? '-'} there`],
    ['trouble', problem === null ? 'none' : plainText(problem)],
  ];
}

async function showCode(members: MembersConsole, { unit, print }: Invocation): Promise<void> {
  if (!members.serves()) return print('this unit is a standby: give that command at the unit that serves');
  const ended = (unit.pair?.status().code ?? null) !== null;
  const { code, validMs } = await members.showCode();
  print(`code ${code}`);
  print(`It is good for ${validMs / 60_000} minutes and one unit, and is not shown again. On the distributed unit: site join ADDRESS ${code}`);
  if (ended) print('The code that pair code has shown is void now.');
}

async function join(distributed: DistributedConsole, { given, print, signal }: Invocation): Promise<void> {
  const address = given['ADDRESS'] as string;
  const result: SiteJoinResult = await distributed.join(address, given['CODE'] as string, signal);
  print(result.ok ? `joined the site of ${plainText(result.name)}` : `not joined: ${joinRefusal(result, address)}`);
}

async function remove(members: MembersConsole, { given, print }: Invocation): Promise<void> {
  const fingerprint = given['MEMBER'] as string;
  const name = members.status().find(({ member }) => member.fingerprint === fingerprint)?.member.name ?? '';
  if (!(await members.remove(fingerprint))) return print('only distributed units can be removed; for the partner there is pair forget');
  print(`${plainText(name)} is no member any more; what it holds stays there until it joins a site`);
}

async function leave(distributed: DistributedConsole, { print }: Invocation): Promise<void> {
  print((await distributed.leave()) ? 'this unit belongs to no site any more; remove it at the central unit too' : 'this unit belonged to no site');
}
