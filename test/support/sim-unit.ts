import { mediaLines } from '../../board/common/board-lines.ts';
import type { Settings } from '../../firmware/config/settings.ts';
import { parseConfiguration } from '../../firmware/config/parse-configuration.ts';
import type { EntitlementFile } from '../../firmware/entitlement/entitlements.ts';
import type { LinkCommand, LinkEvent } from '../../firmware/failover/link-protocol.ts';
import { isLink } from '../../firmware/failover/link-protocol.ts';
import { followsOn } from '../../firmware/failover/shared-address.ts';
import { PairLink } from '../../firmware/failover/pair-link.ts';
import { UnitLog } from '../../firmware/lifecycle/unit-log.ts';
import { PromptPinHasher } from './prompt-pin-hasher.ts';
import { createMediaEngine } from '../../firmware/media/media-engine.ts';
import type { MediaCommand, MediaThreadEvent } from '../../firmware/media/media-protocol.ts';
import type { PromptBank } from '../../firmware/media/prompt-bank.ts';
import type { WiredPins } from '../../firmware/signals/unit-signals.ts';
import { Unit } from '../../firmware/run.ts';
import type { FirmwareParts } from '../../firmware/unit-parts.ts';
import type { SettingsSource } from '../../firmware/site/sources/settings-source.ts';
import type { BrokerNet } from '../../hal/broker.ts';
import { SimBroker } from '../../hal/sim/sim-broker.ts';
import type { Clock } from '../../hal/clock.ts';
import type { SimHost } from '../../hal/sim/sim-host.ts';
import { SimMail } from '../../hal/sim/sim-mail.ts';
import { SimDatabases } from '../../hal/sim/sim-databases.ts';
import { SimHttp } from '../../hal/sim/sim-http.ts';
import { SimLines } from '../../hal/sim/sim-line.ts';
import { SimPower } from '../../hal/sim/sim-power.ts';
import { SimProcess } from '../../hal/sim/sim-process.ts';
import { SimSpeech } from '../../hal/sim/sim-speech.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { SimSecureStreamNet } from '../../hal/sim/sim-secure-stream.ts';
import type { SimStorage } from '../../hal/sim/sim-storage.ts';
import { simThread } from '../../hal/sim/sim-thread.ts';
import { SimWatchdog } from '../../hal/sim/sim-watchdog.ts';

/** A configuration as people write it, for tests: two mailboxes, one PBX that wants its lamps told. */
export const testConfiguration = `
unit: { timeZone: UTC }
ports: 4
peers:
  - { name: pbx, addresses: [10.0.0.1], host: 10.0.0.1, lamps: notify }
messages: { minSec: 1, silenceSec: 7, maxSec: 60 }
mailboxes:
  - { number: "201", name: Ada }
  - { number: "202", name: Ben, language: de }
`;

export function testSettings(text: string = testConfiguration): Settings {
  const parsed = parseConfiguration(text, 'test.yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.settings;
}

const simBoard = { model: 'test', lines: [], drivers: { watchdogs: [], datagramBatch: 'sim', gpio: 'sim', lines: ['sim'] } };

/** Each prompt lasts 300 ms: enough to tell that something was said. */
export const shortPrompts: PromptBank = { get: () => ({ ulaw: new Uint8Array(2400).fill(0x80) }), ids: () => [] };

export interface SimUnitOptions {
  readonly clock: Clock;
  readonly host: SimHost;
  readonly storage: SimStorage;
  readonly settings?: Settings;
  readonly prompts?: PromptBank;
  readonly seed?: number;
  readonly entitlement?: EntitlementFile;
  readonly broker?: BrokerNet;
  readonly mail?: SimMail;
  /** false: nobody would start it again, and the board does not allow it to restart the machine. */
  readonly supervised?: boolean;
  readonly pins?: WiredPins | null;
  /** The far ends of the lines that the settings place at sim:PLACE. */
  readonly lines?: SimLines;
  readonly databases?: SimDatabases;
  readonly http?: SimHttp;
  /** What it has in common with others; left out: nothing. */
  readonly site?: SettingsSource;
  /** Left out: it has no slots. */
  readonly firmware?: FirmwareParts;
}

export interface SimUnit {
  readonly unit: Unit;
  readonly log: UnitLog;
  readonly watchdog: SimWatchdog;
  readonly process: SimProcess;
  readonly power: SimPower | null;
  readonly mail: SimMail;
  readonly speech: SimSpeech;
  crashMedia(reason: string): void;
  /** What the media thread says reaches the rest of the unit only after so long. */
  controlStandsStill(ms: number): void;
}

/** A whole unit on virtual time: every part is the product's, every driver a simulator. */
export function simUnit({ clock, host, storage, settings = testSettings(), prompts = shortPrompts, seed = 1, entitlement = null, supervised = true, pins = null, broker, mail = new SimMail(clock), site, lines = new SimLines(clock), databases = new SimDatabases(clock), http = new SimHttp(clock), firmware }: SimUnitOptions): SimUnit {
  const random = new SimRandom(seed);
  const log = new UnitLog(clock, 'debug');
  const pipe = simThread<MediaCommand | LinkCommand, MediaThreadEvent | LinkEvent>(clock);
  const engine = createMediaEngine({
    clock, random, batch: host.batch(), log, prompts, ports: settings.ports, address: host.addresses[0] as string, firstPort: settings.rtp.firstPort, sharedAddress: followsOn(settings.pair),
    lines: mediaLines(settings.lines, simBoard), lineDriver: () => lines,
    emit: (event) => pipe.far.send(event),
  });
  const link = new PairLink({ clock, random, datagram: host.datagram, serial: null, emit: (event) => pipe.far.send(event), fence: null });
  pipe.far.received = (command) => {
    if (isLink(command)) return link.command(command);
    engine.command(command);
    if (command.type !== 'shut-down') return;
    link.close();
    void engine.close();
  };
  const watchdog = new SimWatchdog(clock);
  const process = new SimProcess(supervised);
  const power = supervised ? new SimPower() : null;
  const speech = new SimSpeech(clock);
  const unit = new Unit({
    clock, random, storage, log, datagram: host.datagram, stream: host.stream, net: host.net, broker: broker ?? new SimBroker(clock, random).net(), mail,
    secure: new SimSecureStreamNet(clock, random, host.stream), reachability: host.reachability, addressHolder: host.addressHolder,
    watchdog, speech, process, memoryBudgetBytes: 2 ** 27, power, pins, firmware: firmware ?? null, hasher: new PromptPinHasher(), databases, http, media: pipe.near, site: site ?? null, entitlement, product: 'Understudy/test',
  }, settings);
  void engine.start();
  return { unit, log, watchdog, process, power, mail, speech, crashMedia: pipe.crash, controlStandsStill: pipe.standStill };
}
