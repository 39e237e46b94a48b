/** The prompts as they ship, voiced by the real synthesisers (from the build's cache where nothing has changed). */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readBank } from '../../../board/voices/bank-reader.ts';
import { buildPromptBank } from '../../../board/voices/build-prompt-bank.ts';
import { targetDbm0 } from '../../../board/voices/condition.ts';
import { activeRms, rmsOf } from '../../../board/voices/speech-level.ts';
import type { Language } from '../../../firmware/callflow/language/language.ts';
import { promptKey } from '../../../firmware/callflow/language/language.ts';
import { languages } from '../../../firmware/callflow/language/languages.ts';
import { ulawDecode } from '../../../hal/g711.ts';
import type { Need } from '../../support/skip.ts';
import { command, testWith } from '../../support/skip.ts';
import { bandPower, decibels, powerSpectrum } from './signals.ts';

const needs: Readonly<Record<string, (Need | string)[]>> = { de: [command('espeak-ng', 'espeak-ng')] };

interface Prompt {
  readonly id: string;
  readonly text: string;
  readonly seconds: number;
  readonly samples: Float64Array;
  readonly spectrum: Float64Array;
}

async function build(code: string): Promise<Buffer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'prompts-'));
  try {
    const out = path.join(folder, 'prompts.bin');
    await buildPromptBank({ languages: [code], out, cache: '.cache/voices', recordings: path.join(folder, 'none') });
    return await readFile(out);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function promptsOf({ code, catalogue }: Language, bytes: Uint8Array): Prompt[] {
  const bank = readBank(bytes);
  return Object.entries(catalogue).map(([id, text]) => {
    const ulaw = bank.get(promptKey(code, id as keyof typeof catalogue))?.ulaw;
    if (ulaw === undefined) throw new Error(`${code}/${id} is not in the bank`);
    const samples = Float64Array.from(ulaw, (value) => ulawDecode[value] ?? 0);
    return { id, text, seconds: ulaw.length / 8000, samples, spectrum: powerSpectrum(samples) };
  });
}

for (const language of languages) {
  let prompts: Prompt[] = [];
  const check = (name: string, one: (prompt: Prompt) => void): void => {
    testWith(needs[language.code] ?? [], `${language.name}: ${name}`, () => {
      assert.ok(prompts.length > 100, 'nothing was voiced');
      prompts.forEach(one);
    });
  };

  testWith(needs[language.code] ?? [], `${language.name}: every text is voiced`, async () => {
    prompts = promptsOf(language, await build(language.code));
  });

  check('every prompt lasts as long as its text needs', ({ id, text, seconds }) => {
    assert.ok(seconds > 0.1 && seconds < 25, `${id}: ${seconds} s`);
    const perCharacter = seconds / (text.length + 4);
    assert.ok(perCharacter > 0.02 && perCharacter < 0.15, `${id}: ${perCharacter} s a character`);
  });

  check('every prompt has the same level', ({ id, samples }) => {
    const offBy = decibels(activeRms(samples) / rmsOf(targetDbm0));
    assert.ok(Math.abs(offBy) < 3, `${id}: ${offBy} dB`);
  });

  check('no prompt is clipped', ({ id, samples }) => {
    assert.ok(samples.every((sample) => Math.abs(sample) < 25_000), id);
  });

  check('every prompt moves as speech does', ({ id, samples, seconds, spectrum }) => {
    const low = bandPower(spectrum, 300, 1000);
    const high = bandPower(spectrum, 1000, 3400);
    assert.ok(low > 0 && high > 0 && Math.abs(10 * Math.log10(low / high)) < 40, `${id}: not one tone`);
    const loud = samples.filter((sample) => Math.abs(sample) > rmsOf(targetDbm0) / 4).length / samples.length;
    assert.ok(loud > 0.12 && loud < 0.9, `${id}: ${loud} of ${seconds} s`);
  });

  check('what telephones do not carry is not there', ({ id, spectrum }) => {
    const ratio = bandPower(spectrum, 3600, 4000) / bandPower(spectrum, 300, 3400);
    assert.ok(10 * Math.log10(ratio) < -25, `${id}: ${10 * Math.log10(ratio)} dB, quantising noise included`);
  });

  testWith(needs[language.code] ?? [], `${language.name}: no two texts sound the same`, () => {
    const heard = new Map(prompts.map(({ text, samples }) => [Buffer.from(samples.buffer).toString('latin1'), text]));
    assert.is(heard.size, new Set(prompts.map(({ text }) => text)).size);
  });
}

test.run();
