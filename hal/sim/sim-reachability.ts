import { HalError, type HalErrorId } from '../errors.ts';
import type { Reachability } from '../reachability.ts';
import { isIpLiteral } from './sim-address.ts';
import type { SimHost } from './sim-host.ts';
import type { SimNetwork } from './sim-network.ts';

/** The Linux driver's limit. */
const questionLimit = 64;

/** Echoes travel the network's links with all their faults; the carrier is that of the host's interface. */
export class SimReachability implements Reachability {
  /** Questions fail with this until it is null again. */
  answersFails: HalErrorId | null = null;
  /** A firewall on this machine drops the echo requests of others. */
  dropsEchoes = false;
  readonly #network: SimNetwork;
  readonly #host: SimHost;
  #open = 0;

  constructor(network: SimNetwork, host: SimHost) {
    this.#network = network;
    this.#host = host;
  }

  async answers(address: string, timeoutMs: number): Promise<boolean> {
    if (this.answersFails !== null) throw new HalError(this.answersFails, address, 'as the test asked');
    const [literal = ''] = address.split('%');
    if (!isIpLiteral(literal)) throw new HalError('unsupported', address, 'no literal IPv4 or IPv6 address');
    if (this.#open >= questionLimit) throw new HalError('busy', address, `${questionLimit} questions are open`);
    this.#open++;
    return this.#ask(literal, timeoutMs).finally(() => this.#open--);
  }

  async interfaceTowards(address: string): Promise<string | null> {
    if (!isIpLiteral(address)) throw new HalError('unsupported', address, 'no literal IPv4 or IPv6 address');
    if (this.#host.owns(address)) return 'lo';
    const { interface: own } = this.#host;
    return own.present && this.#network.find(this.#host, address) !== null ? own.name : null;
  }

  async watchCarrier(interfaceName: string, changed: (up: boolean) => void): Promise<{ close(): void }> {
    const { interface: own } = this.#host;
    if (interfaceName !== own.name || !own.present) throw new HalError('not-found', interfaceName, 'no such interface');
    return own.watch(changed);
  }

  #ask(address: string, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const limit = this.#network.clock.after('echo time-out', timeoutMs, () => resolve(false));
      this.#echo(address, () => {
        limit.cancel();
        resolve(true);
      });
    });
  }

  #echo(address: string, answered: () => void): void {
    const near = this.#host;
    const far = this.#network.find(near, address);
    if (far === null) return;
    this.#network.signal('echo request', near, far, () => {
      if (far.owns(address) && (far === near || !far.reachability.dropsEchoes)) this.#network.signal('echo reply', far, near, answered);
    });
  }
}
