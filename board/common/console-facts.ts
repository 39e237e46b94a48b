import { join, resolve } from 'node:path';
import type { ConsoleUnit } from '../../firmware/console/console-unit.ts';
import type { CaptureConsole } from '../../firmware/console/parts/capture-console.ts';
import type { ConfigurationConsole } from '../../firmware/console/parts/configuration-console.ts';
import type { FarEndsConsole } from '../../firmware/console/parts/far-ends-console.ts';
import type { FaultConsole } from '../../firmware/console/parts/fault-console.ts';
import type { LinkConsole } from '../../firmware/console/parts/link-console.ts';
import type { MembersConsole } from '../../firmware/console/parts/members-console.ts';
import type { PinsConsole } from '../../firmware/console/parts/pins-console.ts';
import type { SiteConsole } from '../../firmware/console/parts/site-console.ts';
import type { TestPhone } from '../../firmware/console/parts/test-phone.ts';
import type { MailboxRow, PortRow, PortUseRow, SettingsFacts, SipFacts, VersionFacts } from '../../firmware/console/parts/shown-facts.ts';
import { formatLogLine } from '../../firmware/lifecycle/unit-log.ts';
import { formatDuration } from '../../firmware/console/format.ts';
import { mailboxOf } from '../../firmware/config/mailbox-of.ts';
import type { Message } from '../../firmware/mailbox/message.ts';
import type { Unit } from '../../firmware/run.ts';
import { conditionsConsole } from '../../firmware/unit/conditions-console.ts';
import { flowsConsole } from '../../firmware/unit/flows-console.ts';
import { resetUnit } from '../../firmware/unit/reset-unit.ts';
import { consoleFiles } from './console-files.ts';
import { storageFacts } from './storage-facts.ts';
import type { PortUse } from '../../firmware/calls/port-classes.ts';
import { nameOfUse, portUses } from '../../firmware/calls/port-classes.ts';
import { playAt } from '../../firmware/calls/play-at.ts';
import { memoryRows } from '../../firmware/unit/memory-rows.ts';
import { ownersConsole } from '../../firmware/unit/owners-console.ts';
import { playParts } from '../../firmware/unit/make-calls.ts';
import { exportWav } from './export-wav.ts';

/** What the unit itself does not know: where its settings came from and what it was built from. */
export interface ConsoleSurroundings {
  readonly version: VersionFacts;
  /** Lines of the log of earlier runs, oldest first. */
  readonly earlierLog: () => readonly string[];
  readonly restartCause: NonNullable<ConsoleUnit['restartCause']>;
  readonly settingsFrom: () => Omit<SettingsFacts, 'settings'>;
  readonly audit: ConsoleUnit['audit'];
  readonly technicians: ConsoleUnit['technicians'];
  readonly firstPassword: boolean;
  readonly editor: ConfigurationConsole | null;
  /** The configuration in force, as written. */
  readonly configurationText: () => string;
  readonly phone: TestPhone | null;
  readonly farEnds: FarEndsConsole | null;
  readonly capture: CaptureConsole | null;
  readonly faults: FaultConsole | null;
  readonly drivePin: PinsConsole['drive'];
  /** Where an export without a name goes. */
  readonly exportFolder: string;
}

/** The running unit as the console sees it. */
export function consoleUnit(unit: Unit, surroundings: ConsoleSurroundings): ConsoleUnit {
  const { parts } = unit;
  return {
    version: () => surroundings.version,
    restartCause: surroundings.restartCause,
    clock: () => ({ wallMs: parts.clock.wall(), uptimeMs: parts.clock.monotonic() - unit.startedMs, timeZone: unit.settings.unit.timeZone, ...toldBy(unit) }),
    calls: () => unit.calls.summaries(),
    mailboxes: () => unit.settings.mailboxes.map(({ number, name }) => mailboxRow(unit, number, name)),
    reading: (words) => readingOf(unit, words),
    messages: (mailbox, withDeleted) => messagesOf(unit, mailbox, withDeleted),
    ports: () => unit.rtpPorts.map((rtpPort, port) => portRow(unit, port, rtpPort)),
    portUses: () => portUses.map((use) => portUseRow(unit, use)),
    peers: () => unit.sip.peers(),
    sip: () => sipFacts(unit),
    media: () => unit.mediaHealth,
    memory: () => memoryRows(parts.process.memoryUse(), parts.memoryBudgetBytes),
    health: () => unit.health.report(),
    storage: () => storageFacts(unit),
    settings: () => ({ settings: unit.settings, ...surroundings.settingsFrom() }),
    entitlement: () => ({ unitId: unit.unitId, allowance: unit.entitlements.allowance() }),
    log: (count) => lastLines(parts.log.last(count).map(formatLogLine), surroundings.earlierLog(), count),
    owners: ownersConsole(unit),
    resetPin: (mailbox) => unit.owners.resetPin(mailbox),
    unlock: async (mailbox) => {
      const locked = unit.owners.isLocked(mailbox);
      await unit.owners.unlock(mailbox);
      return locked;
    },
    markMessage: (mailbox, id, state) => unit.store.mark(mailbox, id, state),
    exportMessage: (mailbox, id, file) => exportMessage(unit, mailbox, id, file ?? join(surroundings.exportFolder, `${mailbox}-${id}.wav`)),
    phone: surroundings.phone,
    files: consoleFiles(unit, surroundings.audit, surroundings.configurationText),
    reset: { unitName: unit.settings.unit.name, ask: (cause) => resetUnit(unit, cause) },
    update: unit.update,
    farEnds: surroundings.farEnds,
    lines: unit.settings.lines.length === 0 ? null : unit.lines,
    get queues() {
      return unit.settings.queues.length === 0 ? null : { look: () => unit.queues.look() };
    },
    playing: { play: (wish, tell, signal) => playAt(playParts(unit), wish, tell, signal) },
    notify: unit.notify,
    flows: flowsConsole(unit),
    conditions: conditionsConsole(unit),
    capture: surroundings.capture,
    faults: surroundings.faults,
    pins: unit.signals === null ? null : { rows: () => unit.signals?.rows() ?? [], test: (use) => unit.signals?.test(use) ?? '', drive: surroundings.drivePin },
    audit: surroundings.audit,
    technicians: surroundings.technicians,
    firstPassword: surroundings.firstPassword,
    configuration: surroundings.editor,
    pair: unit.pair.pairing,
    site: siteConsole(unit),
    link: linkConsole(unit),
    estate: unit.estate,
    members: membersConsole(unit),
    distributed: unit.distributed,
  };
}

