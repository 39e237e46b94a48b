import { SimSite } from './sim-site.ts';
import { testSettings } from './sim-unit.ts';
import { SipExtension } from './sip-extension.ts';

export const callerAddress = '10.0.0.5';
export const targetAddress = '10.0.0.6';

const configuration = (more: string): string => `
unit: { timeZone: UTC }
ports: 4
peers:
  - { name: pbx, addresses: [10.0.0.1, ${callerAddress}, ${targetAddress}, 10.0.0.7], host: ${targetAddress}, lamps: none }
messages: { minSec: 1, silenceSec: 7, maxSec: 60 }
breakout: { key0: "300", key2: "302" }
mailboxes:
  - { number: "201", name: Ada Byron }
  - { number: "202", name: Ben, breakout: { key0: "310" } }
${more}
`;

/** A unit, somebody who calls, and somebody at the PBX to whom callers are handed over. Neither takes REFER. */
export class TransferSite {
  readonly site: SimSite;
  readonly caller: SipExtension;
  readonly target: SipExtension;

  private constructor(site: SimSite, caller: SipExtension, target: SipExtension) {
    this.site = site;
    this.caller = caller;
    this.target = target;
  }

  static async start(more = ''): Promise<TransferSite> {
    const site = await SimSite.start({ settings: testSettings(configuration(more)) });
    return new TransferSite(site, await SipExtension.start(site, callerAddress), await SipExtension.start(site, targetAddress));
  }

  get inUse(): number {
    return this.site.unit.calls.ports.inUse;
  }

  advance(ms: number): Promise<void> {
    return this.site.clock.advance(ms);
  }

  async stop(): Promise<void> {
    await this.caller.stop();
    await this.target.stop();
    await this.site.stop();
  }
}
