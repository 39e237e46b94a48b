import { incomingPlace } from '../../update/bundle-fetcher.ts';
import { bundleSourceFault } from '../../update/bundle-source.ts';
import type { SlotVersion, UpdateOutcome } from '../../update/update-state.ts';
import type { PairUpdateState } from '../../update/pair/pair-update-machine.ts';
import type { UpdateStatus } from '../../update/update-desk.ts';
import type { ArgumentKind, Command, Invocation } from '../command.ts';
import { command } from '../command.ts';
import type { ConsoleUnit } from '../console-unit.ts';
import type { UpdateConsole } from '../parts/update-console.ts';
import { formatBytes, formatDuration, formatTime } from '../format.ts';
import { plainText } from '../plain-text.ts';
import { receiveFile } from '../receive-file.ts';
import { pairs, table } from '../table.ts';

const sourceArgument: ArgumentKind = {
  name: 'SOURCE',
  help: 'a signed bundle: a file NAME.raucb, a URL, or usb for the one on a stick',
  check: (text) => bundleSourceFault(text),
  values: () => ['usb'],
};

const offered = (unit: ConsoleUnit): boolean => unit.update !== null;

/** A firmware in place of the one that runs. */
export const updateCommands: readonly Command[] = [
  command({ form: 'show update', help: 'the two firmware slots, an update that goes on, and how the last ones ended', offered, run: withUpdate(showUpdate) }),
  command({
    form: 'update SOURCE',
    help: 'install a firmware beside calls; it is tried when no call is up, and goes back by itself unless it answers',
    arguments: [sourceArgument],
    options: [
      { name: 'later', help: 'the restart waits for update now', value: null },
      { name: 'follow', help: 'stay, and tell how it goes on until the restart', value: null },
    ],
    changes: true,
    offered,
    run: withUpdate(begin),
  }),
  command({ form: 'update pair SOURCE', help: 'both units: the one that stands by first, and this one when it is good there; no call is lost', arguments: [sourceArgument], changes: true, offered: (unit) => offered(unit) && unit.pair !== null, run: withUpdate(forPair) }),
  command({ form: 'update now', help: 'restart into what is installed', options: [{ name: 'end-calls', help: 'though calls are up: they are ended', value: null }], changes: true, offered, run: withUpdate(now) }),
  command({ form: 'update cancel', help: 'what is fetched or installed is not to be tried', changes: true, offered, run: withUpdate(cancel) }),
  command({ form: 'update back', help: 'to the version that ran before', options: [{ name: 'later', help: 'the restart waits for update now', value: null }], changes: true, offered, run: withUpdate(back) }),
];

/** Offered where there is one. */
function withUpdate(run: (update: UpdateConsole, invocation: Invocation) => Promise<void> | void) {
  return (invocation: Invocation): Promise<void> | void => run(invocation.unit.update as UpdateConsole, invocation);
}

async function begin(update: UpdateConsole, invocation: Invocation): Promise<void> {
  const { given, options, print, who } = invocation;
  const { ok, text } = await update.desk.order(given['SOURCE'] as string, who, options.has('later') ? 'command' : 'idle');
  print(ok ? text : `not begun: ${text}`);
  if (ok && options.has('follow')) await follow(update, invocation);
}

const phases: Readonly<Record<UpdateStatus['phase'], string>> = {
  idle: 'none goes on', fetching: 'being fetched', checking: 'being checked, nothing has been written', installing: 'being installed in the other slot',
  waiting: 'installed, waits for the restart', leaving: 'installed, the partner is to serve first', restarting: 'the machine restarts', proving: 'the running version must answer a call of its own', 'going-back': 'the machine goes back to the version before',
};

/** Tells each step, until the machine restarts or nothing goes on. */
async function follow(update: UpdateConsole, { print, wait }: Invocation): Promise<void> {
  let told = '';
  for (;;) {
    const { phase, percent, record } = update.desk.status();
    const now = `${phases[phase]}${phase === 'fetching' || phase === 'installing' ? `, ${Math.floor(percent / 10) * 10} %` : ''}`;
    if (phase === 'idle') return print(outcomeLine(record.outcomes[0]));
    if (now !== told) print(now);
    told = now;
    if (phase === 'restarting' || (phase === 'waiting' && update.desk.status().order?.restart === 'command')) return;
    if (!(await wait(200))) return;
  }
}

const ends: Readonly<Record<UpdateOutcome['end'], string>> = { good: 'good', 'rolled-back': 'rolled back', refused: 'refused, nothing was changed', failed: 'failed', cancelled: 'cancelled' };
const outcomeLine = (outcome: UpdateOutcome | undefined): string => (outcome === undefined ? 'nothing went on' : plainText(`${ends[outcome.end]}${outcome.reason === '' ? '' : `: ${outcome.reason}`}`));

