import { HalError } from '../../hal/errors.ts';
import type { Manifest } from './manifest.ts';
import type { Contents, SiteSource } from './site-source.ts';
import type { Verification } from './verification.ts';

export interface SurveyInput {
  readonly current: Manifest;
  /** Versions of which something may still be in force. */
  readonly leaving: readonly Manifest[];
  readonly sources: readonly SiteSource[];
  readonly contents: Contents;
  readonly verification: Verification;
}

export interface Survey {
  /** Changed by hand, and not published. */
  readonly edits: readonly string[];
  /** Lost, or never put in force. */
  readonly repairs: readonly string[];
}

/**
 * What differs at a start, and why:
 *
 *   here as the current version says             nothing to do
 *   not here, and the current version has it     lost with a damaged document: put in force again. (A removal within the last 200 ms
 *                                                before a power cut looks the same, and is undone. A loss must never be published.)
 *   here as an older, half replaced version      put in force
 *   here otherwise                               changed by hand: published
 *
 * What seems to differ is made certain first: nothing outdated is published or replaced.
 */
export async function surveyed(input: SurveyInput): Promise<Survey> {
  for (;;) {
    const { learnt, ...survey } = await surveyedOnce(input);
    // What was made certain may show further differences. Nothing is made certain twice, so this ends.
    if (!learnt) return survey;
  }
}

async function surveyedOnce({ current, leaving, sources, contents, verification }: SurveyInput): Promise<Survey & { readonly learnt: boolean }> {
  const edits: string[] = [];
  const repairs: string[] = [];
  let learnt = false;
  for (const source of sources) {
    const here = new Set(source.names());
    const all = new Set([...here, ...Object.keys(current.entries).filter((name) => source.owns(name))]);
    for (const name of all) {
      const what = here.has(name) ? await found(name, source) : 'repair';
      const certain = what === 'right' ? 'yes' : await certainty(name, verification);
      if (certain === 'learnt') learnt = true;
      else if (certain === 'unknown' ? unsure() === 'repair' : what === 'repair') repairs.push(name);
      else if (certain === 'yes' && what === 'edit') edits.push(name);
    }
  }
  return { edits, repairs, learnt };

  async function found(name: string, source: SiteSource): Promise<'right' | 'repair' | 'edit'> {
    const entry = current.entries[name];
    const right = entry === undefined ? false : await source.is(name, entry, contents);
    if (right === true) return 'right';
    for (const { entries } of leaving) {
      const old = entries[name];
      if (old !== undefined && (await source.is(name, old, contents)) !== false) return 'repair';
    }
    return right === null ? unsure() : 'edit';
  }

  // Where nobody can tell, a lost blob must not make an edit out of what is in force.
  function unsure(): 'right' | 'repair' {
    return leaving.length > 0 ? 'repair' : 'right';
  }
}

async function certainty(name: string, verification: Verification): Promise<'yes' | 'learnt' | 'unknown'> {
  try {
    return (await verification.of(name)) ? 'learnt' : 'yes';
  } catch (error) {
    if (!(error instanceof HalError)) throw error;
    return 'unknown';
  }
}
