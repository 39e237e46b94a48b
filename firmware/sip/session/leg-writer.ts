import type { SessionParts } from './session-parts.ts';
import type { InviteSession } from './invite-session.ts';
import type { LegRecord } from './leg-record.ts';
import { bytesOf, legRecordLimitBytes } from './leg-record.ts';

/** Writes one leg down for another unit. */
export class LegWriter {
  readonly #parts: SessionParts;
  readonly #session: InviteSession;
  #tooLargeTold = false;

  constructor(parts: SessionParts, session: InviteSession) {
    this.#parts = parts;
    this.#session = session;
  }

  /** null: only a call that stands, and lives on the shared address, can be carried on by another unit; and not one that is too large. */
  write(): LegRecord | null {
    const record = this.#record();
    if (record === null || bytesOf(record) <= legRecordLimitBytes) return record;
    this.#tellTooLarge(bytesOf(record));
    return null;
  }

  #record(): LegRecord | null {
    const { sessionState, facts, dialog, flow, media, peer, refresher } = this.#session;
    const { local, agreed, session } = media;
    if (sessionState !== 'established' || dialog === null || flow.followed !== true || local === null || agreed === null) return null;
    const { callId: _callId, remoteAddress: _remoteAddress, transport: _transport, ...others } = facts;
    const { localTag: _localTag, remoteTag: _remoteTag, ...numbers } = dialog;
    return {
      facts: others,
      dialog: numbers,
      transport: flow.transport,
      remote: flow.remote,
      local: flow.local,
      rtpPort: local.rtpPort,
      codecs: local.codecs,
      updates: peer.allows.includes('UPDATE'),
      timer: refresher.timer,
      sdp: session,
      agreed,
    };
  }

  /** Once: records are asked for again and again. */
  #tellTooLarge(bytes: number): void {
    if (this.#tooLargeTold) return;
    this.#tooLargeTold = true;
    this.#parts.log.write('warning', 'leg-too-large', `Call ${this.#session.id} cannot be carried on by the partner: what would be written down of it has ${bytes} bytes, and ${legRecordLimitBytes} are the limit.`);
  }
}
