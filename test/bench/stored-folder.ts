import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encodeFileHeader, encodeFrame, fileHeaderBytes, frameBytes } from '../../firmware/mailbox/frame.ts';
import { mailboxFolder, messageFolder, messagePath } from '../../firmware/mailbox/mailbox-paths.ts';
import { newMailboxState } from '../../firmware/mailbox/mailbox-state.ts';
import type { Row } from '../../firmware/mailbox/message-index.ts';
import { messageOf, rowOf } from '../../firmware/mailbox/message-index.ts';
import type { MessageState } from '../../firmware/mailbox/message.ts';
import type { RecordingFacts, RecordingTrailer } from '../../firmware/mailbox/recording.ts';
import { encodeRecord } from '../../firmware/mailbox/recording.ts';
import { encodeSlot } from '../../firmware/mailbox/slot.ts';
import { firstVersion } from '../../firmware/mailbox/state-version.ts';

/** 0.2 s of audio in each message: a file of 2 KiB. */
const audioBytes = 1600;
const slotBytes = 4096;
const toldEvery = 1000;
const usualStates: readonly MessageState[] = ['new', 'old', 'saved', 'old', 'deleted'];

export interface StoredFolder {
  readonly folder: string;
  readonly mailboxes: number;
  /** In each mailbox. */
  readonly messages: number;
  /** When the first of its messages came, wall time; the others follow by the minute. */
  readonly firstMs: number;
  /** In turn; left out: new, old, saved, and one of five deleted. */
  readonly states?: readonly MessageState[];
}

export const numberOf = (nth: number): string => String(10_000 + nth);

/** A data folder as a unit leaves it that was killed: every message in its index, every owner with a PIN, nothing synced. */
export function makeStoredFolder({ folder, mailboxes, messages, firstMs, states = usualStates }: StoredFolder, tell: (text: string) => void = () => undefined): void {
  for (let nth = 0; nth < mailboxes; nth++) {
    if (nth > 0 && nth % toldEvery === 0) tell(`${nth} of ${mailboxes} mailboxes made`);
    const number = numberOf(nth);
    mkdirSync(path.join(folder, messageFolder(number)), { recursive: true });
    const rows = Array.from({ length: messages }, (_, at) => writeMessage({ folder, mailbox: number, nth: nth * messages + at, startedMs: firstMs + at * 60_000, state: states[(nth * messages + at) % states.length] as MessageState }));
    writeSlot(path.join(folder, mailboxFolder(number), 'index.a'), { version: 1, messages: rows });
    const state = newMailboxState();
    state.owner.pin = { salt: tag(`salt ${number}`, 16), hash: tag(`hash ${number}`, 32), cost: 16384 };
    writeSlot(path.join(folder, mailboxFolder(number), 'mailbox.a'), state);
  }
}

function writeMessage({ folder, mailbox, nth, startedMs, state }: { folder: string; mailbox: string; nth: number; startedMs: number; state: MessageState }): Row {
  const facts = { kind: 'message', id: idOf(nth, startedMs), mailbox, callerNumber: `030${nth % 10_000_000}`, callerName: 'Ada', startedMs, reason: 'no-answer', codec: 'PCMU' } satisfies RecordingFacts;
  const audio = new Uint8Array(audioBytes).fill(nth & 0xff);
  const trailer = { durationMs: audioBytes / 8, sha256: createHash('sha256').update(audio).digest('hex'), reason: 'hung-up', interrupted: false, keepBytes: audioBytes, lostPackets: 0 } satisfies RecordingTrailer;
  writeFileSync(path.join(folder, messagePath(mailbox, facts.id, state)), logOf([encodeRecord(facts), audio, encodeRecord(trailer)], nth));
  return rowOf({ message: messageOf(facts, trailer, state), deletedMs: state === 'new' ? 0 : startedMs + 3_600_000, version: firstVersion });
}

function logOf(payloads: readonly [Uint8Array, Uint8Array, Uint8Array], salt: number): Uint8Array {
  const bytes = new Uint8Array(payloads.reduce((sum, payload) => sum + frameBytes(payload.length), fileHeaderBytes));
  bytes.set(encodeFileHeader(salt), 0);
  let at = fileHeaderBytes;
  for (const [sequence, type] of (['facts', 'audio', 'trailer'] as const).entries()) {
    at = encodeFrame({ type, payload: payloads[sequence] as Uint8Array, lostPackets: 0 }, { sequence, position: type === 'trailer' ? audioBytes : 0 }, salt, bytes, at);
  }
  return bytes;
}

function writeSlot(file: string, state: unknown): void {
  const bytes = encodeSlot({ generation: 1n, body: new TextEncoder().encode(JSON.stringify(state)) });
  const room = new Uint8Array(Math.ceil(bytes.length / slotBytes) * slotBytes);
  room.set(bytes);
  writeFileSync(file, room);
}

/** A UUIDv7 of that moment that is no other message's. */
function idOf(nth: number, ms: number): string {
  const time = ms.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${nth.toString(16).padStart(12, '0')}`;
}

const tag = (text: string, bytes: number): string => createHash('sha256').update(text).digest().subarray(0, bytes).toString('base64');
