import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { Request } from '../../firmware/cli/cli-commands.ts';
import { exitCodes } from '../../firmware/cli/exit-codes.ts';
import { faultLine } from '../../firmware/config/fault.ts';
import type { Start } from '../../firmware/config/last-good.ts';
import { startConfiguration } from '../../firmware/config/last-good.ts';
import type { ConfigurationFile } from '../../firmware/config/own-file.ts';
import { StoredConfigurationFile } from '../../firmware/config/own-file.ts';
import type { Settings } from '../../firmware/config/settings.ts';
import type { FarEndsConsole } from '../../firmware/console/parts/far-ends-console.ts';
import type { FaultConsole } from '../../firmware/console/parts/fault-console.ts';
import type { TestPhone } from '../../firmware/console/parts/test-phone.ts';
import type { VersionFacts } from '../../firmware/console/parts/shown-facts.ts';
import { ownAfterTrial } from '../../firmware/lifecycle/own-after-trial.ts';
import { resetIfAsked } from '../../firmware/lifecycle/factory-reset.ts';
import { NotedPower } from '../../firmware/lifecycle/noted-power.ts';
import type { StopNotes } from '../../firmware/lifecycle/stop-note.ts';
import { UnitLog } from '../../firmware/lifecycle/unit-log.ts';
import { ThreadKeys } from '../../hal/drivers/keys/thread-keys.ts';
import { ScryptPinHasher } from '../../firmware/mailbox/owner/pin-hasher.ts';
import type { LinkCommand, LinkEvent } from '../../firmware/failover/link-protocol.ts';
import { followsOn, sharedAddressOf } from '../../firmware/failover/shared-address.ts';
import type { MediaCommand, MediaThreadEvent } from '../../firmware/media/media-protocol.ts';
import { Unit } from '../../firmware/run.ts';
import { SettingsSource } from '../../firmware/site/sources/settings-source.ts';
import type { UnitParts } from '../../firmware/unit-parts.ts';
import type { Power } from '../../hal/power.ts';
import type { Watchdog } from '../../hal/watchdog.ts';
import { WatchdogGroup } from '../../firmware/watchdog/watchdog-group.ts';
import { driverSet, type DriverSet } from '../../hal/driver-set.ts';
import { MqttBrokerNet } from '../../hal/drivers/mqtt/mqtt-broker.ts';
import { SmtpMailNet } from '../../hal/drivers/smtp/smtp-mail.ts';
import { LinuxAddressHolder } from '../../hal/drivers/linux/linux-address-holder.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { LinuxClockSetter } from '../../hal/drivers/linux/linux-clock-setter.ts';
import { LinuxDatagramNet } from '../../hal/drivers/linux/linux-datagram.ts';
import { LinuxMedium } from '../../hal/drivers/linux/linux-medium.ts';
import { LinuxNet } from '../../hal/drivers/linux/linux-net.ts';
import { LinuxMachineStart, linuxStartPlaces } from '../../hal/drivers/linux/linux-machine-start.ts';
import { LinuxPower } from '../../hal/drivers/linux/linux-power.ts';
import { parentPath } from '../../hal/drivers/linux/parent-channel.ts';
import { ParentNetwork } from '../../hal/drivers/linux/parent-network.ts';
import { ParentPower } from '../../hal/drivers/linux/parent-power.ts';
import { LinuxProcess } from '../../hal/drivers/linux/linux-process.ts';
import { LinuxRandom } from '../../hal/drivers/linux/linux-random.ts';
import { LinuxReachability } from '../../hal/drivers/linux/linux-reachability.ts';
import { LinuxSecureStreamNet } from '../../hal/drivers/linux/linux-secure-stream.ts';
import { LinuxStorage } from '../../hal/drivers/linux/linux-storage.ts';
import { LinuxStreamNet } from '../../hal/drivers/linux/linux-stream.ts';
import { HttpsClient } from '../../hal/drivers/http/https-client.ts';
import { ThreadDatabases } from '../../hal/drivers/sqlite/thread-databases.ts';
import { threadCode } from '../build/thread-code.ts';
import type { PreparedThread } from '../../hal/drivers/linux/linux-thread.ts';
import { spawnThread } from '../../hal/drivers/linux/linux-thread.ts';
import { goAhead } from '../../hal/drivers/linux/scheduling.ts';
import { registerLinux } from '../../hal/drivers/linux/register.ts';
import { ThreadSpeech } from '../../hal/drivers/speech/thread-speech.ts';
import { openSystemdNotify } from '../../hal/drivers/linux/systemd-notify.ts';
import type { Board } from '../board.ts';
import type { BoardProgram } from './main.ts';
import type { Attendance, Attended } from './attendance.ts';
import { mediaLines, tellLineFaults } from './board-lines.ts';
import { endWithin } from './end-within.ts';
import { readEntitlementFile } from './entitlement-file.ts';
import { failureOf } from './failure.ts';
import { memoryBudget } from './memory-budget.ts';
import { rememberHangUps } from './remember-hang-ups.ts';
import { lastWordsMs, serveUntilStopped } from './serve-until-stopped.ts';
import { logToStandardError } from './standard-error-log.ts';
import type { Stop } from './stop-reasons.ts';
import { stopReasons } from './stop-reasons.ts';
import type { MediaThreadStart } from './media-thread.ts';
import { KeepCodeWhenIdle } from './keep-code-when-idle.ts';
import { openLastRun } from './last-run.ts';
import { raucFirmware } from './rauc-firmware.ts';
import { withinBoard } from './within-board.ts';

