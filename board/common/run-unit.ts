import { readFile } from 'node:fs/promises';
import type { Request } from '../../firmware/cli/cli-commands.ts';
import { exitCodes } from '../../firmware/cli/exit-codes.ts';
import { faultLine } from '../../firmware/config/fault.ts';
import type { Start } from '../../firmware/config/last-good.ts';
import { keepLastGood, startConfiguration } from '../../firmware/config/last-good.ts';
import { parseConfiguration } from '../../firmware/config/parse-configuration.ts';
import { planChange } from '../../firmware/config/plan.ts';
import type { Settings } from '../../firmware/config/settings.ts';
import type { TestPhone, VersionFacts } from '../../firmware/console/console-unit.ts';
import { UnitLog } from '../../firmware/lifecycle/unit-log.ts';
import { ScryptPinHasher } from '../../firmware/mailbox/owner/pin-hasher.ts';
import type { LinkCommand, LinkEvent } from '../../firmware/failover/link-protocol.ts';
import { sharedAddressOf } from '../../firmware/failover/shared-address.ts';
import type { MediaCommand, MediaEvent } from '../../firmware/media/media-protocol.ts';
import { Unit } from '../../firmware/run.ts';
import { SettingsSource } from '../../firmware/site/sources/settings-source.ts';
import type { UnitParts } from '../../firmware/unit-parts.ts';
import { driverSet } from '../../hal/driver-set.ts';
import { LinuxAddressHolder } from '../../hal/drivers/linux/linux-address-holder.ts';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { LinuxDatagramNet } from '../../hal/drivers/linux/linux-datagram.ts';
import { LinuxNet } from '../../hal/drivers/linux/linux-net.ts';
import { LinuxRandom } from '../../hal/drivers/linux/linux-random.ts';
import { LinuxReachability } from '../../hal/drivers/linux/linux-reachability.ts';
import { LinuxSecureStreamNet } from '../../hal/drivers/linux/linux-secure-stream.ts';
import { LinuxStorage } from '../../hal/drivers/linux/linux-storage.ts';
import { LinuxStreamNet } from '../../hal/drivers/linux/linux-stream.ts';
import { spawnThread } from '../../hal/drivers/linux/linux-thread.ts';
import { registerLinux } from '../../hal/drivers/linux/register.ts';
import { openSystemdNotify } from '../../hal/drivers/linux/systemd-notify.ts';
import type { Board } from '../board.ts';
import { announcePins } from './announce-pins.ts';
import { consoleUnit } from './console-facts.ts';
import { logToStandardError } from './standard-error-log.ts';
import type { MediaThreadStart } from './media-thread.ts';
import { openTerminal } from './terminal.ts';

/** Makes the board's test phone for a running unit. */
export type MakePhone = (unit: Unit) => TestPhone;

export interface RunProgram {
  readonly board: Board;
  readonly phone: MakePhone | null;
  readonly version: VersionFacts;
}

type RunRequest = Extract<Request, { command: 'run' }>;

/** A stop that was asked for ends the program within this time, in milliseconds. */
const stopMs = 1800;

/** Runs the unit until a signal, the console's end or a fatal failure; resolves to the exit code. */
export async function runUnit(program: RunProgram, request: RunRequest): Promise<number> {
  const clock = new LinuxClock();
  const log = new UnitLog(clock, request.logLevel);
  logToStandardError(log, request.console && process.stdin.isTTY === true);
  const folder = request.data ?? program.board.dataFolder;
  const configFile = request.config ?? program.board.configFile;
  const storage = await LinuxStorage.at(folder);
  const start = await startConfiguration(await readOwn(configFile), storage, clock.wall());
  tellStart(log, start, configFile);
  if (start.from === 'nowhere') return exitCodes.configuration.code;
  const own = withinBoard(start.settings, program.board, log);
  // Only a pair has settings in common; reading them may find what a restart interrupted.
  const site = own.pair === null ? null : await SettingsSource.open(storage, own, log);
  const settings = site?.settings ?? own;
  const unit = new Unit({ ...unitParts(program, settings, clock, log, storage), site, entitlement: await readEntitlementFile(settings) }, settings);
  if (site !== null) site.applied = (changed) => unit.apply(changed);
  const stopped = stopReasons(unit);
  await unit.start().catch((error: unknown) => {
    // The media thread would keep the process alive.
    unit.parts.media.send({ type: 'shut-down' });
    throw error;
  });
  const notify = await openSystemdNotify(process.env);
  notify.ready(`answering with ${settings.ports} ports`);
  if (program.board.announcesPins) await announcePins(unit);
  const reload = new Reload(unit, storage, configFile, start.from === 'file' ? configFile : 'last good configuration');
  process.on('SIGHUP', () => void reload.run());
  const phone = program.phone?.(unit) ?? null;
  const surroundings = { version: program.version, settingsFrom: () => reload.facts(), memoryBudgetMiB: program.board.memoryBudgetMiB, phone, exportFolder: folder };
  if (request.console) process.stdout.write(welcome(program, settings));
  const terminal = request.console ? openTerminal(consoleUnit(unit, surroundings), clock, log) : null;
  const { text, code } = await Promise.race([stopped, ...(terminal === null ? [] : [terminal.ended])]);
  log.write('notice', 'stop-asked', text);
  notify.stopping();
  terminal?.close();
  await unit.stop(stopMs);
  return code;
}

