import { keyOf } from '../dialog/dialog.ts';
import type { CallFacts } from '../leg.ts';
import { parseCSeq } from '../syntax/cseq.ts';
import type { ServerTransaction } from '../transaction-layer.ts';
import { InviteSession } from './invite-session.ts';
import type { LegRecord } from './leg-record.ts';
import { recordedDialog, recordedFacts, recordedFlow } from './leg-record.ts';
import { MediaNegotiation } from './media-negotiation.ts';
import type { SessionParts } from './session-parts.ts';

/** The other unit may have sent requests after it wrote the record; a peer refuses a number that it has seen, and takes a gap (12.2.2). */
const cseqGap = 16;

/** A call that another unit took, and that stands from its first moment here: its dialog, its numbers and its media go on. */
export class AdoptedSession extends InviteSession {
  readonly facts: CallFacts;
  /** Number of the last request that the other unit took. */
  readonly #takenThere: number;

  constructor(parts: SessionParts, id: string, record: LegRecord) {
    const dialog = recordedDialog(record);
    const { rtpPort, codecs, local, sdp, agreed } = record;
    super(parts, id, recordedFlow(record), 'established', {
      localTag: dialog.localTag,
      media: MediaNegotiation.resumed(sdp, { address: local.address, rtpPort, codecs }, agreed),
    });
    this.facts = recordedFacts(record);
    this.#takenThere = dialog.remoteCSeq;
    this.dialog = { ...dialog, localCSeq: dialog.localCSeq + cseqGap };
    this.peer.allows = record.updates ? ['UPDATE'] : [];
    this.sender.connectionLost();
    parts.opened(keyOf(this.dialog), this);
    this.refresher.resume(record.timer);
  }

  ring(): void {}
  answer(): void {}
  reject(): void {}
  redirect(): void {}

  /** What the other unit took last comes again when its answer did not get out. All but a digit may be done twice. */
  override received(transaction: ServerTransaction): void {
    const { flow, request } = transaction;
    const number = parseCSeq(request.headers.get('CSeq') ?? '')?.number;
    const again = number === this.#takenThere && this.dialog?.remoteCSeq === number;
    if (again && request.method === 'INFO') return void this.respond(transaction, 200);
    if (again && this.dialog !== null) this.dialog = { ...this.dialog, remoteCSeq: number - 1 };
    if (flow.transport === 'tcp' && this.flow.transport === 'tcp') this.reconnected(flow);
    super.received(transaction);
  }

  protected override contactUser(): string {
    return this.facts.dialled === '' ? '' : encodeURIComponent(this.facts.dialled);
  }
}
