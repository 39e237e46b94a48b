import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { bankHeader, bankMagic, bankVersion, shortHash } from '../../firmware/media/packed-prompt-bank.ts';
import type { BankIndex, BankIndexPrompt } from '../../firmware/media/packed-prompt-bank.ts';

const compress = promisify(brotliCompress);

/** The prompts of one language, ready to be packed. */
export interface BankLanguage {
  readonly code: string;
  readonly voice: string;
  readonly prompts: readonly { readonly id: string; readonly text: string; readonly ulaw: Uint8Array }[];
}

/** Packs prompts into the form that `PackedPromptBank` reads. The same prompts always give the same bytes. */
export async function packBank(languages: readonly BankLanguage[]): Promise<Buffer> {
  const audio: Uint8Array[] = [];
  let offset = 0;
  const index: BankIndex = { languages: {} };
  for (const { code, voice, prompts } of languages) {
    const packed = await Promise.all(prompts.map(({ ulaw }) => pack(ulaw)));
    const entries = prompts.map(({ id, text, ulaw }, at): BankIndexPrompt => {
      const { length: bytes } = packed[at] as Buffer;
      offset += bytes;
      return { id, offset: offset - bytes, bytes, audioHash: shortHash(ulaw), textHash: shortHash(text) };
    });
    audio.push(...packed);
    index.languages[code] = { voice, prompts: entries };
  }
  return Buffer.concat([frontOf(index), ...audio]);
}

/** Quality 8: the least size that does not cost minutes. A window of 64 KiB, so that unpacking takes no more memory than that. */
const pack = (ulaw: Uint8Array): Promise<Buffer> => compress(ulaw, { params: { [constants.BROTLI_PARAM_QUALITY]: 8, [constants.BROTLI_PARAM_LGWIN]: 16, [constants.BROTLI_PARAM_SIZE_HINT]: ulaw.length } });

/** With magic, version and checksum at its head. */
function frontOf(index: BankIndex): Buffer {
  const indexJson = Buffer.from(JSON.stringify(index));
  const head = Buffer.alloc(bankHeader.index);
  head.write(bankMagic, 0, 'latin1');
  head.writeUInt32BE(bankVersion, bankHeader.version);
  head.writeUInt32BE(indexJson.length, bankHeader.indexBytes);
  createHash('sha256').update(head.subarray(bankHeader.indexBytes)).update(indexJson).digest().copy(head, bankHeader.checksum);
  return Buffer.concat([head, indexJson]);
}
