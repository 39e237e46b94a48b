import { availableParallelism } from 'node:os';
import type { Language } from '../../firmware/callflow/language/language.ts';
import type { Audio } from './audio.ts';
import type { Padding } from './condition.ts';
import { encodePrompt } from './encode-prompt.ts';
import { paddingFor } from './padding.ts';
import { findRecordings, readRecording } from './recordings.ts';
import type { Synthesiser } from './synthesiser.ts';
import type { VoiceCache } from './voice-cache.ts';
import { cacheKey } from './voice-cache.ts';

/** Synthesisers at work at the same time, for each language. */
const workers = availableParallelism();

export interface VoicedLanguage {
  readonly code: string;
  /** µ-law by prompt id, in the catalogue's order. */
  readonly prompts: ReadonlyMap<string, Uint8Array>;
  /** How many came from each source. */
  readonly spoken: number;
  readonly cached: number;
  readonly recorded: number;
}

export interface VoicingOptions {
  readonly synthesiser: Synthesiser;
  readonly cache: VoiceCache;
  /** Folder of recorded voices. */
  readonly recordings: string;
  /** Told after each batch. */
  progress(done: number, total: number): void;
}

interface Job {
  readonly id: string;
  readonly text: string;
  readonly padding: Padding;
  readonly key: string;
}

/** Voices a whole catalogue: recordings first, then what the cache has, then the synthesiser for the rest. */
export async function voiceLanguage(language: Language, options: VoicingOptions): Promise<VoicedLanguage> {
  const texts = Object.entries(language.catalogue);
  const recorded = await loadRecordings(language, options.recordings);
  const jobs = texts.filter(([id]) => !recorded.has(id)).map(([id, text]) => jobFor(id, text, options.synthesiser));
  const cached = await fromCache(jobs, options.cache);
  const missing = jobs.filter(({ id }) => !cached.has(id));
  const spoken = await speakAll(missing, options);
  const prompts = new Map(texts.map(([id]) => [id, (recorded.get(id) ?? cached.get(id) ?? spoken.get(id)) as Uint8Array]));
  return { code: language.code, prompts, spoken: spoken.size, cached: cached.size, recorded: recorded.size };
}

/**
 * What conditioning and coding make of a rising and fading whistle. Part of every cache key: whoever changes a filter, a level or a
 * table makes all prompts anew without having to think of it.
 */
const pipeline = cacheKey(...[16_000, 22_050].map(conditionedWhistle));

function conditionedWhistle(rate: number): string {
  const samples = Float64Array.from({ length: rate / 4 }, (_, at) => {
    const seconds = at / rate;
    return 9000 * (1 - 2 * seconds) * Math.sin(6000 * seconds * (1 + 4 * seconds));
  });
  return Buffer.from(encodePrompt({ rate, samples }, { leadMs: 10, tailMs: 10 }, 'the whistle')).toString('base64');
}

function jobFor(id: string, text: string, synthesiser: Synthesiser): Job {
  const padding = paddingFor(id, text);
  return { id, text, padding, key: cacheKey(pipeline, synthesiser.voice, padding.leadMs, padding.tailMs, text) };
}

async function loadRecordings(language: Language, folder: string): Promise<Map<string, Uint8Array>> {
  const texts = new Map<string, string>(Object.entries(language.catalogue));
  const found = await findRecordings(folder, language.code, new Set(texts.keys()));
  const loaded = found.map(async ({ id, file }): Promise<[string, Uint8Array]> => {
    const voice = await readRecording(file);
    return [id, 'ulaw' in voice ? voice.ulaw : encodePrompt(voice.audio, paddingFor(id, texts.get(id) ?? ''), file)];
  });
  return new Map(await Promise.all(loaded));
}

async function fromCache(jobs: readonly Job[], cache: VoiceCache): Promise<Map<string, Uint8Array>> {
  const found = await Promise.all(jobs.map(async ({ id, key }) => ({ id, ulaw: await cache.get(key) })));
  return new Map(found.flatMap(({ id, ulaw }) => (ulaw === null || ulaw.length === 0 ? [] : [[id, ulaw] as const])));
}

async function speakAll(jobs: readonly Job[], options: VoicingOptions): Promise<Map<string, Uint8Array>> {
  const { synthesiser, progress } = options;
  const spoken = new Map<string, Uint8Array>();
  const waiting = batches(jobs, synthesiser.batch);
  const work = async (): Promise<void> => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      for (const [id, ulaw] of await speakBatch(batch, options)) spoken.set(id, ulaw);
      progress(spoken.size, jobs.length);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return spoken;
}

async function speakBatch(batch: readonly Job[], { synthesiser, cache }: VoicingOptions): Promise<[string, Uint8Array][]> {
  const voices = await synthesiser.speak(batch.map(({ text }) => text));
  const done = batch.map(({ id, padding, key, text }, index): [string, Uint8Array, string] => {
    return [id, encodePrompt(voices[index] as Audio, padding, `"${text}" by ${synthesiser.label}`), key];
  });
  await Promise.all(done.map(([, ulaw, key]) => cache.put(key, ulaw)));
  return done.map(([id, ulaw]) => [id, ulaw]);
}

function batches<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
