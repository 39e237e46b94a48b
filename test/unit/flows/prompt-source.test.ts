import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PromptStore } from '../../../firmware/flows/prompt-store.ts';
import type { Value } from '../../../firmware/site/manifest.ts';
import type { Contents } from '../../../firmware/site/site-source.ts';
import { gathered, oneChunk } from '../../../firmware/site/site-source.ts';
import { PromptSource } from '../../../firmware/site/sources/prompt-source.ts';
import { SimClock } from '../../../hal/sim/sim-clock.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { audio, ListLog } from '../../support/store-fixture.ts';

async function unit(seed: number): Promise<{ readonly store: PromptStore; readonly source: PromptSource; readonly told: string[] }> {
  const store = await PromptStore.open({ storage: new SimStorage(), clock: new SimClock(), random: new SimRandom(seed), log: new ListLog() }, 'prompts');
  const [source, told] = [new PromptSource(store), [] as string[]];
  source.changed = (name) => void told.push(name);
  return { store, source, told };
}

/** All of it, as the partner fetches it. */
async function contentOf(source: PromptSource, name: string): Promise<Buffer> {
  const chunks = source.read(name);
  return (chunks === null ? null : await gathered(chunks, 10_000_000)) ?? Buffer.alloc(0);
}

const contents = (bytes: Uint8Array): Contents => ({ content: () => oneChunk(bytes), piece: async (_, offset, length) => bytes.subarray(offset, offset + length) });
const valueOf = (bytes: Uint8Array): Value => ({ sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length }) as unknown as Value;

test('a prompt recorded here is heard at the partner, as the same recording', async () => {
  const [here, there] = [await unit(1), await unit(2)];
  await here.store.put('Welcome to us', 'PCMA', 8000, oneChunk(audio(1, 0)));
  assert.equal(here.told, ['prompt/Welcome to us']);
  const bytes = await contentOf(here.source, 'prompt/Welcome to us');
  assert.is(await there.source.is('prompt/Welcome to us', valueOf(bytes), contents(bytes)), false);
  await (await there.source.prepare('prompt/Welcome to us', oneChunk(bytes))).commit();
  assert.is(await there.source.is('prompt/Welcome to us', valueOf(bytes), contents(bytes)), true);
  assert.equal(await contentOf(there.source, 'prompt/Welcome to us'), bytes);
  await (await there.source.prepare('prompt/Welcome to us', null)).commit();
  assert.equal(there.source.names(), []);
});

test('what is not wanted, or cut short on the way, leaves nothing and changes nothing', async () => {
  const [here, there] = [await unit(1), await unit(2)];
  await here.store.put('P', 'PCMU', 8000, oneChunk(audio(1, 0)));
  const bytes = await contentOf(here.source, 'prompt/P');
  await (await there.source.prepare('prompt/P', oneChunk(bytes))).discard();
  for (const broken of [bytes.subarray(0, bytes.length - 1), Buffer.concat([bytes, Buffer.of(1)]), Buffer.from('{}\n')]) {
    assert.match(await there.source.prepare('prompt/P', oneChunk(broken)).then(() => 'taken', String), /less audio|more audio|does not begin/);
  }
  assert.equal(there.source.names(), []);
  assert.match(await there.source.prepare('prompt/../x', oneChunk(bytes)).then(() => 'taken', String), /names no prompt/);
});

test.run();