function toldBy({ time, parts: { clock } }: Unit): { readonly told?: string } {
  if (time === null) return {};
  const { server, offsetMs, toldMs } = time.status();
  return { told: server === null || toldMs === null ? 'nobody has told the time yet' : `${server}, ${formatDuration(clock.monotonic() - toldMs)} ago, when it was off by ${Math.round(offsetMs)} ms` };
}

/** Those of this run, and before them those of earlier ones, as far as they are asked for. */
const lastLines = (now: readonly string[], before: readonly string[], count: number): readonly string[] => (now.length >= count ? now : [...before.slice(now.length - count), ...now]);

function siteConsole({ pair, distributed }: Unit): SiteConsole | null {
  const site = pair.site ?? distributed?.site ?? null;
  return site === null ? null : { history: () => site.history, siblings: () => site.siblings, rollback: (version) => site.rollback(version), settle: (name, sha256) => site.settle(name, sha256) };
}

function membersConsole({ pair: { members } }: Unit): MembersConsole | null {
  return members === null ? null : { serves: () => members.serves, status: () => members.status(), showCode: () => members.showCode(), remove: (fingerprint) => members.remove(fingerprint) };
}

function linkConsole(unit: Unit): LinkConsole | null {
  const { pair } = unit.settings;
  return pair === null ? null : { status: () => unit.pair.status(), exchange: () => unit.pair.exchange(), live: () => unit.pair.live(), ways: [...pair.partner, ...(pair.serial === null ? [] : [pair.serial.device])], failover: () => unit.pair.failover(), failback: () => unit.pair.failback() };
}

function mailboxRow(unit: Unit, number: string, name: string): MailboxRow {
  const lockedForMs = unit.owners.lockedForMs(number);
  return { number, name, ...unit.store.counts(number), lockedForMs: lockedForMs > 0 ? lockedForMs : null, hasPin: unit.owners.hasPin(number) };
}

function messagesOf(unit: Unit, mailbox: string, withDeleted: boolean): readonly Message[] | null {
  const known = mailboxOf(unit.settings, mailbox) !== null;
  if (!known) return null;
  if (unit.store.isOpen(mailbox)) return unit.store.list(mailbox, withDeleted);
  void readingOf(unit, [mailbox]);
  return [];
}

/** What cannot be read is told where it is asked for. */
function readingOf({ store, settings }: Unit, words: readonly string[]): Promise<void> | null {
  const shut = words.filter((word) => !store.isOpen(word) && mailboxOf(settings, word) !== null);
  if (shut.length === 0) return null;
  return Promise.allSettled(shut.map((number) => store.messages(number))).then(() => undefined);
}

function portRow(unit: Unit, port: number, rtpPort: number): PortRow {
  const call = unit.calls.summaries().find((summary) => (summary.ports ?? [summary.port]).includes(port))?.id ?? null;
  return { port, rtpPort, call, served: unit.calls.ports.served(port) };
}

function portUseRow({ calls: { ports }, settings: { reservations } }: Unit, use: PortUse): PortUseRow {
  const reserved = use === 'bridge' || use === 'placed' ? null : reservations[use];
  return { use: nameOfUse[use], reserved, used: ports.used[use], left: ports.left(use), refused: ports.refused[use] };
}

function sipFacts(unit: Unit): SipFacts {
  const { address, port, udp, tcp } = unit.settings.sip;
  const listening = [udp ? 'udp' : '', tcp ? 'tcp' : ''].filter((transport) => transport !== '').map((transport) => `${transport} ${address}:${port}`);
  return { listening, counters: unit.sip.counters() };
}

async function exportMessage(unit: Unit, mailbox: string, id: string, file: string): Promise<{ file: string; bytes: number }> {
  const place = resolve(file);
  return { file: place, bytes: await exportWav(await unit.store.reader(mailbox, id), place) };
}
