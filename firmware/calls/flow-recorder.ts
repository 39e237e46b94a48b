import type { FlowInput } from '../callflow/flow.ts';
import type { MessageFacts } from '../mailbox/message.ts';
import type { MessageWriter } from '../mailbox/message-store.ts';
import type { CodecName } from '../media/media-protocol.ts';
import type { FlowServices } from './flow-services.ts';
import type { GreetingRecording } from './greetings.ts';
import type { AudioSource } from './media-channel.ts';
import type { RecordingSink } from './recording-sink.ts';

/** The message or greeting that a flow is recording: opened, fed with chunks, then finished or abandoned. One at a time. */
export class FlowRecorder {
  readonly #services: FlowServices;
  #message: MessageWriter | null = null;
  #greeting: GreetingRecording | null = null;

  constructor(services: FlowServices) {
    this.#services = services;
  }

  /** Takes a chunk; false = the store gave up. Chunks without a file (a flow that just ended) are dropped. */
  append(bytes: Uint8Array, lostPackets: number): boolean {
    const sink: RecordingSink | null = this.#message ?? this.#greeting;
    return sink === null || (sink.append(bytes, lostPackets) && !sink.failed);
  }

  async openMessage(facts: MessageFacts): Promise<FlowInput> {
    this.#message = await this.#services.store.begin(facts);
    return { type: 'opened', ok: true };
  }

  async finishMessage(reason: string, keepMs: number): Promise<FlowInput> {
    const message = this.#message;
    this.#message = null;
    if (message === null) return { type: 'stored', ok: false };
    const stored = await message.finish(reason, keepMs);
    this.#services.log.write('info', 'message-stored', `A message of ${Math.round(stored.durationMs / 1000)} s was stored for mailbox ${stored.mailbox}.`, {
      mailbox: stored.mailbox,
      message: stored.id,
      caller: stored.callerNumber,
      durationMs: Math.round(stored.durationMs),
      lostPackets: stored.lostPackets,
    });
    return { type: 'stored', ok: true };
  }

  async abandonMessage(): Promise<FlowInput> {
    const message = this.#message;
    this.#message = null;
    await message?.abandon();
    return { type: 'stored', ok: true };
  }

  async openGreeting(mailbox: string, codec: CodecName): Promise<FlowInput> {
    await this.abandonGreeting();
    this.#greeting = await this.#services.greetings.begin(mailbox, codec);
    return { type: 'opened', ok: true };
  }

  async finishGreeting(keepMs: number): Promise<FlowInput> {
    await this.#greeting?.finish(keepMs);
    return { type: 'stored', ok: this.#greeting !== null };
  }

  async commitGreeting(): Promise<FlowInput> {
    const greeting = this.#greeting;
    this.#greeting = null;
    await greeting?.commit();
    return { type: 'stored', ok: greeting !== null };
  }

  async abandonGreeting(): Promise<FlowInput> {
    const greeting = this.#greeting;
    this.#greeting = null;
    await greeting?.abandon();
    return { type: 'stored', ok: true };
  }

  /** The greeting recorded and not yet saved; null = none. */
  async pendingGreeting(): Promise<AudioSource | null> {
    return this.#greeting === null ? null : this.#greeting.open();
  }
}
