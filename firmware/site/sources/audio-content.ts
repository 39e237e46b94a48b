import * as v from 'valibot';
import { HalError } from '../../../hal/errors.ts';
import type { AudioSource } from '../../calls/media-channel.ts';
import { codecs, idPattern } from '../../mailbox/recording.ts';
import type { CodecName } from '../../media/media-protocol.ts';
import type { Chunks } from '../blob-store.ts';
import { canonicalBytes } from '../canonical-json.ts';
import { chunkBytes } from '../durable-file.ts';
import { maxBlobBytes } from '../manifest.ts';
import { SiteError } from '../site-error.ts';
import type { Contents } from '../site-source.ts';

/** The content of a recording: one line of JSON, which is this, then the audio as recorded. The id is the recording's on both units, and tells at a glance whether it is the same. */
const headSchema = v.strictObject({
  form: v.literal(1),
  id: v.pipe(v.string(), v.regex(idPattern)),
  codec: v.picklist(codecs),
  bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(maxBlobBytes)),
});
type AudioHead = v.InferOutput<typeof headSchema>;

const maxHeadLine = 512;
const lineEnd = 0x0a;

/** Only the line: at a start this is asked of thousands of recordings. null = nobody can tell. Errors: those that are neither SiteError nor HalError. */
export async function isRecording(contents: Contents, sha256: string, id: string): Promise<boolean | null> {
  try {
    return splitHead(await contents.piece(sha256, 0, maxHeadLine)).head.id === id;
  } catch (error) {
    if (error instanceof SiteError || error instanceof HalError) return null;
    throw error;
  }
}

/** The content of the recording that `open` reads. Errors of the chunks: HalError. */
export async function* audioChunks(name: string, { id, codec, bytes }: { readonly id: string; readonly codec: CodecName; readonly bytes: number }, open: () => Promise<AudioSource>): Chunks {
  yield Buffer.concat([canonicalBytes({ form: 1, id, codec, bytes } satisfies AudioHead), Uint8Array.of(lineEnd)]);
  const reader = await open();
  try {
    for (let at = 0; at < bytes; ) {
      const piece = await reader.read(at, chunkBytes);
      if (piece.length === 0) throw new HalError('io', name, 'the recording is damaged');
      at += piece.length;
      yield piece;
    }
  } finally {
    await reader.close();
  }
}

/** What the content says it is, and its audio, which throws unless it is all that was said. Errors: SiteError malformed; those of the chunks. */
export async function readAudio(name: string, content: Chunks): Promise<AudioHead & { readonly audio: Chunks }> {
  const chunks = content[Symbol.asyncIterator]();
  const first = await chunks.next();
  const { head, rest } = splitHead(first.done === true ? new Uint8Array(0) : first.value);
  return { ...head, audio: bounded(rest, chunks, head.bytes, name) };
}

/** Content is read to its end, because only that shows whether it is sound. */
export async function heardOut(audio: Chunks): Promise<void> {
  for await (const _ of audio);
}

/** The first chunk holds the whole line. Errors: SiteError malformed. */
function splitHead(chunk: Uint8Array): { head: AudioHead; rest: Uint8Array } {
  const end = chunk.subarray(0, maxHeadLine).indexOf(lineEnd);
  try {
    return { head: v.parse(headSchema, JSON.parse(new TextDecoder().decode(chunk.subarray(0, Math.max(0, end))))), rest: chunk.subarray(end + 1) };
  } catch {
    throw new SiteError('malformed', 'the content of a recording does not begin like one');
  }
}

/** The audio, in pieces that a recording takes; all that was promised, and no more. */
async function* bounded(first: Uint8Array, rest: AsyncIterator<Uint8Array>, bytes: number, name: string): Chunks {
  let at = 0;
  try {
    for (let piece = first; ; ) {
      at += piece.length;
      if (at > bytes) throw new SiteError('malformed', `${name} has more audio than it says`);
      if (piece.length > 0) yield piece;
      const next = await rest.next();
      if (next.done === true) break;
      piece = next.value;
    }
  } finally {
    await rest.return?.();
  }
  if (at < bytes) throw new SiteError('malformed', `${name} has less audio than it says`);
}
