import type { MediaDirection, MediaSettings } from '../../media/media-protocol.ts';
import type { LocalMedia } from '../leg.ts';
import type { SdpSession } from '../sdp/offer-answer.ts';
import { answerOffer, makeOffer, newSdpSession, readAnswer } from '../sdp/offer-answer.ts';

/** Offer/answer of one session (RFC 3264): our description, and what is agreed. */
export class MediaNegotiation {
  #session: SdpSession;
  #local: LocalMedia | null = null;
  #agreed: MediaSettings | null = null;
  #offering = false;

  constructor(id: string) {
    this.#session = newSdpSession(id);
  }

  /** What another unit has agreed. */
  static resumed(session: SdpSession, local: LocalMedia, agreed: MediaSettings): MediaNegotiation {
    const resumed = new MediaNegotiation(session.id);
    resumed.#session = session;
    resumed.#local = local;
    resumed.#agreed = agreed;
    return resumed;
  }

  set local(media: LocalMedia) {
    this.#local = media;
  }

  /** null: no port yet. */
  get local(): LocalMedia | null {
    return this.#local;
  }

  get session(): SdpSession {
    return this.#session;
  }

  get agreed(): MediaSettings | null {
    return this.#agreed;
  }

  /** An offer of ours waits for its answer. */
  get offering(): boolean {
    return this.#offering;
  }

  /** Answers the peer's offer; a refusal leaves everything as it was. */
  answer(offer: Uint8Array): { readonly body: Uint8Array } | { readonly status: 400 | 488 } {
    if (this.#local === null) return { status: 488 };
    const answered = answerOffer(offer, this.#local, this.#session);
    if (!answered.ok) return { status: answered.status };
    this.#session = answered.session;
    this.#agreed = answered.media;
    return { body: answered.body };
  }

  /** Our offer; on an established session it repeats what stands. */
  offer(): Uint8Array {
    if (this.#local === null) return new Uint8Array(0);
    this.#offering = true;
    const offered = makeOffer(this.#agreed === null ? this.#local : { ...this.#local, codecs: [this.#agreed.codec, ...this.#local.codecs.filter((codec) => codec !== this.#agreed?.codec)] }, this.#session, direction(this.#agreed));
    this.#session = offered.session;
    return offered.body;
  }

  /** Takes the answer to our offer; false = nothing usable. */
  answered(answer: Uint8Array): boolean {
    this.#offering = false;
    const agreed = this.#local === null ? null : readAnswer(answer, this.#local);
    if (agreed !== null) this.#agreed = agreed;
    return agreed !== null;
  }

  /** Our offer came to nothing; what stood before stands. */
  withdraw(): void {
    this.#offering = false;
  }
}

/** A refresh must not take the peer off hold: we offer what we do now. */
const direction = (agreed: MediaSettings | null): MediaDirection => agreed?.direction ?? 'sendrecv';
