// What the unit must be heard to say, made from the prompts that its build voiced.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readBank } from '../../../board/voices/bank-reader.ts';
import { buildPromptBank } from '../../../board/voices/build-prompt-bank.ts';
import { synthesise } from '../../../board/voices/say.ts';
import { english } from '../../../firmware/callflow/language/en/english.ts';
import type { Phrase } from '../../../firmware/callflow/phrase.ts';
import { renderPhrases } from '../../../firmware/callflow/phrase.ts';
import { ulawDecode } from '../../../hal/g711.ts';
import type { PlayItem } from '../../../firmware/media/media-protocol.ts';
import type { PackedPromptBank } from '../../../firmware/media/packed-prompt-bank.ts';
import type { WallMs } from '../../../hal/clock.ts';
import { join, quiet, tone } from '../media/signals.ts';

const nothingStored = { message: () => null, opened: () => null };

/** The English prompts of the product, from the cache that its build fills. */
export class ProductVoice {
  readonly #bank: PackedPromptBank;

  private constructor(bank: PackedPromptBank) {
    this.#bank = bank;
  }

  static async load(): Promise<ProductVoice> {
    const out = path.join(mkdtempSync(path.join(tmpdir(), 'prompts-')), 'prompts.bin');
    await buildPromptBank({ languages: [english.code], out, cache: '.cache/voices', recordings: 'voices' });
    return new ProductVoice(readBank(readFileSync(out)));
  }

  /** Phrases as they sound when nothing interrupts them, at 8 kHz. */
  sound(phrases: readonly Phrase[], atMs = Date.now()): Float64Array {
    const items = renderPhrases(phrases, { language: english, timeZone: 'UTC', nowMs: atMs as WallMs, audio: nothingStored });
    return join(...items.map((item) => this.#item(item)));
  }

  #item(item: PlayItem): Float64Array {
    if (item.kind === 'silence') return quiet(item.ms);
    if (item.kind === 'tone') return tone(item.hz, item.levelDbm0, item.ms);
    const prompt = item.kind === 'prompt' ? this.#bank.get(item.id) : null;
    if (prompt === null) throw new Error(`the bank has nothing for ${JSON.stringify(item)}`);
    return Float64Array.from(prompt.ulaw, (code) => ulawDecode[code] ?? 0);
  }
}

const said = new Map<string, Promise<Int16Array>>();

/** Somebody speaks: 8 kHz, telephone band. Voiced once. */
export async function spoken(text: string): Promise<Float64Array> {
  const samples = said.get(text) ?? synthesise(text);
  said.set(text, samples);
  return Float64Array.from(await samples);
}
