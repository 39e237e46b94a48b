import { createHash } from 'node:crypto';
import type { PromptBank } from './prompt-bank.ts';

/**
 * The bank as the build packs it (numbers big-endian):
 *
 *   0  magic 'USPROMPT'   8  version   12  SHA-256 of bytes and index   44  bytes of index   48  index (JSON)   ...  prompts, each packed, end to end
 *
 * All before the prompts is its front.
 */
export const bankMagic = 'USPROMPT';
export const bankVersion = 2;
export const bankHeader = { version: 8, checksum: 12, indexBytes: 44, index: 48 } as const;

/** Offsets count from the end of the front. */
export interface BankIndex {
  readonly languages: Record<string, BankIndexLanguage>;
}

export interface BankIndexLanguage {
  /** Who spoke. */
  readonly voice: string;
  readonly prompts: readonly BankIndexPrompt[];
}

export interface BankIndexPrompt {
  /** Without the language: 'greeting.default'. */
  readonly id: string;
  readonly offset: number;
  /** Packed. */
  readonly bytes: number;
  /** First 12 hex digits of the SHA-256 of the audio, unpacked. */
  readonly audioHash: string;
  /** The same of the text. */
  readonly textHash: string;
}

export type PromptBankErrorId =
  | 'not-a-bank'
  | 'unknown-version' // made by another release
  | 'damaged';

/** The bytes are no usable bank. */
export class PromptBankError extends Error {
  readonly id: PromptBankErrorId;
  constructor(id: PromptBankErrorId, detail: string) {
    super(`prompt bank: ${detail}`);
    this.name = 'PromptBankError';
    this.id = id;
  }
}

/** µ-law of the packed prompt at this offset of so many bytes; may throw. */
export type Unpack = (offset: number, bytes: number) => Uint8Array;

/** Unpacked prompts that are kept: two minutes of them. */
export const keptBytes = 1024 * 1024;

/** First 12 hex digits of the SHA-256. */
export const shortHash = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex').slice(0, 12);

/** Where prompts lie is in memory; a prompt is unpacked when it is asked for, and those asked for last are kept. */
export class PackedPromptBank implements PromptBank {
  readonly #places = new Map<string, BankIndexPrompt>();
  readonly #unpack: Unpack;
  /** Oldest first. */
  readonly #kept = new Map<string, { readonly ulaw: Uint8Array }>();
  #held = 0;

  /** @param front as packed; what follows it is not looked at. Errors: PromptBankError. */
  constructor(front: Uint8Array, unpack: Unpack) {
    this.#unpack = unpack;
    for (const [code, { prompts }] of Object.entries(checkedIndex(front).languages)) {
      for (const place of prompts) this.#places.set(`${code}/${place.id}`, place);
    }
  }

  get(id: string): { readonly ulaw: Uint8Array } | null {
    const kept = this.#kept.get(id);
    const prompt = kept ?? this.#read(id);
    if (prompt === null) return null;
    if (kept !== undefined) this.#kept.delete(id);
    else this.#held += prompt.ulaw.length;
    this.#kept.set(id, prompt);
    this.#makeRoom();
    return prompt;
  }

  ids(): string[] {
    return [...this.#places.keys()];
  }

  #read(id: string): { readonly ulaw: Uint8Array } | null {
    const place = this.#places.get(id);
    if (place === undefined) return null;
    try {
      const ulaw = this.#unpack(place.offset, place.bytes);
      return shortHash(ulaw) === place.audioHash ? { ulaw } : null;
    } catch {
      return null; // cut off or damaged: as one that is not there, which whoever plays it is told
    }
  }

  #makeRoom(): void {
    for (const [id, { ulaw }] of this.#kept) {
      if (this.#held <= keptBytes) return;
      this.#kept.delete(id);
      this.#held -= ulaw.length;
    }
  }
}

/** Bytes of the front of a bank. Errors: PromptBankError. */
export function frontBytes(bank: Uint8Array): number {
  const front = Buffer.from(bank.buffer, bank.byteOffset, bank.length);
  if (front.length < bankHeader.index || front.toString('latin1', 0, bankMagic.length) !== bankMagic) {
    throw new PromptBankError('not-a-bank', 'it does not begin like one');
  }
  const version = front.readUInt32BE(bankHeader.version);
  if (version !== bankVersion) throw new PromptBankError('unknown-version', `it has version ${version}, this program reads ${bankVersion}`);
  return bankHeader.index + front.readUInt32BE(bankHeader.indexBytes);
}

/** Known to be what the build wrote. */
function checkedIndex(bank: Uint8Array): BankIndex {
  const front = Buffer.from(bank.buffer, bank.byteOffset, Math.min(bank.length, frontBytes(bank)));
  const checksum = createHash('sha256').update(front.subarray(bankHeader.indexBytes)).digest();
  if (!checksum.equals(front.subarray(bankHeader.checksum, bankHeader.indexBytes))) throw new PromptBankError('damaged', 'its checksum is wrong');
  return JSON.parse(front.toString('utf8', bankHeader.index)) as BankIndex;
}
