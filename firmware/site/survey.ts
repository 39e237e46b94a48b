import type { Manifest } from './manifest.ts';
import type { Contents, SiteSource } from './site-source.ts';

export interface SurveyInput {
  readonly current: Manifest;
  /** Versions of which something may still be in force. */
  readonly leaving: readonly Manifest[];
  readonly sources: readonly SiteSource[];
  readonly contents: Contents;
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
 */
export async function surveyed({ current, leaving, sources, contents }: SurveyInput): Promise<Survey> {
  const edits: string[] = [];
  const repairs: string[] = [];
  for (const source of sources) {
    const here = new Set(source.names());
    const all = new Set([...here, ...Object.keys(current.entries).filter((name) => source.owns(name))]);
    for (const name of all) {
      const what = here.has(name) ? await found(name, source) : 'repair';
      if (what === 'edit') edits.push(name);
      else if (what === 'repair') repairs.push(name);
    }
  }
  return { edits, repairs };

  async function found(name: string, source: SiteSource): Promise<'right' | 'repair' | 'edit'> {
    const entry = current.entries[name];
    const right = entry === undefined ? false : await source.is(name, entry, contents);
    if (right === true) return 'right';
    for (const { entries } of leaving) {
      const old = entries[name];
      if (old !== undefined && (await source.is(name, old, contents)) !== false) return 'repair';
    }
    // Where nobody can tell, a lost blob must not make an edit out of what is in force.
    return right === null ? (leaving.length > 0 ? 'repair' : 'right') : 'edit';
  }
}
