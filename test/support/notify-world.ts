import type { CallOutWish } from '../../firmware/calls/call-out.ts';
import type { FlowState } from '../../firmware/callflow/flow.ts';
import type { PlacedFlowEnd } from '../../firmware/calls/placed-flow-call.ts';
import type { Settings } from '../../firmware/config/settings.ts';
import type { FileMessageStore } from '../../firmware/mailbox/file-message-store.ts';
import type { Message } from '../../firmware/mailbox/message.ts';
import { NotifyDesk } from '../../firmware/notify/notify-desk.ts';
import type { Leg } from '../../firmware/sip/leg.ts';
import { settle, SimClock } from '../../hal/sim/sim-clock.ts';
import { SimMail } from '../../hal/sim/sim-mail.ts';
import { SimRandom } from '../../hal/sim/sim-random.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import { testSettings } from './sim-unit.ts';
import type { ListLog } from './store-fixture.ts';
import { chunksOf, factsFor, makeStore } from './store-fixture.ts';

export const notifyConfiguration = `
unit: { timeZone: Europe/Berlin }
ports: 4
peers:
  - { name: pbx, addresses: [10.0.0.1], host: 10.0.0.1 }
mail: { host: mail.example.org, from: voicemail@example.org, user: unit, password: hush }
outgoing: { allow: ["0170."] }
mailboxes:
  - { number: "201", name: Ada, email: ada@example.org }
  - { number: "202", name: Ben, language: de, email: ben@example.org, emailMode: copy }
  - { number: "203", name: Carl }
`;

/** What a called party does: nothing (it rings until it ends), hangs up, or is told by the flow to have done something. */
export type Callee = 'no-answer' | 'hangs-up' | 'reached' | 'stop' | 'cancelled';

export interface NotifyWorldOptions {
  readonly storage?: SimStorage;
  readonly clock?: SimClock;
  readonly mail?: SimMail;
  readonly settings?: Settings;
  readonly seed?: number;
  readonly takenFor?: string;
}

/** Notices over a store in memory, on virtual time; mail goes to a simulated server, and calls to somebody scripted. */
export class NotifyWorld {
  readonly clock: SimClock;
  readonly storage: SimStorage;
  readonly mail: SimMail;
  readonly store: FileMessageStore;
  readonly log: ListLog;
  desk!: NotifyDesk;
  settings: Settings;
  serves = true;
  /** Who is called does this, first to last; then nobody answers. */
  readonly callees: Callee[] = [];
  /** Minutes since the start of the world, and the number. */
  readonly calls: string[] = [];
  readonly flows: FlowState[] = [];
  /** A call lasts so long, whatever its end. */
  callMs = 10_000;
  portsFree = true;
  /** The most that stood at once. */
  highest = 0;
  /** How often the desk has told that other telephones wait to be rung. */
  ringbackChanges = 0;
  #standing = 0;
  #calls = 0;
  readonly #seed: number;
  readonly #takenFor: string | null;

  private constructor(options: NotifyWorldOptions) {
    this.clock = options.clock ?? new SimClock();
    this.storage = options.storage ?? new SimStorage();
    this.mail = options.mail ?? new SimMail(this.clock);
    this.settings = options.settings ?? testSettings(notifyConfiguration);
    this.#seed = options.seed ?? 1;
    this.#takenFor = options.takenFor ?? null;
    const { store, log } = makeStore(this.storage, {}, this.#seed, this.clock);
    this.store = store;
    this.log = log;
  }

  static async start(options: NotifyWorldOptions = {}): Promise<NotifyWorld> {
    const world = new NotifyWorld(options);
    await world.store.open();
    world.desk = await NotifyDesk.open(
      {
        clock: world.clock, random: new SimRandom(world.#seed), storage: world.storage, log: world.log, mail: world.mail, store: world.store,
        settings: () => world.settings, serves: () => world.serves, takenFor: () => world.#takenFor, ringbacksChanged: () => void world.ringbackChanges++, callOut: (wish) => world.#callOut(wish),
      },
      { callback: () => null, collect: () => ({ initial: { name: 'collect' }, step: (state) => ({ state, effects: [] }) }) },
    );
    world.store.changed = (mailbox) => world.desk.storeChanged(mailbox);
    world.desk.start();
    await settle();
    return world;
  }

  /** Somebody leaves a message. */
  async message(mailbox: string, more: Partial<Message> = {}): Promise<Message> {
    const writer = await this.store.begin({ ...factsFor(mailbox), startedMs: this.clock.wall(), ...more });
    for (const chunk of chunksOf(1, 2)) writer.append(chunk, 0);
    const message = await writer.finish('hang-up');
    await settle();
    return message;
  }

  async stop(): Promise<void> {
    const stopping = this.desk.stop();
    await this.clock.advance(1000);
    await stopping;
    await this.store.close();
  }

  /** What lies in the store of a mailbox. */
  states(mailbox: string): string[] {
    return this.store.list(mailbox, true).map(({ state }) => state);
  }

  async #callOut({ number, flow, ringMs }: CallOutWish) {
    if (!this.portsFree) return null;
    const id = `call-${++this.#calls}`;
    this.calls.push(`${Math.floor(this.clock.monotonic() / 60_000)} ${number}`);
    this.flows.push(flow({ facts: {} } as Leg).initial);
    this.highest = Math.max(this.highest, ++this.#standing);
    const callee = this.callees.shift() ?? 'no-answer';
    let end: (end: PlacedFlowEnd) => void = () => undefined;
    const ended = new Promise<PlacedFlowEnd>((resolve) => (end = resolve));
    const over = (answered: boolean, text: string): void => {
      this.#standing -= 1;
      end({ answered, text, status: null });
    };
    const timer = this.clock.after('callee', callee === 'no-answer' ? ringMs : this.callMs, () => {
      if (callee === 'no-answer') return over(false, 'nobody answered');
      if (callee !== 'hangs-up') this.desk.outgoing.heard(id, callee);
      over(true, 'the far end hung up');
    });
    return {
      id,
      ended,
      hangUp: (text: string) => {
        timer.cancel();
        over(false, text);
      },
    };
  }
}
