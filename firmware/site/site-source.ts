import type { Chunks } from './blob-store.ts';
import type { Value } from './manifest.ts';

/** Reads contents by their hash, checked at their end. */
export interface Contents {
  content(sha256: string): Chunks;
}

/** One change made ready: everything that could refuse it has been asked. */
export interface Prepared {
  /** In force, durably, when it resolves; doing it again changes nothing. Errors: HalError. */
  commit(): Promise<void>;
  /** Never throws. */
  discard(): Promise<void>;
}

/**
 * A part of the product whose state belongs to the site: reads it for publishing, and puts in force what comes from the partner.
 * `is` never tells a difference that it is not sure of: a difference is taken for a change made by hand on this unit.
 */
export interface SiteSource {
  /** Whether the name is of this source's kind. */
  owns(name: string): boolean;
  /** Names of all that is here now. */
  names(): readonly string[];
  /** Whether what is here is what `value` names; null = nobody can tell. Errors: HalError. */
  is(name: string, value: Value, contents: Contents): Promise<boolean | null>;
  /** What is here now; null = nothing. Errors, also of the chunks: HalError. */
  read(name: string): Chunks | null;
  /** null = it is to go. Errors: SiteError not-applicable, malformed; those of the chunks; HalError. Then nothing is left of it. */
  prepare(name: string, content: Chunks | null): Promise<Prepared>;
  /** Set by the site state: what is here under this name has changed, by whomever. */
  changed: ((name: string) => void) | null;
}

/** For small contents. Errors: those of the chunks; null when there is more than `limitBytes`. */
export async function gathered(chunks: Chunks, limitBytes: number): Promise<Buffer | null> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes <= limitBytes) parts.push(chunk);
  }
  return bytes > limitBytes ? null : Buffer.concat(parts);
}

/** The first bytes of a content, without reading the rest. */
export async function beginning(chunks: Chunks): Promise<Uint8Array> {
  for await (const chunk of chunks) return chunk;
  return new Uint8Array(0);
}

export async function* oneChunk(bytes: Uint8Array): Chunks {
  yield bytes;
}
