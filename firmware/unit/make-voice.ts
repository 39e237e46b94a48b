import type { FlowRecording, FlowRecordings } from '../calls/flow-recordings.ts';
import type { FlowVoice } from '../calls/flow-voice.ts';
import type { AudioSource } from '../calls/media-channel.ts';
import type { Shelved, ShelfWriter } from '../flows/audio-shelf.ts';
import { audioMs } from '../mailbox/recording.ts';
import type { WholeUnit } from './whole-unit.ts';

/** Prompts, recordings and speech of flows. */
export function makeVoice(unit: WholeUnit): FlowVoice {
  return {
    prompt: async (name, language) => {
      const { prompts } = unit.flows;
      const translated = language === undefined ? null : await prompts.source(`${name}.${language}`);
      return translated ?? prompts.source(name);
    },
    recording: async (id) => {
      const { recordings, prompts, campaigns } = unit.flows;
      return (await recordings.source(id)) ?? (await prompts.pendingSource(id)) ?? campaigns.source(id);
    },
    speak: async (text, language) => {
      const ulaw = await unit.flows.speech.speak(text, language);
      return ulaw === null ? null : inMemory(ulaw);
    },
  };
}

const inMemory = (ulaw: Uint8Array): AudioSource => ({
  codec: 'PCMU',
  bytes: ulaw.length,
  read: async (offset, length) => Uint8Array.prototype.slice.call(ulaw, offset, offset + length), // of a Buffer too it is a copy
  close: async () => undefined,
});

/** Where flows put what they record. */
export function makeRecordings(unit: WholeUnit): FlowRecordings {
  return {
    begin: async (place, codec) => {
      const { prompts, recordings } = unit.flows;
      if (place.kind === 'call') return flowRecording(await recordings.begin(codec), async () => undefined, (id) => recordings.forget([id]));
      const { name } = place;
      return flowRecording(await prompts.begin(name, codec), (recording) => prompts.commit(name, recording), (id) => prompts.discard(name, id));
    },
    forget: (ids) => void unit.flows.recordings.forget(ids),
  };
}

function flowRecording(writer: ShelfWriter, commit: (recording: Shelved) => Promise<void>, discard: (id: string) => Promise<void>): FlowRecording {
  let finished: Shelved | null = null;
  return {
    append: (bytes, lostPackets) => writer.append(bytes, lostPackets),
    get failed() {
      return writer.failed;
    },
    finish: async (keepMs) => {
      finished = await writer.finish(keepMs);
      return { id: finished.id, durationMs: audioMs(finished.bytes) };
    },
    commit: async () => {
      if (finished !== null) await commit(finished);
    },
    abandon: () => (finished === null ? writer.abandon() : discard(finished.id)),
  };
}
