import type { FlowInput, OwnerAtLogIn } from '../callflow/flow.ts';
import type { CodecName } from '../media/media-protocol.ts';
import type { DiversionReason } from '../sip/leg.ts';
import { mostEntered } from './flow-record.ts';
import type { StoreEffect } from './flow-progress.ts';
import type { FlowRecorder } from './flow-recorder.ts';
import type { FlowServices } from './flow-services.ts';
import type { AskingCall } from './request-desk.ts';
import { answer } from './request-desk.ts';
import type { ChosenMarks } from '../mailbox/message.ts';
import { isNew } from '../mailbox/message.ts';
import { standardOptions } from '../mailbox/owner-choices.ts';
import { entersWithoutPin } from '../mailbox/owner/trusted-source.ts';
import { inPlayOrder } from '../mailbox/play-order.ts';

type Call = Omit<AskingCall, 'signal'>;

/** What a flow asks of messages, greetings and owners. */
export class FlowStore {
  readonly #services: FlowServices;
  readonly #call: Call;
  readonly #asking: AskingCall;
  readonly #recorder: FlowRecorder;
  readonly #loggedIn: (mailbox: string) => void;
  /** Mailboxes that the caller has entered: the own one, and those of groups. */
  readonly #entered = new Set<string>();
  readonly #gone = new AbortController();

  /** `loggedIn`: told before the flow is. */
  constructor(services: FlowServices, call: Call, recorder: FlowRecorder, loggedIn: (mailbox: string) => void) {
    this.#services = services;
    this.#call = call;
    const { id, leg, mailbox, callerNumber, callerName, reason, codec, channel, language } = call;
    // Not spread: V8 would describe each call's object by itself, which takes more than the object.
    this.#asking = { id, leg, mailbox, callerNumber, callerName, reason, codec, channel, language, signal: this.#gone.signal };
    this.#recorder = recorder;
    this.#loggedIn = loggedIn;
  }

