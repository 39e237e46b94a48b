// Calls of people who leave a message: the keys and words that sipp plays, and what must be in the mailbox afterwards.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as assert from 'uvu/assert';
import type { MessageJson } from '../../../firmware/cli/messages-table.ts';
import type { RunningUnit } from './running-unit.ts';
import type { Track } from './rtp-track.ts';
import { writeTrack } from './rtp-track.ts';
import type { SippCall, SippEnd } from './sipp.ts';
import { sipp } from './sipp.ts';
import type { Payload } from './spoken.ts';
import { shareHeard, speech } from './spoken.ts';

export const spokenMs = 3000;
/** From the key that ends the greeting until speech: the beep lasts less. */
const beepMs = 1500;
/** How much later a call may end than it should: a lost BYE comes again after half a second, then after one more. */
const lateMs = 2500;
/** Packets that came too late on a busy machine are made up for; a broken path loses far more. */
const leastShare = 0.95;
const folder = mkdtempSync(path.join(tmpdir(), 'tracks-'));

export interface LeaveCall extends Partial<SippCall> {
  readonly mailbox: string;
  /** Key that ends the message; '' = the caller hangs up. */
  readonly last?: string;
  readonly payload?: Payload;
  /** Before the greeting is cut short; a longer pause hears it to its end, without a key. */
  readonly hearsGreetingMs?: number;
  /** Packets are lost on the way: where the ACK is, the unit's 200 comes again up to 3.5 s later (RFC 3261 13.3.1.4), and the call begins only then. */
  readonly lossy?: boolean;
}

/** 1 skips the greeting and, unlike #, means nothing while a message is recorded: pressed until one of them must have been in the greeting. */
const patientKeys = [400, '1', 1000, '1', 1500, '1', 2000, '1'];

/** The caller ends the greeting with #, speaks after the beep, and hangs up or presses a key. */
export function leaveTrack({ mailbox, last = '', payload = 0, hearsGreetingMs, lossy = false }: LeaveCall): Track {
  const skips = lossy ? patientKeys : [400, '#'];
  const before = hearsGreetingMs === undefined ? [...skips, beepMs] : [hearsGreetingMs];
  return writeTrack(path.join(folder, `leave-${mailbox}.pcap`), [...before, speech(Number(mailbox), spokenMs, payload), 100, last], payload);
}

/** Leaves a message in `mailbox`, by the number `values.number` or the mailbox's own. */
export function leave(unit: RunningUnit, call: LeaveCall): Promise<SippEnd> {
  const { file, ms } = leaveTrack(call);
  const name = (call.last ?? '') === '' ? 'call-and-hang-up' : 'call-until-bye';
  const values = { number: call.mailbox, payload: call.payload ?? 0, track: file, trackMs: ms + 300, ...call.values };
  return sipp({ scenario: name, to: unit.sipPort, ...call, values });
}

/** Mailbox numbers in a row. */
export const numbered = (first: number, count: number): string[] => Array.from({ length: count }, (_, index) => String(first + index));

/** sipp saw the dialogue that its scenario demands, `calls` times. */
export function wentWell(end: SippEnd, calls = 1): void {
  const good = end.code === 0 && end.successful === calls && end.failed === 0;
  assert.ok(good, `sipp ended with code ${end.code}, ${end.successful} of ${calls} calls went well\n${end.errors.slice(0, 3000)}`);
}

/** The mailbox holds one message, whole, with every word of `leaveTrack`. */
export async function hasMessage(unit: RunningUnit, mailbox: string, payload: Payload = 0): Promise<MessageJson> {
  const [message, ...others] = await unit.messagesOnce(mailbox, 1);
  assert.ok(message !== undefined, `no message for ${mailbox}\n${unit.log.slice(-20).join('\n')}`);
  assert.is(others.length, 0, `${1 + others.length} messages for ${mailbox}`);
  assert.is(message.state, 'new');
  assert.is(message.interrupted, false);
  const { durationMs } = message;
  assert.ok(durationMs >= spokenMs && durationMs <= spokenMs + beepMs + lateMs, `lasts ${durationMs} ms`);
  const share = shareHeard(speech(Number(mailbox), spokenMs, payload), await unit.audio(message.id), payload);
  assert.ok(share >= leastShare, `${Math.round(share * 100)} % of the words are there, ${message.lostPackets} packets lost`);
  return message;
}

/** Nothing is left of the calls; transactions stay for 64*T1 to absorb what comes late. */
export async function leavesNoCalls(unit: RunningUnit): Promise<void> {
  assert.is(await unit.counter('calls'), 0);
  assert.is(await unit.counter('defects caught'), 0);
}
