import { HalError } from '../../hal/errors.ts';
import type { Phrase } from '../callflow/phrase.ts';
import { say } from '../callflow/phrase.ts';
import type { PromptId } from '../callflow/language/language.ts';
import type { MediaCommand } from '../media/media-protocol.ts';
import type { UserAgent } from '../sip/user-agent.ts';
import type { CallTable } from './call-table.ts';
import { FlowPlayer } from './flow-player.ts';
import type { FlowServices } from './flow-services.ts';
import { languageOf } from './flow-services.ts';
import type { MediaChannel } from './media-channel.ts';
import { unitCall } from './outgoing-call.ts';
import type { CallablePeer } from './peer-to-call.ts';
import { callable, noPeer, noSuchPeer, peerToCall } from './peer-to-call.ts';
import type { PlacedCallEnd } from './placed-call.ts';
import { PlacedCall } from './placed-call.ts';
import type { Port } from './port-pool.ts';

/** What is to be heard. */
export type Playable =
  | { readonly kind: 'tone' }
  | { readonly kind: 'prompt'; readonly id: PromptId }
  /** The one in force, or the system's words where there is none. */
  | { readonly kind: 'greeting'; readonly mailbox: string }
  | { readonly kind: 'message'; readonly mailbox: string; readonly id: string };

export interface PlayWish {
  readonly what: Playable;
  /** User part of the SIP URI. */
  readonly extension: string;
  /** Name of the peer that is called, and no other in its place: somebody tests the way there. null = the first in use. */
  readonly via: string | null;
}

export interface PlayParts {
  readonly services: FlowServices;
  readonly calls: CallTable;
  readonly sip: Pick<UserAgent, 'place' | 'peers'>;
  readonly send: (command: MediaCommand) => void;
  /** Our address as seen from a host. Errors: HalError not-found, unreachable, timed-out. */
  readonly local: (host: string) => Promise<string>;
  readonly rtpPort: (port: Port) => number;
}

/** The milliwatt of telephone lines (1,004 Hz at 0 dBm0): meters show what the way takes of it. */
export const milliwatt = { kind: 'tone', hz: 1004, ms: 10_000, levelDbm0: 0 } as const;

/** Calls, plays, hangs up; resolves when the port is given back. Aborting `signal` hangs up. Errors: HalError busy, not-found, unreachable, timed-out. */
export async function playAt(parts: PlayParts, wish: PlayWish, tell: (line: string) => void, signal: AbortSignal): Promise<PlacedCallEnd> {
  const peer = peerFor(parts, wish.via);
  const local = await parts.local(peer.host);
  return new Promise((resolve, reject) => {
    const call = parts.calls.place((port, released) => new PlacedCall({
      clock: parts.services.clock, send: parts.send, tell, over: resolve, released,
      dial: (handlers) => parts.sip.place(unitCall(parts.services.settings(), peer, wish.extension, { address: local, rtpPort: parts.rtpPort(port) }), handlers),
      play: (channel) => play(parts.services, wish.what, channel),
    }, port));
    if (call === null) return reject(new HalError('busy', 'ports', 'no port is free for a call'));
    const { log } = parts.services;
    log.write('notice', 'call-placed', `The unit calls ${wish.extension} at ${peer.name} to play a ${wish.what.kind}.`, { call: call.id, port: call.port.index });
    if (signal.aborted) call.hangUp('interrupted');
    signal.addEventListener('abort', () => call.hangUp('interrupted'), { once: true });
  });
}

/** Errors: HalError not-found. */
function peerFor({ services, sip }: PlayParts, via: string | null): CallablePeer {
  const { peers } = services.settings();
  const found = via === null ? peerToCall(peers, sip.peers(), null) : callable(peers).find(({ name }) => name === via);
  if (found !== null && found !== undefined) return found;
  throw new HalError('not-found', via ?? 'peers', via === null ? noPeer : noSuchPeer);
}

function play(services: FlowServices, what: Playable, channel: MediaChannel): void {
  if (what.kind === 'tone') return channel.play([milliwatt], false);
  const language = what.kind === 'prompt' ? null : languageOf(services, what.mailbox);
  new FlowPlayer({ services, channel, language }).play(phrases(what), false);
}

function phrases(what: Exclude<Playable, { kind: 'tone' }>): Phrase[] {
  switch (what.kind) {
    case 'prompt':
      return say(what.id);
    case 'greeting':
      return [{ greetingOf: what.mailbox, orElse: [...say('greeting.mailbox'), { digits: what.mailbox }, ...say('greeting.unavailable')] }];
    case 'message':
      return [{ message: what }];
  }
}
