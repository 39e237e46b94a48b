import type { Settings } from '../../firmware/config/settings.ts';
import { parseConfiguration } from '../../firmware/config/parse-configuration.ts';
import type { EntitlementFile } from '../../firmware/entitlement/entitlements.ts';
import type { LinkCommand, LinkEvent } from '../../firmware/failover/link-protocol.ts';
import { isLink } from '../../firmware/failover/link-protocol.ts';
import { PairLink } from '../../firmware/failover/pair-link.ts';
import { UnitLog } from '../../firmware/lifecycle/unit-log.ts';
import { ScryptPinHasher } from '../../firmware/mailbox/owner/pin-hasher.ts';
import { createMediaEngine } from '../../firmware/media/media-engine.ts';
import type { MediaCommand, MediaEvent } from '../../firmware/media/media-protocol.ts';
import type { PromptBank } from '../../firmware/media/prompt-bank.ts';
import { Unit } from '../../firmware/run.ts';
import type { SimClock } from '../../hal/sim/sim-clock.ts';
import type { SimHost } from '../../hal/sim/sim-host.ts';
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

/** Each prompt lasts 300 ms: enough to tell that something was said. */
export const shortPrompts: PromptBank = { get: () => ({ ulaw: new Uint8Array(2400).fill(0x80) }), ids: () => [] };

export interface SimUnitOptions {
  readonly clock: SimClock;
  readonly host: SimHost;
  readonly storage: SimStorage;
  readonly settings?: Settings;
  readonly prompts?: PromptBank;
  readonly seed?: number;
  readonly entitlement?: EntitlementFile;
}

/** A whole unit on virtual time: every part is the product's, every driver a simulator. */
export function simUnit({ clock, host, storage, settings = testSettings(), prompts = shortPrompts, seed = 1, entitlement = null }: SimUnitOptions): { unit: Unit; log: UnitLog; crashMedia: (reason: string) => void } {
  const random = new SimRandom(seed);
  const log = new UnitLog(clock, 'debug');
  const pipe = simThread<MediaCommand | LinkCommand, MediaEvent | LinkEvent>(clock);
  const engine = createMediaEngine({
    clock, random, batch: host.batch(), log, prompts, ports: settings.ports, address: host.addresses[0] as string, firstPort: settings.rtp.firstPort,
    emit: (event) => pipe.far.send(event),
  });
  const link = new PairLink({ clock, random, datagram: host.datagram, emit: (event) => pipe.far.send(event), fence: null });
  pipe.far.received = (command) => {
    if (isLink(command)) return link.command(command);
    engine.command(command);
    if (command.type !== 'shut-down') return;
    link.close();
    void engine.close();
  };
  const unit = new Unit({
    clock, random, storage, log, datagram: host.datagram, stream: host.stream, net: host.net,
    secure: new SimSecureStreamNet(clock, random, host.stream), reachability: host.reachability, addressHolder: host.addressHolder,
    watchdog: new SimWatchdog(clock), hasher: new ScryptPinHasher(2), media: pipe.near, site: null, entitlement, product: 'Understudy/test',
  }, settings);
  void engine.start();
  return { unit, log, crashMedia: pipe.crash };
}
