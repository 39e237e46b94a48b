import type { Phrase } from '../../callflow/phrase.ts';
import { say } from '../../callflow/phrase.ts';
import type { ParkAsk, TransferAsk } from '../../callflow/requests/transfer-requests.ts';
import { FlowPlayer } from '../flow-player.ts';
import { PlacedCall } from '../placed-call.ts';
import type { AskingCall } from '../request-desk.ts';
import { peerOf, targetCall } from './target-address.ts';
import type { TransferParts } from './transfer-desk.ts';

/** Calls a group, or a page number of the PBX, and says which number has the caller. `over`: it has been said, or was not. null = it cannot be placed. */
export async function placePage(parts: TransferParts, { ask, call }: { readonly ask: ParkAsk; readonly call: AskingCall }, slotNumber: string, over: () => void): Promise<PlacedCall | null> {
  const { services, sip, local, calls, rtpPort, send } = parts;
  const settings = services.settings();
  const peer = peerOf(settings, call.leg.facts, sip.peers());
  const address = peer === null ? null : await local(peer.host).catch(() => null);
  if (peer === null || address === null) return null;
  const said: Phrase[] = ask.recording === null ? [] : [{ recording: ask.recording, orElse: [] }, { pauseMs: 300 }];
  const phrases: Phrase[] = [...said, ...say('park.page'), { digits: slotNumber }];
  return calls.place((port, released) => new PlacedCall({
    clock: services.clock, send, tell: () => undefined, over, released,
    dial: (handlers) => sip.place(targetCall(peer, wish(ask.page), call.leg.facts, { address, rtpPort: rtpPort(port), codecs: settings.rtp.codecs }), handlers),
    play: (channel) => new FlowPlayer({ services, channel, language: null }).play([...phrases, { pauseMs: 800 }, ...phrases], false),
  }, port));
}

const wish = (to: string): TransferAsk => ({ to, how: 'assisted', ringMs: 0, showNumber: null, showName: null, priority: null, mailbox: null, whisper: null });
