import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Language } from '../../firmware/callflow/language/language.ts';
import { findLanguage, languages } from '../../firmware/callflow/language/languages.ts';
import { packBank } from './bank-writer.ts';
import { VoiceCache } from './voice-cache.ts';
import type { VoicedLanguage } from './voice-language.ts';
import { voiceLanguage } from './voice-language.ts';
import { voices } from './voices.ts';
import { VoicingError } from './voicing-error.ts';

export interface BankOptions {
  /** Codes; all that there are if left out. */
  readonly languages?: readonly string[];
  /** The file to write. */
  readonly out: string;
  /** Folder that lasts from build to build. */
  readonly cache: string;
  /** Folder of recorded voices that take the place of synthesised ones: `<language>/<id>.<ending>`. */
  readonly recordings?: string;
  /** Takes lines for people: who voices what, how far it is, what came of it. */
  log?(line: string): void;
}

export interface BankReport {
  readonly bytes: number;
  readonly tookMs: number;
  readonly languages: readonly (Omit<VoicedLanguage, 'prompts'> & { readonly prompts: number; readonly bytes: number })[];
}

/** At most one progress line in this many milliseconds. */
const progressEveryMs = 2000;

/**
 * Makes the prompt bank of a board: every catalogue text as telephone audio in one file. Errors: VoicingError; those of the file system as Node
 * has them.
 */
export async function buildPromptBank(options: BankOptions): Promise<BankReport> {
  const began = performance.now();
  const chosen = (options.languages ?? languages.map(({ code }) => code)).map(languageCalled);
  const cache = new VoiceCache(options.cache);
  await mkdir(options.cache, { recursive: true });
  const voiced = await allOf(chosen.map((language) => voiceOne(language, cache, options)));
  const bank = await packBank(chosen.map((language, at) => packed(language, voiced[at] as VoicedLanguage)));
  await replaceFile(options.out, bank);
  await cache.prune();
  return { bytes: bank.length, tookMs: Math.round(performance.now() - began), languages: voiced.map(summary) };
}

/** Side by side. When one fails the others are still brought to their end, and into the cache, before it is told. */
async function allOf<Result>(works: readonly Promise<Result>[]): Promise<Result[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

function languageCalled(code: string): Language {
  const language = findLanguage(code);
  if (language !== null) return language;
  throw new VoicingError('unknown-language', `There is no language "${code}"; there are ${languages.map((one) => one.code).join(', ')}.`);
}

function synthesiserOf(language: Language): NonNullable<(typeof voices)[string]> {
  const synthesiser = voices[language.code];
  if (synthesiser !== undefined) return synthesiser;
  throw new VoicingError('no-synthesiser', `Nothing is set to voice ${language.name}: name a synthesiser for "${language.code}" in voices.ts.`);
}

async function voiceOne(language: Language, cache: VoiceCache, { recordings = 'voices', log = () => {} }: BankOptions): Promise<VoicedLanguage> {
  const synthesiser = synthesiserOf(language);
  let saidMs = performance.now();
  const progress = (done: number, total: number): void => {
    if (done < total && performance.now() - saidMs < progressEveryMs) return;
    saidMs = performance.now();
    log(`voices: ${language.code} ${done} of ${total}, ${synthesiser.label}`);
  };
  const voiced = await voiceLanguage(language, { synthesiser, cache, recordings, progress });
  const { bytes, prompts } = summary(voiced);
  log(`voices: ${language.code} ${prompts} prompts, ${bytes} bytes (${voiced.spoken} spoken, ${voiced.cached} cached, ${voiced.recorded} recorded)`);
  return voiced;
}

function packed(language: Language, voiced: VoicedLanguage): Parameters<typeof packBank>[0][number] {
  const texts = new Map<string, string>(Object.entries(language.catalogue));
  const prompts = [...voiced.prompts].map(([id, ulaw]) => ({ id, text: texts.get(id) ?? '', ulaw }));
  return { code: language.code, voice: synthesiserOf(language).voice, prompts };
}

function summary({ prompts, ...rest }: VoicedLanguage): BankReport['languages'][number] {
  return { ...rest, prompts: prompts.size, bytes: [...prompts.values()].reduce((sum, ulaw) => sum + ulaw.length, 0) };
}

async function replaceFile(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, bytes);
  await rename(temporary, file);
}
