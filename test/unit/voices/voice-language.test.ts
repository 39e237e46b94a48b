import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Synthesiser } from '../../../board/voices/synthesiser.ts';
import { VoiceCache } from '../../../board/voices/voice-cache.ts';
import type { VoicedLanguage } from '../../../board/voices/voice-language.ts';
import { voiceLanguage } from '../../../board/voices/voice-language.ts';
import { VoicingError } from '../../../board/voices/voicing-error.ts';
import type { Language } from '../../../firmware/callflow/language/language.ts';
import { languageCalled } from '../language/spoken.ts';
import { silence, sine } from './signals.ts';
import { pcm16, wavFile } from './wav-files.ts';

interface Place {
  folder: string;
  /** Texts that the synthesiser was asked for. */
  asked: string[];
}

const test = suite<Place>('voice a language', { folder: '', asked: [] });

test.before.each(async (place) => {
  place.folder = await mkdtemp(path.join(tmpdir(), 'voices-'));
  place.asked = [];
});
test.after.each(({ folder }) => rm(folder, { recursive: true, force: true }));

const three = { 'number.1': 'one', 'number.2': 'two', goodbye: 'Goodbye.' } as unknown as Language['catalogue'];

function voice({ folder, asked }: Place, catalogue = three, voiceName = 'whistle'): Promise<VoicedLanguage> {
  const synthesiser: Synthesiser = {
    label: 'a whistle',
    voice: voiceName,
    batch: 2,
    speak: async (texts) => {
      asked.push(...texts);
      return texts.map((text) => (text === 'mute' ? silence(16_000, 100) : sine(16_000, 300 + 100 * text.length, 100)));
    },
  };
  const cache = new VoiceCache(path.join(folder, 'cache'));
  return voiceLanguage({ ...languageCalled('en'), catalogue }, { synthesiser, cache, recordings: path.join(folder, 'voices'), progress: () => {} });
}

async function record({ folder }: Place, name: string, bytes: Uint8Array): Promise<void> {
  await mkdir(path.join(folder, 'voices/en'), { recursive: true });
  await writeFile(path.join(folder, 'voices/en', name), bytes);
}

const inHex = ({ prompts }: VoicedLanguage): string[] => [...prompts].map(([id, ulaw]) => `${id} ${Buffer.from(ulaw).toString('hex')}`);

const tone = (rate: number): Buffer => wavFile(pcm16([...sine(rate, 1000, 200).samples]), { rate });
const refused = (why: RegExp) => (error: unknown) => error instanceof VoicingError && error.id === 'bad-recording' && why.test(error.message);

async function rejects(promise: Promise<unknown>, expected: (error: unknown) => boolean): Promise<void> {
  const error = await promise.then(() => null, (reason: unknown) => reason);
  assert.ok(expected(error), String(error));
}

test('every text is spoken once, then comes from the cache', async (place) => {
  const first = await voice(place);
  assert.equal([...place.asked].sort(), ['Goodbye.', 'one', 'two']);
  assert.equal([...first.prompts.keys()], ['number.1', 'number.2', 'goodbye']);
  const second = await voice(place);
  assert.is(place.asked.length, 3);
  assert.equal([second.spoken, second.cached], [0, 3]);
  assert.equal(inHex(second), inHex(first));
});

test('a changed text or voice is spoken anew, the rest is not', async (place) => {
  await voice(place);
  place.asked.length = 0;
  await voice(place, { ...three, goodbye: 'Farewell.' });
  assert.equal(place.asked, ['Farewell.']);
  await voice(place, three, 'other');
  assert.is(place.asked.length, 4);
});

test('a damaged cache entry is spoken anew', async (place) => {
  await voice(place);
  for (const name of await readdir(path.join(place.folder, 'cache'))) await writeFile(path.join(place.folder, 'cache', name), '');
  assert.is((await voice(place)).spoken, 3);
});

test('a recorded voice takes the place of a spoken one', async (place) => {
  await record(place, 'number.2.wav', tone(44_100));
  const { prompts, recorded, spoken } = await voice(place);
  assert.equal([recorded, spoken], [1, 2]);
  assert.not(place.asked.includes('two'));
  assert.ok(Math.abs((prompts.get('number.2')?.length ?? 0) / 8 - 225) < 15);
});

test('recorded µ-law is taken byte for byte', async (place) => {
  const ulaw = Uint8Array.from({ length: 999 }, (_, index) => index % 256);
  await record(place, 'goodbye.ulaw', ulaw);
  assert.equal(Uint8Array.from((await voice(place)).prompts.get('goodbye') ?? []), ulaw);
});

test('signed linear and A-law recordings are understood', async (place) => {
  await record(place, 'number.1.sln', pcm16([...sine(8000, 1000, 200).samples]));
  await record(place, 'number.2.sln16', pcm16([...sine(16_000, 1000, 200).samples]));
  await record(place, 'goodbye.alaw', Uint8Array.from({ length: 1600 }, (_, index) => (index % 8 < 4 ? 0x85 : 0x05)));
  const { prompts } = await voice(place);
  for (const id of ['number.1', 'number.2']) assert.ok(Math.abs((prompts.get(id)?.length ?? 0) / 8 - 225) < 15, id);
  assert.ok((prompts.get('goodbye')?.length ?? 0) / 8 > 400);
});

test('a recording that belongs to nothing stops the build', async (place) => {
  await record(place, 'godbye.wav', tone(8000));
  await rejects(voice(place), refused(/godbye\.wav belongs to no prompt/));
});

test('two recordings of one prompt stop the build', async (place) => {
  await record(place, 'goodbye.wav', tone(8000));
  await record(place, 'goodbye.sln', tone(8000));
  await rejects(voice(place), refused(/more than one recording of "goodbye"/));
});

test('recordings that cannot be used stop the build', async (place) => {
  await record(place, 'goodbye.mp3', tone(8000));
  await rejects(voice(place), refused(/goodbye\.mp3 .*\.wav/));
  await rm(path.join(place.folder, 'voices/en/goodbye.mp3'));
  await record(place, 'goodbye.wav', tone(6000));
  await rejects(voice(place), refused(/6000 samples a second/));
});

test('a prompt that nobody could hear stops the build', async (place) => {
  await rejects(voice(place, { ...three, goodbye: 'mute' }), (error) => error instanceof VoicingError && error.id === 'synthesis-failed');
});

test.run();
