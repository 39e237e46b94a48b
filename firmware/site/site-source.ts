import type { Chunks } from './blob-store.ts';
import type { Value } from './manifest.ts';

/** Contents by their hash. */
export interface Contents {
  /** All of it, checked at its end. */
  content(sha256: string): Chunks;
  /** A part of it, unchecked. Errors: SiteError missing; HalError. */
  piece(sha256: string, offset: number, length: number): Promise<Uint8Array>;
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

/** undefined: a name of a kind that no source owns. */
export const ownerOf = (sources: readonly SiteSource[], name: string): SiteSource | undefined => sources.find((source) => source.owns(name));

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

export async function* oneChunk(bytes: Uint8Array): Chunks {
  yield bytes;
}
