import { createHash } from 'node:crypto';
import { bankHeader, bankMagic, bankVersion } from '../../firmware/media/packed-prompt-bank.ts';
import type { BankIndex } from '../../firmware/media/packed-prompt-bank.ts';

/** The prompts of one language, ready to be packed. */
export interface BankLanguage {
  readonly code: string;
  readonly voice: string;
  readonly prompts: readonly { readonly id: string; readonly text: string; readonly ulaw: Uint8Array }[];
}

/** Packs prompts into the form that `PackedPromptBank` reads. The same prompts always give the same bytes. */
export function packBank(languages: readonly BankLanguage[]): Buffer {
  const audio: Uint8Array[] = [];
  let offset = 0;
  const index: BankIndex = { languages: {} };
  for (const { code, voice, prompts } of languages) {
    const entries = prompts.map(({ id, text, ulaw }) => {
      audio.push(ulaw);
      offset += ulaw.length;
      return { id, offset: offset - ulaw.length, bytes: ulaw.length, textHash: textHash(text) };
    });
    index.languages[code] = { voice, prompts: entries };
  }
  const indexJson = Buffer.from(JSON.stringify(index));
  const indexBytes = Buffer.alloc(bankHeader.index - bankHeader.indexBytes);
  indexBytes.writeUInt32BE(indexJson.length);
  return sealed(Buffer.concat([indexBytes, indexJson, ...audio]));
}

/** With magic, version and checksum in front. */
function sealed(body: Uint8Array): Buffer {
  const front = Buffer.alloc(bankHeader.indexBytes);
  front.write(bankMagic, 0, 'latin1');
  front.writeUInt32BE(bankVersion, bankHeader.version);
  createHash('sha256').update(body).digest().copy(front, bankHeader.checksum);
  return Buffer.concat([front, body]);
}

const textHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
