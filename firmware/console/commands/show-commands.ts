import { settingsLines } from '../../config/settings-lines.ts';
import type { PeerStatus } from '../../sip/user-agent.ts';
import { countArgument, mailboxArgument, sectionArgument } from '../argument-kinds.ts';
import { command } from '../command.ts';
import type { Command, Invocation } from '../command.ts';
import type { ConsoleUnit } from '../console-unit.ts';
import { shortId } from '../find-by-id.ts';
import { formatBytes, formatDuration, formatTime, formatUptime } from '../format.ts';
import { plainText } from '../plain-text.ts';
import { pairs, table } from '../table.ts';

/** What looks at the unit and changes nothing. */
export const showCommands: readonly Command[] = [
  command({ form: 'show version', help: 'program, commit, board and runtime, and why it was started last', run: showVersion }),
  command({ form: 'show clock', help: 'time of day and time since the start', run: showClock }),
  command({ form: 'show calls', help: 'calls in progress', run: showCalls }),
  command({ form: 'show ports', help: 'voicemail ports and who has them', run: showPorts }),
  command({ form: 'show mailboxes', help: 'mailboxes with their message counts', run: showMailboxes }),
  command({
    form: 'show messages MAILBOX',
    help: 'messages of a mailbox, oldest first',
    arguments: [mailboxArgument],
    options: [{ name: 'deleted', help: 'deleted ones too', value: null }],
    run: showMessages,
  }),
  command({ form: 'show peers', help: 'PBXs and telephones that are served', run: showPeers }),
  command({ form: 'show sip', help: 'signalling: addresses and counters', run: showSip }),
  command({ form: 'show media', help: 'health of the audio thread', run: showMedia }),
  command({ form: 'show memory', help: 'memory: budget, use and highest use of each owner', run: showMemory }),
  command({ form: 'show settings [SECTION]', help: 'settings in force', arguments: [sectionArgument], run: showSettings }),
  command({ form: 'show entitlement', help: 'what the unit is entitled to, and its id for who issues rights', run: showEntitlement }),
  command({ form: 'show log [COUNT]', help: 'last lines of the log, 20 unless told', arguments: [countArgument], run: showLog }),
];

function printAll(invocation: Invocation, lines: readonly string[]): void {
  lines.forEach((line) => invocation.print(line));
}

function showVersion(invocation: Invocation): void {
  const { product, version, commit, board, runtime } = invocation.unit.version();
  const cause = invocation.unit.restartCause?.();
  const started = cause === undefined ? [] : [['last start', `${cause.kind}: ${plainText(cause.text)}`] as const];
  printAll(invocation, pairs([['product', product], ['version', version], ['commit', commit], ['board', board], ['runtime', runtime], ...started, ...firmwareRows(invocation.unit.update)]));
}

/** The slot, and the last update as far as it came to anything. */
function firmwareRows(update: ConsoleUnit['update']): (readonly [string, string])[] {
  const { slots, record: { outcomes: [last] } } = update?.desk.status() ?? { slots: null, record: { outcomes: [] } };
  if (slots === null) return [];
  const rows: (readonly [string, string])[] = [['slot', `${slots.booted.name}, ${slots.booted.good ? 'good' : 'not proved yet'}`]];
  if (last?.end === 'good') rows.push(['updated', `from ${last.from}`]);
  if (last?.end === 'rolled-back') rows.push(['rolled back', `from ${last.version}: ${last.reason}`]);
  return rows;
}

function showClock(invocation: Invocation): void {
  const { wallMs, uptimeMs, timeZone, told } = invocation.unit.clock();
  printAll(invocation, pairs([['time', `${formatTime(wallMs, timeZone)} ${timeZone}`], ['UTC', formatTime(wallMs, 'UTC')], ['running for', formatUptime(uptimeMs)], ...(told === undefined ? [] : [['told by', plainText(told)] as const])]));
}

function showCalls(invocation: Invocation): void {
  const columns = [{ title: 'CALL' }, { title: 'PEER' }, { title: 'FROM' }, { title: 'DIALLED' }, { title: 'MAILBOX' }, { title: 'PORT', right: true }, { title: 'TIME', right: true }, { title: 'DOING' }];
  const calls = invocation.unit.calls();
  const partner = calls.some((call) => (call.partner ?? null) !== null);
  if (partner) columns.push({ title: 'AT THE PARTNER' });
  const rows = calls.map((call) => [call.id, call.peer, call.caller, call.dialled, call.mailbox ?? '-', call.port ?? '-', formatDuration(call.elapsedMs), call.doing, ...(partner ? [call.partner ?? '-'] : [])]);
  printAll(invocation, table(columns, rows, 'no calls'));
}

function showPorts(invocation: Invocation): void {
  const columns = [{ title: 'PORT', right: true }, { title: 'RTP', right: true }, { title: 'CALL' }, { title: 'SERVED', right: true }];
  const ports = invocation.unit.ports();
  const rows = ports.map((port) => [port.port, port.rtpPort, port.call ?? 'free', port.served]);
  printAll(invocation, table(columns, rows, 'no ports'));
  invocation.print(`${ports.filter((port) => port.call !== null).length} of ${ports.length} in use`);
  invocation.print('');
  const uses = invocation.unit.portUses().map(({ use, reserved, used, left, refused }) => [use, reserved ?? '-', used, left, refused]);
  printAll(invocation, table([{ title: 'CLASS' }, ...['RESERVED', 'USED', 'LEFT', 'REFUSED'].map((title) => ({ title, right: true }))], uses, 'no classes'));
}

