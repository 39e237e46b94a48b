import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Folders } from '../../../firmware/mailbox/folders.ts';
import { BlobStore } from '../../../firmware/site/blob-store.ts';
import type { BlobRef } from '../../../firmware/site/blob-store.ts';
import { chunkBytes } from '../../../firmware/site/durable-file.ts';
import { maxBlobBytes } from '../../../firmware/site/manifest.ts';
import { SiteError } from '../../../firmware/site/site-error.ts';
import { oneChunk } from '../../../firmware/site/site-source.ts';
import { HalError } from '../../../hal/errors.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';

const bytesOf = (seed: number, count: number): Uint8Array => new SimRandom(seed).bytes(count);
const refOf = (bytes: Uint8Array): BlobRef => ({ sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length });

async function open(storage = new SimStorage(), reserve = 0): Promise<BlobStore> {
  const blobs = new BlobStore({ storage, folders: new Folders(storage), reserveBytes: () => reserve });
  await blobs.open();
  return blobs;
}

async function whole(blobs: BlobStore, sha256: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const piece of blobs.content(sha256)) parts.push(piece);
  return Buffer.concat(parts);
}

async function fetched(blobs: BlobStore, bytes: Uint8Array, from: number, to = bytes.length): Promise<void> {
  for (let at = from; at < to; at += chunkBytes) await blobs.addPiece(refOf(bytes), bytes.subarray(at, Math.min(at + chunkBytes, to)), at);
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (error instanceof SiteError || error instanceof HalError) return error.id;
    throw error;
  }
}

test('what is put is found under its hash, once, also by the next run', async () => {
  const storage = new SimStorage();
  const blobs = await open(storage);
  const content = bytesOf(1, 200_000);
  const ref = await blobs.put(oneChunk(content));
  assert.equal(ref, refOf(content));
  assert.equal(await blobs.put(oneChunk(content)), ref);
  await blobs.sync();
  const again = await open(storage.afterPowerCut(() => 'drop'));
  assert.ok(again.has(ref.sha256));
  assert.ok((await whole(again, ref.sha256)).equals(content));
  assert.is(again.count, 1);
});

test('control: without sync the name is lost', async () => {
  const storage = new SimStorage();
  const { sha256 } = await (await open(storage)).put(oneChunk(bytesOf(1, 10)));
  assert.is((await open(storage.afterPowerCut(() => 'drop'))).has(sha256), false);
});

test('fetching goes on where it was: in the same run at the byte, after a power cut one piece earlier', async () => {
  const content = bytesOf(2, 5 * chunkBytes + 100);
  const ref = refOf(content);
  const storage = new SimStorage();
  const blobs = await open(storage);
  await fetched(blobs, content, 0, 3 * chunkBytes);
  assert.is(await blobs.fetchedBytes(ref), 3 * chunkBytes);
  for (const fate of ['keep', 'drop', 'tear', 'zero'] as const) {
    const again = await open(storage.afterPowerCut((what) => (what === 'name' ? 'keep' : fate)));
    const from = await again.fetchedBytes(ref);
    assert.is(from, 2 * chunkBytes, fate);
    await fetched(again, content, from);
    await again.finish(ref);
    assert.ok((await whole(again, ref.sha256)).equals(content), fate);
  }
});

test('an empty content, and one of exactly one piece', async () => {
  for (const count of [0, chunkBytes]) {
    const content = bytesOf(3, count);
    const blobs = await open();
    await fetched(blobs, content, await blobs.fetchedBytes(refOf(content)));
    await blobs.finish(refOf(content));
    assert.ok((await whole(blobs, refOf(content).sha256)).equals(content));
  }
});

test('what was fetched wrong is gone, and begins anew', async () => {
  const content = bytesOf(4, 100_000);
  const blobs = await open();
  await blobs.addPiece(refOf(content), bytesOf(5, 1000), 0);
  assert.is(await refusal(blobs.finish(refOf(content))), 'damaged');
  assert.is(await blobs.fetchedBytes(refOf(content)), 0);
  await fetched(blobs, content, 0);
  await blobs.finish(refOf(content));
  assert.ok(blobs.has(refOf(content).sha256));
});

test('a part that is longer than the content is cut', async () => {
  const content = bytesOf(4, 1000);
  const blobs = await open();
  await blobs.addPiece(refOf(content), Buffer.concat([content, content]), 0);
  await blobs.finish(refOf(content));
  assert.ok((await whole(blobs, refOf(content).sha256)).equals(content));
});

test('damage is found when a content is read, and then it is not there', async () => {
  const storage = new SimStorage();
  const blobs = await open(storage);
  const { sha256 } = await blobs.put(oneChunk(bytesOf(6, 100_000)));
  storage.flipBit(`site/blobs/${sha256}`, 700_000);
  assert.is(await refusal(whole(blobs, sha256)), 'damaged');
  assert.is(blobs.has(sha256), false);
  assert.is(await refusal(whole(blobs, sha256)), 'missing');
  const other = await blobs.put(oneChunk(bytesOf(7, 10)));
  await storage.remove(`site/blobs/${other.sha256}`);
  assert.is(await refusal(blobs.piece(other.sha256, 0, 10)), 'missing', 'a file that vanished');
  assert.is(await blobs.check(other.sha256), false);
});

test('a failed sync: the part is begun anew', async () => {
  const storage = new SimStorage();
  const blobs = await open(storage);
  const content = bytesOf(8, 3 * chunkBytes);
  await fetched(blobs, content, 0, chunkBytes);
  storage.fault = ({ kind }) => (kind === 'data-sync' ? 'io' : null);
  assert.is(await refusal(fetched(blobs, content, chunkBytes, 2 * chunkBytes)), 'io');
  storage.fault = null;
  assert.is(await blobs.fetchedBytes(refOf(content)), 0);
});

test('limits: the reserve of the messages, the largest content', async () => {
  const reserved = await open(new SimStorage({ totalBytes: 1_000_000 }), 900_000);
  const content = bytesOf(9, 200_000);
  assert.is(await refusal(fetched(reserved, content, 0)), 'no-space');
  const full = await open(new SimStorage({ totalBytes: 1_000_000 }), 1_000_001);
  assert.is(await refusal(full.put(oneChunk(bytesOf(9, 10)))), 'no-space');
  const storage = new SimStorage();
  const piece = new Uint8Array(2 ** 20);
  const endless = (async function* () {
    for (let at = 0; at <= maxBlobBytes; at += piece.length) yield piece;
  })();
  assert.is(await refusal((await open(storage)).put(endless)), 'too-large');
  assert.equal(await storage.list('site/parts'), []);
});

test('collecting keeps what is named, and parts until they are old', async () => {
  const storage = new SimStorage();
  const blobs = await open(storage);
  const [one, other] = [await blobs.put(oneChunk(bytesOf(10, 10))), await blobs.put(oneChunk(bytesOf(11, 10)))];
  const coming = bytesOf(12, 3 * chunkBytes);
  await fetched(blobs, coming, 0, chunkBytes);
  assert.is(await blobs.collect(new Set([one.sha256]), false), 1);
  assert.equal([blobs.has(one.sha256), blobs.has(other.sha256)], [true, false]);
  assert.is(await blobs.fetchedBytes(refOf(coming)), chunkBytes);
  await blobs.collect(new Set([one.sha256]), true);
  assert.is(await blobs.fetchedBytes(refOf(coming)), 0);
  assert.equal(await storage.list('site/parts'), []);
});

test.run();
