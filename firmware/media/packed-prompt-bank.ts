import { createHash } from 'node:crypto';
import type { PromptBank } from './prompt-bank.ts';

/**
 * The bank as the build packs it (numbers big-endian):
 *
 *   0  magic 'USPROMPT'   8  version   12  SHA-256 of all that follows   44  bytes of index   48  index (JSON)   ...  µ-law, end to end
 */
export const bankMagic = 'USPROMPT';
export const bankVersion = 1;
export const bankHeader = { version: 8, checksum: 12, indexBytes: 44, index: 48 } as const;

/** Offsets count from the end of the index. */
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
  readonly bytes: number;
  /** First 12 hex digits of the SHA-256 of the text. */
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

/** Prompts out of one packed block of memory; each one is a view into it, never a copy. */
export class PackedPromptBank implements PromptBank {
  readonly #views = new Map<string, { readonly ulaw: Uint8Array }>();

  /** Checks all of it, once (about 10 ms for 3 MB). The bytes must not change afterwards. Errors: PromptBankError. */
  constructor(bytes: Uint8Array) {
    const bank = checked(bytes);
    const audioAt = bankHeader.index + bank.readUInt32BE(bankHeader.indexBytes);
    const audio = bytes.subarray(audioAt);
    const index = JSON.parse(bank.toString('utf8', bankHeader.index, audioAt)) as BankIndex;
    for (const [code, { prompts }] of Object.entries(index.languages)) {
      for (const { id, offset, bytes: length } of prompts) {
        this.#views.set(`${code}/${id}`, { ulaw: audio.subarray(offset, offset + length) });
      }
    }
  }

  get(id: string): { readonly ulaw: Uint8Array } | null {
    return this.#views.get(id) ?? null;
  }

  ids(): string[] {
    return [...this.#views.keys()];
  }
}

/** The same memory, known to be what the build wrote. */
function checked(bytes: Uint8Array): Buffer {
  const bank = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bank.length < bankHeader.index || bank.toString('latin1', 0, bankMagic.length) !== bankMagic) {
    throw new PromptBankError('not-a-bank', 'it does not begin like one');
  }
  const version = bank.readUInt32BE(bankHeader.version);
  if (version !== bankVersion) throw new PromptBankError('unknown-version', `it has version ${version}, this program reads ${bankVersion}`);
  const checksum = createHash('sha256').update(bank.subarray(bankHeader.indexBytes)).digest();
  if (!checksum.equals(bank.subarray(bankHeader.checksum, bankHeader.indexBytes))) throw new PromptBankError('damaged', 'its checksum is wrong');
  return bank;
}