function welcome({ board, version, phone }: RunProgram, { sip, ports }: Settings): string {
  const transports = [sip.udp ? 'UDP' : '', sip.tcp ? 'TCP' : ''].filter((name) => name !== '').join(' and ');
  const first = phone === null ? 'show calls' : 'call 201 --say "Hello"';
  return `${version.product} ${version.version} (board ${board.model}) answers on SIP port ${sip.port}, ${transports}, with ${ports} voicemail ports.\n? lists the commands; try: ${first}\n`;
}

function unitParts({ board, version }: RunProgram, settings: Settings, clock: LinuxClock, log: UnitLog, storage: LinuxStorage): Omit<UnitParts, 'site' | 'entitlement'> {
  const drivers = driverSet();
  registerLinux(drivers);
  const { address } = settings.sip;
  const start: MediaThreadStart = { ports: settings.ports, address, firstPort: settings.rtp.firstPort, rtpTimeoutMs: settings.rtp.timeoutSec * 1000, batch: board.drivers.datagramBatch, sharedAddress: sharedAddressOf(settings.pair) };
  return {
    clock,
    log,
    storage,
    random: new LinuxRandom(),
    datagram: new LinuxDatagramNet(),
    stream: new LinuxStreamNet(),
    secure: new LinuxSecureStreamNet(),
    net: new LinuxNet(),
    reachability: new LinuxReachability(),
    addressHolder: new LinuxAddressHolder(),
    watchdog: drivers.watchdog.make(board.drivers.watchdog, { environment: process.env, devicePath: '/dev/watchdog' }),
    hasher: new ScryptPinHasher(),
    media: spawnThread<MediaEvent | LinkEvent, MediaCommand | LinkCommand>({ file: __filename, name: 'media', data: start }),
    product: `${version.product}/${version.version}`,
  };
}

type Stop = { readonly text: string; readonly code: number };

/** SIGTERM, SIGINT, or the loss of the media thread, which only a new process can mend: the recordings in progress are salvaged by its start. */
function stopReasons(unit: Unit): Promise<Stop> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve({ text: `The unit got ${signal}.`, code: exitCodes.ok.code }));
    unit.parts.media.lost = (reason) => resolve({ text: `The media thread was lost: ${reason}`, code: exitCodes.failure.code });
  });
}

async function readEntitlementFile({ entitlement: { file } }: Settings): Promise<UnitParts['entitlement']> {
  if (file === null) return null;
  const own = await readOwn(file);
  return 'text' in own ? { text: own.text } : { unreadable: own.unreadable };
}

async function readOwn(name: string): Promise<Parameters<typeof startConfiguration>[0]> {
  try {
    return { name, text: await readFile(name, 'utf8') };
  } catch (error) {
    return { name, unreadable: error instanceof Error ? error.message : String(error) };
  }
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

/** A board is not trusted with more ports than it says. */
function withinBoard(settings: Settings, board: Board, log: UnitLog): Settings {
  if (settings.ports <= board.maxPorts) return settings;
  log.write('warning', 'ports-cut', `${settings.ports} ports are configured; board ${board.model} has ${board.maxPorts}.`);
  return { ...settings, ports: board.maxPorts };
}

/** Reads the configuration again on SIGHUP: all of it or nothing. */
class Reload {
  readonly #unit: Unit;
  readonly #storage: LinuxStorage;
  readonly #file: string;
  #from: string;
  #waiting: readonly string[] = [];

  constructor(unit: Unit, storage: LinuxStorage, file: string, from: string) {
    this.#unit = unit;
    this.#storage = storage;
    this.#file = file;
    this.#from = from;
  }

  facts(): { from: string; waiting: readonly string[] } {
    const { site } = this.#unit.parts;
    const shared = site === null || site.fromSite.length === 0 ? '' : `, and from the site: ${site.fromSite.join(', ')}`;
    return { from: `${this.#from}${shared}`, waiting: this.#waiting };
  }

  /** What a person changed in the part that a pair has in common becomes the partner's too. null = it cannot, and nothing was changed. */
  async #common(own: Settings): Promise<Settings | null> {
    const { site, log } = this.#unit.parts;
    try {
      return site === null ? own : await site.reload(own);
    } catch (error) {
      log.write('error', 'reload-failed', `The configuration cannot be joined with that of the site; nothing was changed: ${String(error)}`);
      return null;
    }
  }

  async run(): Promise<void> {
    const { log } = this.#unit.parts;
    const own = await readOwn(this.#file);
    const parsed = 'text' in own ? parseConfiguration(own.text, own.name) : null;
    if (parsed === null || !('text' in own)) return log.write('error', 'reload-failed', `${this.#file} cannot be read; nothing was changed.`);
    if (!parsed.ok) {
      for (const fault of parsed.faults) log.write('error', 'configuration-fault', faultLine(fault));
      return log.write('error', 'reload-failed', 'The configuration has faults; nothing was changed.');
    }
    const settings = await this.#common(parsed.settings);
    if (settings === null) return;
    const steps = planChange(this.#unit.settings, settings);
    for (const step of steps) log.write('notice', 'configuration-step', `${step.path}: ${step.what} (${step.when}).`);
    this.#waiting = steps.filter((step) => step.when === 'restart').map((step) => step.path);
    this.#unit.apply(settings);
    this.#unit.entitlements.replace(await readEntitlementFile(settings));
    this.#from = this.#file;
    await keepLastGood(this.#storage, own.text).catch((error) => log.write('warning', 'configuration-not-kept', String(error)));
    log.write('notice', 'reloaded', steps.length === 0 ? 'The configuration is unchanged.' : `${steps.length} changes of the configuration were taken.`);
  }
}
