import { brotliDecompressSync } from 'node:zlib';
import { frontBytes, PackedPromptBank } from '../../firmware/media/packed-prompt-bank.ts';

/** A bank that is whole in memory, as the voicing wrote it. Errors: PromptBankError. */
export function readBank(bytes: Uint8Array): PackedPromptBank {
  const audio = bytes.subarray(frontBytes(bytes));
  return new PackedPromptBank(bytes, (offset, length) => brotliDecompressSync(audio.subarray(offset, offset + length)));
}