  /** The caller has hung up, or another unit carries the call on. */
  gone(): void {
    this.#gone.abort();
    for (const mailbox of this.#entered) this.#services.store.leave(mailbox);
    this.#entered.clear();
  }

  /** Mailboxes that the caller has entered, here or on the unit that had the call; the last ones. */
  get entered(): readonly string[] {
    return [...this.#entered].slice(-mostEntered);
  }

  /** The call goes on here. */
  carryOn(entered: readonly string[]): void {
    for (const mailbox of entered) this.#entered.add(mailbox);
  }

  /** The input that answers the effect. Errors: those of the stores, and of who answers requests. */
  async perform(effect: StoreEffect): Promise<FlowInput> {
    const { store, greetings, clock } = this.#services;
    switch (effect.type) {
      case 'admit':
        return { type: 'admitted', admission: await store.admission(effect.mailbox ?? this.#call.mailbox ?? '') };
      case 'open-message':
        return this.#recorder.openMessage({ ...this.#messageFacts(effect.mailbox), startedMs: clock.wall() });
      case 'finish-message':
        return this.#recorder.finishMessage(effect.reason, effect.keepMs, (mailbox) => this.#chosenMarks(mailbox, effect));
      case 'abandon-message':
        return this.#recorder.abandonMessage();
      case 'login':
        return this.#login(effect.mailbox, effect.pin);
      case 'list':
        return { type: 'listed', listing: await this.#listing(effect.mailbox, effect.category) };
      case 'mark':
        await store.mark(effect.mailbox, effect.id, effect.state);
        return { type: 'marked', ok: true };
      case 'open-draft':
        return this.#recorder.openDraft(this.#call.codec);
      case 'finish-draft':
        return this.#recorder.finishDraft(effect.keepMs);
      case 'abandon-draft':
        return this.#recorder.abandonDraft();
      case 'open-greeting':
        return this.#recorder.openGreeting(effect.mailbox, this.#call.codec, effect.kind);
      case 'finish-greeting':
        return this.#recorder.finishGreeting(effect.keepMs);
      case 'commit-greeting':
        return this.#recorder.commitGreeting();
      case 'abandon-greeting':
        return this.#recorder.abandonGreeting();
      case 'open-recording':
        return this.#recorder.openRecording(effect.place, this.#call.codec);
      case 'finish-recording':
        return this.#recorder.finishRecording(effect.keepMs);
      case 'commit-recording':
        return this.#recorder.commitRecording();
      case 'abandon-recording':
        return this.#recorder.abandonRecording();
      case 'remove-greeting':
        await greetings.remove(effect.mailbox, effect.kind);
        return { type: 'stored', ok: true };
      case 'ask':
        return answer(this.#services.requests, effect.request, this.#asking);
      case 'change-pin':
        return { type: 'pin-changed', outcome: await this.#changePin(effect.mailbox, effect.pin) };
    }
  }

  async #login(mailbox: string, pin: string | null): Promise<FlowInput> {
    const { owners, settings } = this.#services;
    const { callerNumber, leg } = this.#call;
    const isTrusted = (): boolean => entersWithoutPin(settings(), { callerNumber, peer: leg.facts.peer, transport: leg.facts.transport }, mailbox, [...this.#entered]);
    const outcome = pin !== null ? await owners.login(mailbox, pin, callerNumber) : isTrusted() ? 'ok' : 'wrong';
    if (outcome === 'ok') {
      this.#entered.add(mailbox);
      this.#loggedIn(mailbox);
    }
    return outcome === 'ok' ? { type: 'logged-in', outcome, mailbox, owner: await this.#ownerOf(mailbox) } : { type: 'logged-in', outcome, mailbox };
  }

  /** Whatever a flow asks: only of a mailbox that this caller has entered. */
  async #changePin(mailbox: string, pin: string): Promise<'ok' | 'too-simple' | 'failed'> {
    const { owners, requests, log } = this.#services;
    if (!this.#entered.has(mailbox)) {
      log.write('alert', 'pin-change-refused', `Call ${this.#call.id} was not to change the PIN of mailbox ${mailbox}: it has not entered it.`, { call: this.#call.id, mailbox });
      return 'failed';
    }
    if ((await owners.setPin(mailbox, pin)) !== null) return 'too-simple';
    const { pinGiven } = await requests['mailbox-options']({ mailbox }, this.#asking);
    if (pinGiven) await requests['mailbox-options']({ mailbox, set: { pinGiven: false } }, this.#asking);
    return 'ok';
  }

  /** Whoever cannot be told what the owner has chosen goes on without. */
  async #ownerOf(mailbox: string): Promise<OwnerAtLogIn> {
    const { requests, log } = this.#services;
    try {
      const [options, greetings] = [await requests['mailbox-options']({ mailbox }, this.#asking), await requests['greetings-of']({ mailbox }, this.#asking)];
      return { named: greetings.recorded.some(({ kind }) => kind === 'name'), options };
    } catch (error) {
      log.write('error', 'choices-unread', `What the owner of mailbox ${mailbox} has chosen cannot be read: ${String(error)}`, { mailbox });
      return { named: true, options: standardOptions };
    }
  }

  async #listing(mailbox: string, category: 'new' | 'old' | 'saved' | 'deleted'): Promise<Extract<FlowInput, { type: 'listed' }>['listing']> {
    const { store, settings } = this.#services;
    const all = await store.messages(mailbox, category === 'deleted');
    const messages = all.filter(({ state }) => (category === 'new' ? isNew(state) : state === category));
    const { new: fresh, old, saved, unopened } = store.counts(mailbox);
    return { counts: { new: fresh, old, saved, ...(unopened === undefined ? {} : { unopened }) }, messages: inPlayOrder(messages, category, settings().messages) };
  }

  #chosenMarks(mailbox: string, { priority, private: isPrivate }: Extract<StoreEffect, { type: 'finish-message' }>): ChosenMarks {
    const isUrgent = priority === true && this.#services.settings().mailboxes.find(({ number }) => number === mailbox)?.urgentByCallers === true;
    return { ...(isUrgent && { priority: true as const }), ...(isPrivate === true && { private: true as const }) };
  }

  #messageFacts(to?: string): { mailbox: string; callerNumber: string; callerName: string; reason: DiversionReason; codec: CodecName } {
    const { mailbox, callerNumber, callerName, reason, codec } = this.#call;
    return { mailbox: to ?? mailbox ?? '', callerNumber, callerName, reason, codec };
  }
}
