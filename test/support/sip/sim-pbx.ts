import type { SipRequest } from '../../../firmware/sip/message.ts';
import type { PeerSettings } from '../../../firmware/config/settings.ts';
import type { MessageCounts, UserAgentOptions } from '../../../firmware/sip/user-agent.ts';
import type { AgentWorld, Policy } from './agent-world.ts';
import { agentWorld } from './agent-world.ts';
import { pbx } from './layer-world.ts';
import { responseText } from './message-text.ts';
import { RawPeer } from './raw-peer.ts';

/** A registrar with lamps that can die, come back without memory, and say that it does not serve. */
export class SimPbx {
  readonly peer: RawPeer;
  /** Answers nothing while false. */
  alive = true;
  /** What OPTIONS get. */
  optionsStatus = 200;
  /** Whether OPTIONS are answered at all. */
  answersOptions = true;
  /** The binding of the unit: until when; null = none. */
  boundUntilMs: number | null = null;
  /** Bindings of other units, as the Contact field of an answer has them. */
  others: readonly string[] = [];
  /** By mailbox: new and old messages. */
  readonly lamps = new Map<string, string>();
  readonly #clock: AgentWorld['clock'];

  constructor(clock: AgentWorld['clock'], peer: RawPeer) {
    this.#clock = clock;
    this.peer = peer;
    peer.react = ({ message }) => {
      if (message.kind === 'request' && this.alive) this.#answer(message);
    };
  }

  get bound(): boolean {
    return this.boundUntilMs !== null && this.boundUntilMs > this.#clock.monotonic();
  }

  die(): void {
    this.alive = false;
  }

  /** Comes back as after a reboot: it knows neither registrations nor lamps. */
  revive(): void {
    this.alive = true;
    this.boundUntilMs = null;
    this.lamps.clear();
  }

  /** Lifetimes asked for, each REGISTER once; 'which' = it asks which bindings there are. */
  get registers(): string[] {
    return [...new Map(this.peer.requests('REGISTER').map(({ message }) => [message.headers.get('Via'), message.headers.get('Expires') ?? 'which'])).values()];
  }

  get probes(): number[] {
    return this.peer.requests('OPTIONS').map(({ atMs }) => atMs);
  }

  #answer(request: SipRequest): void {
    if (request.method === 'OPTIONS') return void (this.answersOptions && this.peer.send(responseText(request, this.optionsStatus)));
    if (request.method === 'REGISTER') return this.#bind(request);
    if (request.method === 'NOTIFY') this.#light(request);
    this.peer.send(responseText(request, 200, { contact: null }));
  }

  #light({ uri, body }: SipRequest): void {
    const mailbox = /^sip:([^@]+)@/.exec(uri)?.[1] ?? '';
    this.lamps.set(mailbox, /^Voice-Message: (\S+)/m.exec(Buffer.from(body).toString())?.[1] ?? '');
  }

  /** One without a Contact asks which bindings there are (RFC 3261 10.2.3). */
  #bind(request: SipRequest): void {
    const contact = request.headers.get('Contact');
    if (contact === undefined) {
      const bindings = [...(this.bound ? [`<sip:${register.user}@10.0.0.2:5060>`] : []), ...this.others];
      return this.peer.send(responseText(request, 200, { contact: null, headers: bindings.map((binding) => `Contact: ${binding}`) }));
    }
    const seconds = Number(request.headers.get('Expires'));
    this.boundUntilMs = seconds === 0 ? null : this.#clock.monotonic() + seconds * 1000;
    this.peer.send(responseText(request, 200, { contact, headers: [`Expires: ${seconds}`] }));
  }
}

const oneNew: MessageCounts = { newMessages: 1, oldMessages: 0, urgentNew: 0, urgentOld: 0 };
const register = { user: '900', authUser: '900', password: 'secret', expiresSec: 3600 };

export const primary: PeerSettings = { ...pbx, name: 'a', lamps: 'notify', register };
export const backup: PeerSettings = { ...primary, name: 'b', addresses: ['10.0.0.3'], host: '10.0.0.3', backupOf: 'a' };

export interface PbxWorld extends AgentWorld {
  readonly a: SimPbx;
  readonly b: SimPbx;
  readonly log: { readonly atMs: number; readonly event: string; readonly text: string }[];
  /** The PBXs that are alive and have a binding of the unit. */
  registeredAt(): string;
  /** What was logged of the PBXs, in order. */
  events(): string[];
}

export interface PbxWorldOptions {
  readonly peers?: readonly PeerSettings[];
  readonly seed?: number;
  readonly mailboxes?: readonly string[];
  readonly options?: Partial<UserAgentOptions>;
  readonly policy?: Policy;
  /** How long it runs before the test begins; 5 s. */
  readonly settleMs?: number;
  /** It is told to be a standby before it starts. */
  readonly standby?: boolean;
}

/** A unit with a PBX and its backup, both well, registered at the first. Every mailbox has one new message. */
export async function pbxWorld({ peers = [primary, backup], seed = 1, mailboxes = ['201', '202'], options = {}, policy, settleMs = 5000, standby = false }: PbxWorldOptions = {}): Promise<PbxWorld> {
  const log: PbxWorld['log'] = [];
  const world: AgentWorld = await agentWorld({
    peers, seed, startLater: true,
    ...(policy === undefined ? {} : { policy }),
    log: { write: (_severity, event, text) => void log.push({ atMs: world.clock.monotonic(), event, text }) },
    options: { mailboxes: () => mailboxes, counts: (mailbox) => (mailboxes.includes(mailbox) ? oneNew : null), ...options },
  });
  const a = new SimPbx(world.clock, world.peer);
  const b = new SimPbx(world.clock, await RawPeer.open(world.network, '10.0.0.3'));
  if (standby) world.agent.serve(false);
  await world.agent.start();
  for (const mailbox of mailboxes) world.agent.lamp(mailbox, oneNew);
  await world.clock.advance(settleMs);
  const registeredAt = (): string => Object.entries({ a, b }).flatMap(([name, { bound, alive }]) => (bound && alive ? [name] : [])).join(' ');
  return Object.assign(world, { a, b, log, registeredAt, events: () => log.map(({ event }) => event).filter((event) => event.startsWith('pbx-')) });
}

/** Stops the unit; nothing of it may be left, and nothing may have been thrown. */
export async function pbxWorldEnds(world: AgentWorld): Promise<void> {
  void world.agent.stop(500);
  await world.clock.advance(1000);
  const { caught, transactions } = world.agent.counters();
  const left = { caught, transactions, timers: world.clock.pending().map(({ name }) => name) };
  if (caught + transactions + left.timers.length > 0) throw new Error(`left behind: ${JSON.stringify(left)}`);
}