function showMailboxes(invocation: Invocation): void {
  const columns = [{ title: 'MAILBOX' }, { title: 'NAME' }, ...['NEW', 'OLD', 'SAVED', 'DELETED', 'USED'].map((title) => ({ title, right: true })), { title: 'STATE' }];
  const rows = invocation.unit.mailboxes().map((box) => {
    const locked = box.lockedForMs === null ? null : `locked for ${formatDuration(box.lockedForMs)}`;
    const state = locked ?? (box.hasPin ? '' : 'no PIN');
    return [box.number, box.name, box.new, box.old, box.saved, box.deleted, formatDuration(box.usedMs), state];
  });
  printAll(invocation, table(columns, rows, 'no mailboxes'));
}

function showMessages(invocation: Invocation): void {
  const { unit, given, options } = invocation;
  const { timeZone } = unit.clock();
  const columns = [{ title: 'ID' }, { title: 'RECEIVED' }, { title: 'FROM' }, { title: 'NAME' }, { title: 'LENGTH', right: true }, { title: 'STATE' }];
  const rows = (unit.messages(given['MAILBOX'] as string, options.has('deleted')) ?? []).map((message) => [
    shortId(message.id),
    formatTime(message.startedMs, timeZone),
    message.callerNumber === '' ? 'withheld' : message.callerNumber,
    message.callerName,
    formatDuration(message.durationMs),
    message.interrupted ? `${message.state}, interrupted` : message.state,
  ]);
  printAll(invocation, table(columns, rows, 'no messages'));
}

function showPeers(invocation: Invocation): void {
  const columns = [{ title: 'PEER' }, { title: 'STATE' }, { title: 'RECEIVED', right: true }, { title: 'SENT', right: true }, { title: 'REGISTRATION' }];
  const rows = invocation.unit.peers().map((peer) => [peer.name, peerState(peer), peer.received, peer.sent, peer.detail === '' ? peer.registration : `${peer.registration}: ${peer.detail}`]);
  printAll(invocation, table(columns, rows, 'no peers'));
}

/** A PBX that is lost is so even while the unit goes on with it for want of a better. */
function peerState({ watch, inUse }: PeerStatus): string {
  if (watch === 'lost') return 'lost';
  return inUse ? 'in use' : (watch ?? 'not used');
}

function showSip(invocation: Invocation): void {
  const { listening, counters } = invocation.unit.sip();
  printAll(
    invocation,
    pairs([
      ...listening.map((address) => ['listening', address] as const),
      ['calls', counters.legs],
      ['calls from the partner', counters.adopted],
      ['calls to the partner', counters.released],
      ['transactions', counters.transactions],
      ['subscriptions', counters.subscriptions],
      ['retransmissions sent', counters.retransmissionsSent],
      ['retransmissions received', counters.retransmissionsReceived],
      ['malformed, answered', counters.malformedAnswered],
      ['malformed, dropped', counters.malformedDropped],
      ['from strangers, dropped', counters.strangers],
      ['defects caught', counters.caught],
    ]),
  );
}

function showMedia(invocation: Invocation): void {
  const health = invocation.unit.media();
  if (health === null) return invocation.print('no report yet: the first comes within 5 s of the start');
  printAll(
    invocation,
    pairs([
      ['sessions', health.activeSessions],
      ['late ticks', health.lateTicks],
      ['skipped ticks', health.skippedTicks],
      ['late to its work', `${health.worstLagMs.toFixed(1)} ms`],
      ['worst delay', `${health.worstLateMs.toFixed(1)} ms`],
      ['packets not sent', health.sendFailures],
      ['stray packets', health.strayPackets],
    ]),
  );
}

function showMemory(invocation: Invocation): void {
  const columns = [{ title: 'OWNER' }, { title: 'BUDGET', right: true }, { title: 'USED', right: true }, { title: 'HIGHEST', right: true }];
  const rows = invocation.unit.memory().map((row) => [row.owner, ...[row.budgetBytes, row.usedBytes, row.highestBytes].map((bytes) => (bytes === null ? '-' : formatBytes(bytes)))]);
  printAll(invocation, table(columns, rows, 'no figures'));
}

function showSettings(invocation: Invocation): void {
  const { settings, from, waiting } = invocation.unit.settings();
  printAll(invocation, settingsLines(settings, invocation.given['SECTION']).map(plainText));
  invocation.print(`from ${plainText(from)}`);
  if (waiting.length > 0) invocation.print(`changed, but waiting for a restart: ${waiting.join(', ')}`);
}

function showEntitlement(invocation: Invocation): void {
  const { unitId, allowance } = invocation.unit.entitlement();
  printAll(
    invocation,
    pairs([
      ['unit', unitId === '' ? 'no id is needed' : unitId],
      ['entitled to', plainText(allowance.says)],
      ['ports', allowance.ports],
      ['features', allowance.features.join(', ') || 'none'],
      ...(allowance.leftMs === null ? [] : [['new calls are taken for', formatDuration(allowance.leftMs)] as const]),
    ]),
  );
}

function showLog(invocation: Invocation): void {
  const lines = invocation.unit.log(Number(invocation.given['COUNT'] ?? 20));
  printAll(invocation, lines.length === 0 ? ['nothing has been logged'] : lines.map(plainText));
}
