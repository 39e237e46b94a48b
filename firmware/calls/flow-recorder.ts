import type { FlowInput, RecordingPlace } from '../callflow/flow.ts';
import type { ChosenMarks, MessageFacts } from '../mailbox/message.ts';
import type { GreetingKind } from '../mailbox/owner-choices.ts';
import type { DraftPiece } from '../mailbox/sending/drafts.ts';
import type { MessageWriter } from '../mailbox/message-store.ts';
import { bytesPerMs } from '../mailbox/recording.ts';
import type { CodecName } from '../media/media-protocol.ts';
import type { FlowRecord } from './flow-record.ts';
import type { FlowRecording } from './flow-recordings.ts';
import type { FlowServices } from './flow-services.ts';
import type { GreetingRecording } from './greetings.ts';
import type { AudioSource } from './media-channel.ts';
import type { RecordingSink } from './recording-sink.ts';

/** What a caller says while a call moves: a second, most of which is the time until the partner speaks. */
const mayLackBytes = 1000 * bytesPerMs;

/** The message, greeting or other recording that a flow is making: opened, fed with chunks, then finished or abandoned. One at a time. */
export class FlowRecorder {
  readonly #services: FlowServices;
  #message: MessageWriter | null = null;
  #facts: MessageFacts | null = null;
  #bytes = 0;
  #greeting: GreetingRecording | null = null;
  #own: FlowRecording | null = null;
  #ownPlace: RecordingPlace = { kind: 'call' };
  /** What the call keeps until it ends. */
  readonly #kept: string[] = [];
  readonly #call: string;
  #draft: DraftPiece | null = null;

  /** `call`: whose draft it records in. */
  constructor(services: FlowServices, call: string) {
    this.#services = services;
    this.#call = call;
  }

  /** Takes a chunk; false = the store gave up. Chunks without a file (a flow that just ended) are dropped. */
  append(bytes: Uint8Array, lostPackets: number): boolean {
    const sink: RecordingSink | null = this.#message ?? this.#greeting ?? this.#draft ?? this.#own;
    const taken = sink === null || (sink.append(bytes, lostPackets) && !sink.failed);
    if (taken && sink === this.#message) this.#bytes += bytes.length;
    return taken;
  }

  /** Of the message: audio that the store has taken. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The message in the making, in a call for `mailbox`; null = there is none, or the store gave it up. */
  record(mailbox: string | null): FlowRecord['recording'] {
    const [message, facts] = [this.#message, this.#facts];
    return message === null || facts === null || message.failed ? null : { id: message.id, startedMs: facts.startedMs, codec: facts.codec, ...(facts.mailbox === mailbox ? {} : { mailbox: facts.mailbox }) };
  }

  /** A message that another unit began, with `bytes` of audio. */
  carryOn(message: MessageWriter, facts: MessageFacts, bytes: number): void {
    [this.#message, this.#facts, this.#bytes] = [message, facts, bytes];
  }

  /**
   * Another unit goes on with the message. What it has durably (`kept` bytes) goes from here; what it has not said to have, or has so much
   * less of that it cannot be the same recording, is delivered as interrupted under the same id: homecoming keeps the longer.
   */
  async settle(kept: number | null): Promise<void> {
    await this.abandonGreeting();
    await this.abandonRecording();
    const message = this.#message;
    this.#message = null;
    if (message === null) return;
    if (kept !== null && kept + mayLackBytes >= this.#bytes) return message.abandon();
    await message.cutOff('moved');
  }

  async openMessage(facts: MessageFacts): Promise<FlowInput> {
    this.#message = await this.#services.store.begin(facts);
    [this.#facts, this.#bytes] = [facts, 0];
    return { type: 'opened', ok: true };
  }

  /** `marksFor`: what the caller may choose for a message in that mailbox. */
  async finishMessage(reason: string, keepMs: number, marksFor: (mailbox: string) => ChosenMarks = () => ({})): Promise<FlowInput> {
    const [message, facts] = [this.#message, this.#facts];
    this.#message = null;
    if (message === null) return { type: 'stored', ok: false };
    const stored = await message.finish(reason, keepMs, marksFor(facts?.mailbox ?? ''));
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
    const [message, facts] = [this.#message, this.#facts];
    this.#message = null;
    await message?.abandon();
    if (message !== null && facts !== null) this.#tellDropped(facts);
    return { type: 'stored', ok: true };
  }

  /** Somebody may ask for it: that there was little of it, or nothing, is seen here. */
  #tellDropped({ mailbox, callerNumber }: MessageFacts): void {
    const ms = Math.round(this.#bytes / bytesPerMs);
    this.#services.log.write('info', 'message-dropped', `No message for mailbox ${mailbox} was kept: ${ms === 0 ? 'nothing' : `${(ms / 1000).toFixed(1)} s`} had been recorded.`, { mailbox, caller: callerNumber, recordedMs: ms });
  }

  async openDraft(codec: CodecName): Promise<FlowInput> {
    this.#draft = await this.#services.drafts.begin(this.#call, codec);
    return { type: 'opened', ok: true };
  }

  async finishDraft(keepMs: number): Promise<FlowInput> {
    const draft = this.#draft;
    this.#draft = null;
    await draft?.finish(keepMs);
    return { type: 'stored', ok: draft !== null };
  }

  async abandonDraft(): Promise<FlowInput> {
    this.#draft = null;
    await this.#services.drafts.drop(this.#call);
    return { type: 'stored', ok: true };
  }

  async openGreeting(mailbox: string, codec: CodecName, kind?: GreetingKind): Promise<FlowInput> {
    await this.abandonGreeting();
    this.#greeting = await this.#services.greetings.begin(mailbox, codec, kind);
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

  async openRecording(place: RecordingPlace, codec: CodecName): Promise<FlowInput> {
    await this.abandonRecording();
    this.#own = await this.#services.recordings.begin(place, codec);
    this.#ownPlace = place;
    return { type: 'opened', ok: true };
  }

  async finishRecording(keepMs: number): Promise<FlowInput> {
    const finished = await this.#own?.finish(keepMs);
    if (finished === undefined) return { type: 'kept', ok: false, id: '', durationMs: 0 };
    this.#kept.push(finished.id);
    // It is kept as it is; a prompt waits to be put in force or dropped.
    if (this.#ownPlace.kind === 'call') this.#own = null;
    return { type: 'kept', ok: true, ...finished };
  }

  async commitRecording(): Promise<FlowInput> {
    const own = this.#own;
    this.#own = null;
    await own?.commit();
    return { type: 'stored', ok: own !== null };
  }

  async abandonRecording(): Promise<FlowInput> {
    const own = this.#own;
    this.#own = null;
    await own?.abandon();
    return { type: 'stored', ok: true };
  }

  /** The call is over. */
  forget(): void {
    this.#services.recordings?.forget(this.#kept.splice(0));
  }
}