function now(update: UpdateConsole, { unit, options, print }: Invocation): void {
  const calls = unit.calls().length;
  const waits = ['waiting', 'leaving'].includes(update.desk.status().phase);
  if (waits && calls > 0 && !options.has('end-calls')) return print(`${calls} ${calls === 1 ? 'call is' : 'calls are'} up: without a command the restart waits for their end; --end-calls ends them`);
  print(update.desk.now().text);
}

/** That of the pair first: of this unit nothing has been touched then. */
function cancel({ desk, pair }: UpdateConsole, { who, print }: Invocation): void {
  const ofPair = pair.cancel(who);
  print(ofPair.ok ? ofPair.text : desk.cancel(who).text);
}

async function forPair({ pair }: UpdateConsole, { given, print, who }: Invocation): Promise<void> {
  const { ok, text } = await pair.order(given['SOURCE'] as string, who);
  print(ok ? text : `not begun: ${text}`);
}

async function back(update: UpdateConsole, { options, print, who }: Invocation): Promise<void> {
  const { ok, text } = await update.desk.order('slot', who, options.has('later') ? 'command' : 'idle');
  print(ok ? text : `not begun: ${text}`);
}

function showUpdate({ desk, pair }: UpdateConsole, { unit, print }: Invocation): void {
  const status = desk.status();
  const { timeZone } = unit.clock();
  pairs([...slotRows(status), ...stateRows(status), ['oldest that is installed', status.record.floor], ...pairRows(pair.state)]).forEach(print);
  print('');
  const rows = status.record.outcomes.map(({ atMs, from, version, end, reason }) => [formatTime(atMs, timeZone), from, version === '' ? '-' : version, ends[end], reason]);
  table([{ title: 'TIME' }, { title: 'FROM' }, { title: 'TO' }, { title: 'END' }, { title: 'WHY' }], rows, 'no update has been tried').forEach(print);
}

const pairPhases = { sending: 'the bundle goes to the partner', following: 'the partner installs it and proves itself', moving: 'the partner is good; it is to be fit to serve', own: 'this unit follows' } as const;

function pairRows({ phase, version, partner, bytes, last }: PairUpdateState): (readonly [string, string])[] {
  const rows: (readonly [string, string])[] = [];
  if (phase !== 'idle') rows.push(['pair', `version ${version}: ${pairPhases[phase]}${phase === 'sending' && partner?.taking != null ? `, ${Math.floor((100 * partner.taking.bytes) / Math.max(1, bytes))} %` : ''}`]);
  if (phase !== 'idle' && partner !== null) rows.push(['partner', `version ${partner.version}, ${partner.phase}`]);
  if (phase === 'idle' && last !== null) rows.push(['pair', `not updated: ${last}`]);
  return rows;
}

function slotRows({ slots, version, record: { good, target, older } }: UpdateStatus): (readonly [string, string])[] {
  if (slots === null) return [['slots', 'cannot be seen']];
  const known = [target, older, good].find((one): one is SlotVersion => one !== null && one.slot === slots.other.name);
  return [
    ['board', slots.board],
    [`slot ${slots.booted.name}`, `version ${version}, runs, ${slots.booted.good ? 'good' : 'not proved yet'}`],
    [`slot ${slots.other.name}`, `${known === undefined ? (slots.other.version === null ? 'nothing known' : `version ${slots.other.version}`) : `version ${known.version}`}, ${slots.other.good ? 'can be started' : 'cannot be started'}`],
  ];
}

function stateRows({ phase, order, percent, doubt, trialLeftMs, record }: UpdateStatus): (readonly [string, string])[] {
  const rows: (readonly [string, string])[] = [['update', phases[phase]]];
  if (phase === 'fetching' || phase === 'installing') rows.push(['done', `${percent} %`]);
  if (order !== null) rows.push(['from', order.source], ['asked for by', order.by]);
  if (record.target !== null) rows.push(['version', record.target.version]);
  if (trialLeftMs !== null) rows.push(['goes back in', formatDuration(trialLeftMs)]);
  if (doubt !== null) rows.push(['last own call', doubt]);
  return rows;
}

/** By ZMODEM into the data folder, then as any other file. */
export async function receiveBundle({ desk }: UpdateConsole, invocation: Invocation): Promise<void> {
  const { print, who } = invocation;
  const incoming = await desk.receive();
  let failed: string | null = null;
  const sink = (bytes: Uint8Array): string | null => (incoming.add(bytes).catch((error: Error) => (failed = error.message)), failed);
  const file = await receiveFile(invocation, incoming.mostBytes, sink);
  if (file === null) return incoming.abandon();
  await incoming.finish();
  const { ok, text } = await desk.order(incomingPlace, who, 'idle');
  print(ok ? `${plainText(file.name)}, ${formatBytes(incoming.bytes)}: ${text}; show update tells` : `not begun: ${text}`);
}