/** Makes the board's test phone for a running unit. */
export type MakePhone = (unit: Unit) => Promise<TestPhone>;

/** Makes the far ends of simulated lines. */
export type MakeFarEnds = (unit: Unit) => Promise<FarEndsConsole>;

/** What drives the machine, before it is known what the unit is for. */
export type DrivenParts = Omit<UnitParts, 'site' | 'entitlement' | 'process'>;

export type MakeFaults = (parts: DrivenParts) => { readonly parts: DrivenParts; readonly faults: FaultConsole };

export interface RunProgram extends Omit<BoardProgram, 'sample'> {
  readonly version: VersionFacts;
}

/** The media thread, on its way. */
export type PreparedMedia = PreparedThread<MediaThreadEvent | LinkEvent, MediaCommand | LinkCommand>;

type RunRequest = Extract<Request, { command: 'run' }>;

/** Runs the unit until a signal, the console's end or a fatal failure; resolves to the exit code. */
export async function runUnit(program: RunProgram, request: RunRequest, media: PreparedMedia): Promise<number> {
  const followHangUps = rememberHangUps();
  const clock = new LinuxClock();
  const log = new UnitLog(clock, request.logLevel);
  logToStandardError(log, request.console && process.stdin.isTTY === true);
  const folder = request.data ?? program.board.dataFolder;
  const configFile = request.config ?? program.board.configFile;
  const storage = await LinuxStorage.at(folder);
  const wiped = await resetIfAsked(storage, [relative(folder, configFile)], log);
  const { cause, notes } = await openLastRun(storage, new LinuxMachineStart(linuxStartPlaces(process.env)), wiped, log);
  const file = await configurationFile(configFile);
  const { own: written, trial } = await ownAfterTrial(storage, file, clock.wall(), log);
  const start = await startConfiguration(written, storage, clock.wall());
  tellStart(log, start, configFile);
  if (start.from === 'nowhere') return exitCodes.configuration.code;
  const own = withinBoard(start.settings, program.board, log);
  tellLineFaults(own.lines, program.board, log);
  // Only the units of a site have settings in common; reading them may find what a restart interrupted.
  const site = own.pair === null && own.central === null ? null : await SettingsSource.open(storage, own, log);
  const settings = site?.settings ?? own;
  const notify = await openSystemdNotify(process.env);
  let restart: (cause: string) => void = () => undefined;
  const asked = new Promise<Stop>((resolve) => (restart = (cause) => resolve({ severity: 'notice', text: `The unit ends itself to be started again: ${cause}.`, why: cause, code: exitCodes.startAgain.code })));
  const self = new LinuxProcess({ environment: process.env, status: (text) => notify.status(text), end: (cause) => restart(cause) });
  const entitlement = await readEntitlementFile(settings);
  media.begin(mediaStart(settings, program.board));
  const stopped = Promise.race([stopReasons(media.port), asked]);
  try {
    const real = unitParts(program, clock, log, storage, media.port, { folder, configFile, notes });
    const { parts, faults } = program.faults?.(real) ?? { parts: real, faults: null };
    const unit = new Unit({ ...parts, process: self, site, entitlement }, settings);
    if (site !== null) site.applied = (changed) => unit.apply(changed);
    let code: KeepCodeWhenIdle | null = null;
    const attend = async (): Promise<Attendance | null> => {
      notify.ready(`answering with ${settings.ports} ports`);
      void notes.begun();
      code = new KeepCodeWhenIdle(clock, () => unit.calls.counters, () => self.giveBackMemory());
      const attendance = await attended(program, request, { unit, storage, clock, log, file, site, start, trial, configFile, folder, faults, cause, restart: self.restart });
      followHangUps(() => attendance?.reload());
      void goAhead(); // after the first answer: it may load an addon
      return attendance;
    };
    const note = ({ why }: Stop): Promise<void> => notes.planned(why, false, clock.wall());
    return await serveUntilStopped({ unit, clock, log, stopped, attend, stopping: () => notify.stopping(), note, endWithin, left: () => code?.stop() });
  } catch (error) {
    // The media thread would keep the process alive.
    media.port.send({ type: 'shut-down' });
    endWithin(lastWordsMs, failureOf(error).code);
    throw error;
  }
}

