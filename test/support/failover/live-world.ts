import { silentLog } from '../../../firmware/log.ts';
import { FlowRecorder } from '../../../firmware/calls/flow-recorder.ts';
import type { FlowServices } from '../../../firmware/calls/flow-services.ts';
import type { FollowableCall } from '../../../firmware/calls/call-follower.ts';
import type { FollowedCall } from '../../../firmware/calls/followed-call.ts';
import { messageFactsOf } from '../../../firmware/calls/followed-call.ts';
import type { FlowRecord } from '../../../firmware/calls/flow-record.ts';
import type { KeptCall } from '../../../firmware/calls/carry-on.ts';
import { LivePair } from '../../../firmware/failover/live/live-pair.ts';
import type { CarriedOn } from '../../../firmware/failover/live/live-pair.ts';
import type { FileMessageStore } from '../../../firmware/mailbox/file-message-store.ts';
import type { MessageWriter } from '../../../firmware/mailbox/message-store.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimNetwork } from '../../../hal/sim/sim-network.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import type { StreamConnection } from '../../../hal/stream.ts';
import { factsFor, makeStore, type ListLog } from '../store-fixture.ts';

const address = { primary: '10.0.0.1', backup: '10.0.0.2' };
const port = 5063;
export type Side = 'primary' | 'backup';

/** A call that says of itself what a test wants, and records into the store of its unit. */
export class ScriptedCall implements FollowableCall {
  readonly id: string;
  readonly number: number;
  readonly told: string[] = [];
  moves = true;
  /** What else is written down of it. */
  more: Record<string, unknown> = {};
  writer: MessageWriter | null = null;
  bytes = 0;
  kept: number | null | undefined = undefined;
  codec: 'PCMU' | 'PCMA' = 'PCMU';

  constructor(number: number) {
    this.number = number;
    this.id = `c${number}`;
  }

  record(): FollowedCall | null {
    if (!this.moves) return null;
    const endpoint = { address: '10.0.0.9', port: 4000 + this.number };
    const settings = { remote: endpoint, remoteRtcp: null, codec: this.codec, payloadType: 0, eventPayloadType: 101, direction: 'sendrecv', ptimeMs: 20 } as const;
    const recording = this.writer === null ? null : { id: this.writer.id, startedMs: factsFor('201').startedMs, codec: this.codec };
    const flow: FlowRecord = {
      route: { to: 'leave', mailbox: '201' }, name: 'leave', knownMailbox: null, state: { name: 'recording' }, language: null, effects: [], playedMs: 0, recording, ...this.more,
    };
    return {
      id: `call-${this.number}`,
      leg: {
        facts: { caller: { number: '0301234', name: 'Ada', uri: 'sip:0301234@pbx' }, originalTarget: '201', targetSource: 'to', reason: 'no-answer', dialled: '201', peer: 'pbx' },
        dialog: { callId: `k${this.number}`, local: '<sip:201@u>;tag=a', remote: '<sip:9@p>;tag=b', remoteTarget: 'sip:9@p', routes: [], localCSeq: 1, remoteCSeq: 1 },
        transport: 'udp', remote: endpoint, local: { address: '10.0.0.10', port: 5060 }, rtpPort: 10_000 + 2 * this.number, codecs: ['PCMU'], updates: true, timer: null,
        sdp: { id: '1', version: 1, last: 'x' }, agreed: settings,
      },
      media: { settings, directionAtFirst: 'sendrecv', port: this.number, rtpPort: 10_000 + 2 * this.number, stream: null, streamAgeMs: 0 },
      flow,
    };
  }

  get recordedBytes(): number {
    return this.bytes;
  }

  async freshen(): Promise<void> {
    this.told.push('freshen');
  }

  giveAway(kept: Promise<number | null>): void {
    this.told.push('given away');
    this.moves = false;
    void kept.then((bytes) => {
      this.kept = bytes;
      void this.settle(bytes);
    });
  }

