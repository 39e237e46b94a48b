import { espeak } from './espeak.ts';
import { flite } from './flite.ts';
import type { Synthesiser } from './synthesiser.ts';

/** Who speaks which language. */
export const voices: Readonly<Record<string, Synthesiser>> = {
  en: flite('slt'),
  de: espeak('de'),
};