/** What a caller does not need is loaded when callers are answered; that it cannot be does not end the unit. */
async function attended(program: RunProgram, request: RunRequest, facts: Attended): Promise<Attendance | null> {
  try {
    return await (await import('./attendance.ts')).Attendance.open(program, request, facts);
  } catch (error) {
    facts.log.write('alert', 'attendance-missing', `The unit answers calls, but has no console and does not read its configuration again until it is started anew: ${String(error)}`);
    return null;
  }
}

function unitParts({ board, version, register }: RunProgram, clock: LinuxClock, log: UnitLog, storage: LinuxStorage, media: DrivenParts['media'], { folder, configFile, notes }: { folder: string; configFile: string; notes: StopNotes }): DrivenParts {
  const drivers = driverSet();
  registerLinux(drivers);
  register?.(drivers);
  return {
    clock,
    log,
    storage,
    random: new LinuxRandom(),
    datagram: new LinuxDatagramNet(),
    stream: new LinuxStreamNet(),
    secure: new LinuxSecureStreamNet(),
    net: new LinuxNet(),
    broker: new MqttBrokerNet(),
    mail: new SmtpMailNet(),
    reachability: new LinuxReachability(),
    addressHolder: new LinuxAddressHolder(),
    watchdog: watchdogOf(board, drivers),
    pins: board.pins.length === 0 ? null : { driver: drivers.gpio.make(board.drivers.gpio), pins: board.pins },
    memoryBudgetBytes: memoryBudget(board, log),
    firmware: board.firmware === 'rauc' ? raucFirmware(folder, version.version) : null,
    power: board.reboots ? new NotedPower(machinePower(), notes, clock) : null,
    medium: new LinuxMedium(folder),
    ...ownMachine(configFile),
    hasher: new ScryptPinHasher(new ThreadKeys(clock, () => spawnThread({ file: { code: threadCode('keys') }, name: 'keys', data: null, heapLimitMb: 16 }))),
    databases: new ThreadDatabases(clock, () => spawnThread({ file: { code: threadCode('databases') }, name: 'databases', data: null, heapLimitMb: 64 })),
    http: new HttpsClient(),
    speech: new ThreadSpeech(clock, () => spawnThread({ file: { code: threadCode('speech') }, name: 'speech', data: null })),
    media,
    product: `${version.product}/${version.version}`,
  };
}

/** The appliance's own network and time of day; elsewhere they are the machine's. */
function ownMachine(configFile: string): Pick<DrivenParts, 'networkSetUp' | 'clockSetter'> {
  const parent = parentPath(process.env);
  if (parent === null) return {};
  const facts = dirname(parent);
  return { networkSetUp: new ParentNetwork({ file: join(dirname(configFile), 'network'), timeServers: join(facts, 'network/ntp-servers'), parent }), clockSetter: new LinuxClockSetter(join(facts, 'clock-told')) };
}

function machinePower(): Power {
  const parent = parentPath(process.env);
  return parent === null ? new LinuxPower() : new ParentPower(parent);
}

const mediaStart = (settings: Settings, board: Board): MediaThreadStart => ({
  ports: settings.ports, address: settings.sip.address, firstPort: settings.rtp.firstPort, rtpTimeoutMs: settings.rtp.timeoutSec * 1000, silentPacketMs: settings.rtp.silentPacketMs, batch: board.drivers.datagramBatch,
  sharedAddress: sharedAddressOf(settings.pair), followsOn: followsOn(settings.pair), lines: mediaLines(settings.lines, board),
});

function watchdogOf({ drivers: { watchdogs } }: Board, drivers: DriverSet): Watchdog {
  const made = watchdogs.map((name) => drivers.watchdog.make(name, { environment: process.env, devicePath: '/dev/watchdog' }));
  return made.length === 1 && made[0] !== undefined ? made[0] : new WatchdogGroup(made);
}

/** A link is followed once, so that the file it names is replaced and not the link. */
async function configurationFile(name: string): Promise<ConfigurationFile> {
  const place = await realpath(name).catch(() => name);
  return new StoredConfigurationFile(name, () => LinuxStorage.at(dirname(place), 'refuse'), basename(place));
}

function tellStart(log: UnitLog, start: Start, file: string): void {
  if (start.from === 'file') {
    if (start.notKept !== null) log.write('warning', 'configuration-not-kept', `The configuration is good but could not be kept as last good one: ${start.notKept}`);
    return;
  }
  for (const fault of start.faults) log.write('alert', 'configuration-fault', faultLine(fault));
  if (start.from === 'last-good') log.write('alert', 'configuration-set-aside', `${file} was not used; the last good configuration is. A copy lies in ${start.setAside ?? 'no place: the store refused it'}.`);
  else log.write('alert', 'configuration-missing', `The unit cannot start: ${file} is not usable and there is no last good configuration.`);
}
