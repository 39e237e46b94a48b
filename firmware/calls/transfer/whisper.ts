import type { Phrase } from '../../callflow/phrase.ts';
import { say } from '../../callflow/phrase.ts';
import { FlowPlayer } from '../flow-player.ts';
import type { FlowServices } from '../flow-services.ts';
import type { MediaChannel } from '../media-channel.ts';

/** Who answers hears that there is a call, what the caller said, and what to press. */
export function playWhisper(services: FlowServices, channel: MediaChannel, recording: string | null, autoAccept: boolean): void {
  const said: Phrase[] = recording === null ? [] : [{ pauseMs: 300 }, { recording, orElse: [] }, { pauseMs: 300 }];
  const phrases = [{ pauseMs: 500 }, ...say('whisper.call'), ...said, ...(autoAccept ? [] : say('whisper.choose'))];
  new FlowPlayer({ services, channel, language: null }).play(phrases, false);
}