  /** What the product does with its part of the recording. */
  async settle(kept: number | null): Promise<void> {
    const recorder = new FlowRecorder({ log: silentLog } as unknown as FlowServices, 'call');
    if (this.writer !== null) recorder.carryOn(this.writer, factsFor('201'), this.bytes);
    await recorder.settle(kept);
  }

  hangUp(text: string): void {
    this.told.push(`hung up: ${text}`);
    this.moves = false;
  }
}

/** One unit's part in the following of calls: its store, its calls, and what it took from the partner. */
export class LiveHalf {
  readonly store: FileMessageStore;
  readonly log: ListLog;
  readonly live: LivePair;
  readonly calls: ScriptedCall[] = [];
  readonly taken: KeptCall[] = [];
  readonly storage: SimStorage;
  refuses: string | null = null;

  constructor(clock: SimClock, side: Side, storage: SimStorage) {
    this.storage = storage;
    const other = side === 'primary' ? 'backup' : 'primary';
    const { store, log } = makeStore(storage, { maxSec: 120 }, side === 'primary' ? 1 : 2, clock, { takenFor: () => (side === 'backup' ? 'ada' : null) });
    this.store = store;
    this.log = log;
    this.live = new LivePair({
      clock, random: new SimRandom(5), log, recordings: store.followed, names: () => ({ pair: 'pair', own: side, partner: other }), ports: 4,
      calls: () => this.calls, carryOn: (kept) => this.#carryOn(kept),
    });
  }

  /** A call that records. */
  async call(number: number): Promise<ScriptedCall> {
    const call = new ScriptedCall(number);
    call.writer = await this.store.begin(factsFor('201'));
    this.calls.push(call);
    this.live.changed(call);
    return call;
  }

  /** Half a second of its recording. */
  speak(call: ScriptedCall, bytes: Uint8Array): void {
    if (call.writer?.append(bytes.slice(), 0) !== true) throw new Error('chunk refused');
    this.live.audio(call, call.writer.id, call.bytes, bytes, 0);
    call.bytes += bytes.length;
  }

  #carryOn(kept: KeptCall): CarriedOn | string {
    this.taken.push(kept);
    if (this.refuses !== null) return this.refuses;
    const call = new ScriptedCall(kept.call.media.port);
    const adopted = kept.recording === null ? null : this.store.followed.adopt(kept.recording);
    call.writer = messageFactsOf(kept.call) === null ? null : (adopted?.writer ?? null);
    call.bytes = kept.recording?.bytes ?? 0;
    this.calls.push(call);
    return { call, durable: adopted?.durable ?? Promise.resolve(0) };
  }
}

/** Two units that follow each other's calls, over the simulated network. The primary dials. */
export class LiveWorld {
  readonly clock = new SimClock();
  readonly network: SimNetwork;
  readonly primary: LiveHalf;
  readonly backup: LiveHalf;
  connections: StreamConnection[] = [];
  reachable = true;

  private constructor(primary: SimStorage, backup: SimStorage) {
    this.network = new SimNetwork(this.clock, new SimRandom(3));
    this.network.faultAll({ delayMs: 1 });
    this.primary = new LiveHalf(this.clock, 'primary', primary);
    this.backup = new LiveHalf(this.clock, 'backup', backup);
  }

  /** The primary serves, and the backup follows. */
  static async make(primary = new SimStorage(), backup = new SimStorage()): Promise<LiveWorld> {
    const world = new LiveWorld(primary, backup);
    for (const { store } of [world.primary, world.backup]) await store.open();
    await world.network.host(address.backup).stream.listen({ address: address.backup, port }, (connection) => world.backup.live.serve(connection));
    world.network.host(address.primary);
    world.primary.live.serving(true);
    world.primary.live.dial(async () => {
      const connection = await world.network.host(address.primary).stream.connect({ address: address.backup, port }, 1000);
      world.connections.push(connection);
      return connection;
    });
    await world.clock.until(() => world.primary.live.status().connected && world.backup.live.status().connected, 3000);
    await world.clock.advance(20);
    return world;
  }

  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
  }

  stop(): void {
    this.primary.live.stop();
    this.backup.live.stop();
  }
}
