import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cacheKey, VoiceCache } from '../../../board/voices/voice-cache.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'voice-cache-'));
test.after(() => rmSync(folder, { recursive: true }));

test('prompts of the same words that are put at once are all there, as one', async () => {
  const cache = new VoiceCache(folder);
  const key = cacheKey('slt', 'Press 8 to go back.');
  const ulaw = Uint8Array.of(1, 2, 3);
  await Promise.all(Array.from({ length: 50 }, () => cache.put(key, ulaw)));
  assert.equal([...((await cache.get(key)) ?? [])], [...ulaw]);
  assert.equal(readdirSync(folder), [`${key}.ulaw`], 'nothing else is left behind');
});

test('what was never put is not there', async () => {
  assert.is(await new VoiceCache(folder).get(cacheKey('other')), null);
});

test.run();
