import type { Request } from '../../firmware/cli/cli-commands.ts';
import type { Start } from '../../firmware/config/last-good.ts';
import type { ConfigurationFile } from '../../firmware/config/own-file.ts';
import type { Settings } from '../../firmware/config/settings.ts';
import type { Trial } from '../../firmware/config/trial.ts';
import type { CaptureDesk } from '../../firmware/capture/capture-desk.ts';
import { AuditLog } from '../../firmware/console/audit/audit-log.ts';
import { ConsoleDoor } from '../../firmware/console/console-door.ts';
import type { ConsoleUnit } from '../../firmware/console/console-unit.ts';
import type { FaultConsole } from '../../firmware/console/parts/fault-console.ts';
import { Technicians } from '../../firmware/console/login/technicians.ts';
import { Configuration } from '../../firmware/lifecycle/configuration.ts';
import { ConfigurationEditor } from '../../firmware/lifecycle/configuration-editor.ts';
import { KeptLog } from '../../firmware/lifecycle/kept-log.ts';
import type { RestartCause } from '../../firmware/lifecycle/restart-cause.ts';
import type { UnitLog } from '../../firmware/lifecycle/unit-log.ts';
import type { Unit } from '../../firmware/run.ts';
import type { SettingsSource } from '../../firmware/site/sources/settings-source.ts';
import { atMost } from '../../firmware/unit/at-most.ts';
import type { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { LinuxLocalStreams } from '../../hal/drivers/linux/linux-local-stream.ts';
import type { LinuxStorage } from '../../hal/drivers/linux/linux-storage.ts';
import { announcePins } from './announce-pins.ts';
import { captureDesk } from './capture-desk-of.ts';
import { socketPath } from './console-client.ts';
import { consoleUnit } from './console-facts.ts';
import { readEntitlementFile } from './entitlement-file.ts';
import type { RunProgram } from './run-unit.ts';
import { serialConsole } from './serial-console-at.ts';
import type { Stop } from './stop-reasons.ts';
import type { OpenTerminal } from './terminal.ts';
import { openTerminal } from './terminal.ts';
import { withinBoard } from './within-board.ts';

/** What the start has found out. */
export interface Attended {
  readonly unit: Unit;
  readonly storage: LinuxStorage;
  readonly clock: LinuxClock;
  readonly log: UnitLog;
  readonly file: ConfigurationFile;
  readonly site: SettingsSource | null;
  readonly start: Exclude<Start, { from: 'nowhere' }>;
  readonly trial: Trial | null;
  readonly configFile: string;
  readonly folder: string;
  readonly faults: FaultConsole | null;
  /** Why the unit was started. */
  readonly cause: RestartCause;
  readonly restart: ((cause: string) => void) | null;
}

/** What a capture gets to end, in milliseconds: its last packets are there after 150, or 450 where there is no loopback interface; then they are written. */
const captureMs = 500;
/** What the lines of the log that wait get, in milliseconds. */
const logMs = 200;

/** Who looks after a unit that runs: changes of its configuration, consoles, captures. Opened once; closed once. */
export class Attendance {
  /** Of them, one that ends the unit with itself. */
  readonly ended: Promise<Stop>[] = [];
  readonly #attended: Attended;
  readonly #configuration: Configuration;
  readonly #capture: CaptureDesk;
  readonly #consoles: { close(): void }[] = [];
  #keptLog: KeptLog | null = null;

  private constructor(program: RunProgram, attended: Attended) {
    this.#attended = attended;
    this.#configuration = configurationOf(program, attended);
    this.#capture = captureDesk(attended.unit);
  }

  /** A console that cannot be opened is told; the others, and changes of the configuration, are there without it. */
  static async open(program: RunProgram, request: Extract<Request, { command: 'run' }>, attended: Attended): Promise<Attendance> {
    const attendance = new Attendance(program, attended);
    if (program.board.appliance === true) attendance.#keptLog = await openKeptLog(attended);
    await attendance.#openConsoles(program, request).catch((error: unknown) => {
      attended.log.write('alert', 'console-missing', `Not every console of this unit could be opened; it answers calls all the same: ${String(error)}`);
    });
    return attendance;
  }

  /** The configuration file is read again. */
  reload(): void {
    void this.#configuration.reload();
  }

  /** Never rejects. */
  async close(): Promise<void> {
    for (const opened of this.#consoles.splice(0).reverse()) opened.close();
    this.#configuration.stop();
    const { clock } = this.#attended;
    // At once, so that the time of one is not added to that of the other.
    await Promise.all([atMost(clock, logMs, this.#keptLog?.stop() ?? Promise.resolve()), atMost(clock, captureMs, this.#capture.stop('the unit stops'))]);
  }

  async #openConsoles(program: RunProgram, request: Extract<Request, { command: 'run' }>): Promise<void> {
    const { unit, storage, clock, log, folder, faults } = this.#attended;
    const configuration = this.#configuration;
    if (program.board.announcesPins) await announcePins(unit);
    const phone = (await program.phone?.(unit)) ?? null;
    const seen = consoleUnit(unit, {
      version: program.version, restartCause: () => this.#attended.cause, earlierLog: () => this.#keptLog?.before ?? [], settingsFrom: () => configuration.facts(), configurationText: () => configuration.text, editor: new ConfigurationEditor(configuration, storage, () => clock.wall()), audit: await openAudit(storage, clock, log),
      technicians: await openTechnicians(unit), firstPassword: program.board.appliance === true, phone, capture: this.#capture, farEnds: (await program.farEnds?.(unit)) ?? null, faults, drivePin: program.drivePin, exportFolder: folder,
    });
    const door = new ConsoleDoor({ clock, log, unit: seen, streams: new LinuxLocalStreams() });
    this.#consoles.push(door);
    // Without the list nobody could be asked who he is.
    if (seen.technicians !== null) await openDoor(door, socketPath(folder), log);
    const serial = serialConsole(request.serialConsole, program.board, { clock, log, unit: seen });
    if (serial !== null) this.#consoles.push(serial);
    if (request.console) this.#openTerminal(greeted(program, unit.settings, seen, this.#attended));
  }

  #openTerminal(terminal: OpenTerminal): void {
    this.#consoles.push(terminal);
    this.ended.push(terminal.ended.then((end) => ({ severity: 'notice', ...end })));
  }
}

function configurationOf({ board }: RunProgram, { clock, log, storage, file, unit, site, start, trial, configFile, restart }: Attended): Configuration {
  const configuration = new Configuration(
    {
      clock, log, storage, file, unit, site, restart,
      within: (changed) => withinBoard(changed, board, log),
      follow: async (changed) => unit.entitlements.replace(await readEntitlementFile(changed)),
    },
    start.text,
    start.from === 'file' ? configFile : 'last good configuration',
  );
  configuration.resume(trial);
  return configuration;
}

function greeted(program: RunProgram, settings: Settings, seen: ConsoleUnit, { clock, log }: Attended): OpenTerminal {
  process.stdout.write(welcome(program, settings));
  return openTerminal(seen, clock, log);
}

/** Without it the log ends with the power. */
async function openKeptLog({ storage, clock, log }: Attended): Promise<KeptLog | null> {
  return KeptLog.open(storage, clock, log).catch((error: unknown) => {
    log.write('alert', 'log-not-kept', `The log of this unit cannot be kept on its disk: ${String(error)}`);
    return null;
  });
}

/** A disk that refuses it does not keep the unit from answering. */
async function openAudit(storage: LinuxStorage, clock: LinuxClock, log: UnitLog): Promise<AuditLog | null> {
  return AuditLog.open(storage, clock, log).catch((error: unknown) => {
    log.write('alert', 'audit-not-kept', `The audit log cannot be opened; nobody will know who did what at the console: ${String(error)}`);
    return null;
  });
}

async function openTechnicians(unit: Unit): Promise<Technicians | null> {
  return Technicians.open(unit.parts).catch((error: unknown) => {
    unit.parts.log.write('alert', 'technicians-unknown', `The list of technicians cannot be opened, so no console may join this unit: ${String(error)}`);
    return null;
  });
}

/** Without it the unit still answers calls. */
async function openDoor(door: ConsoleDoor, path: string, log: UnitLog): Promise<void> {
  try {
    await door.open(path);
    log.write('info', 'console-socket', `understudy console may join this unit at ${path}.`);
  } catch (error) {
    log.write('error', 'console-socket-failed', `understudy console cannot join this unit: ${String(error)}`);
  }
}

function welcome({ board, version, phone }: RunProgram, { sip, ports }: Settings): string {
  const transports = [sip.udp ? 'UDP' : '', sip.tcp ? 'TCP' : ''].filter((name) => name !== '').join(' and ');
  const first = phone === null ? 'show calls' : 'call 201 --say "Hello"';
  return `${version.product} ${version.version} (board ${board.model}) answers on SIP port ${sip.port}, ${transports}, with ${ports} voicemail ports.\n? lists the commands; try: ${first}\n`;
}
