import type { WallMs } from '../../hal/clock.ts';
import { Candidate } from '../config/edit/candidate.ts';
import { differenceLines, namedPath, writtenLines } from '../config/edit/written-lines.ts';
import type { SettingPath } from '../config/edit/setting-path.ts';
import type { Finding } from '../config/fault.ts';
import type { OwnFile } from '../config/last-good.ts';
import { setAsideCopy } from '../config/last-good.ts';
import { parseConfiguration } from '../config/parse-configuration.ts';
import type { PlanStep } from '../config/plan.ts';
import type { Revision } from '../config/revisions.ts';
import type { Settings } from '../config/settings.ts';
import type { Storage } from '../../hal/storage.ts';
import { SiteError } from '../site/site-error.ts';
import type { Committed, Configuration } from './configuration.ts';

/** What a candidate would do: its faults, or the steps it takes. */
export type Check = { readonly ok: true; readonly settings: Settings; readonly plan: readonly PlanStep[] } | { readonly ok: false; readonly faults: readonly string[] };

export type Begun = { readonly ok: true; readonly notes: readonly string[] } | { readonly ok: false; readonly holder: string };

interface Edit {
  readonly who: string;
  readonly base: OwnFile;
  readonly baseText: string;
  candidate: Candidate;
}

/** One candidate at a time, with the name of who edits it: what two people did at once nobody could answer for. */
export class ConfigurationEditor {
  readonly #configuration: Configuration;
  readonly #storage: Storage;
  readonly #now: () => WallMs;
  /** null = free; 'opening' while the file is read. */
  #edit: Edit | { readonly who: string; readonly base: null } | null = null;

  constructor(configuration: Configuration, storage: Storage, now: () => WallMs) {
    this.#configuration = configuration;
    this.#storage = storage;
    this.#now = now;
  }

  /** What is being edited, as plain data; null = nothing. */
  get value(): unknown {
    return this.#open?.candidate.value ?? null;
  }

  trial(): { readonly by: string; readonly leftMs: number } | null {
    return this.#configuration.trial();
  }

  /** Takes the only place. Errors: HalError io. */
  async begin(who: string): Promise<Begun> {
    if (this.#edit !== null) return { ok: false, holder: this.#edit.who };
    this.#edit = { who, base: null };
    try {
      return { ok: true, notes: await this.#read(who) };
    } catch (error) {
      this.#edit = null;
      throw error;
    }
  }

  /** Whether something was edited that is lost with it. */
  end(): boolean {
    const edited = this.#open !== null && this.#open.candidate.text !== this.#open.baseText;
    this.#edit = null;
    return edited;
  }

  set(path: SettingPath, value: string | null): string | null {
    return this.#editing.candidate.set(path, value);
  }

  remove(path: SettingPath): string | null {
    return this.#editing.candidate.remove(path);
  }

  /** Puts a whole text in the candidate's place; what is wrong with it, or null. Faults of its values are for `check`. */
  load(text: string): string | null {
    const candidate = Candidate.of(text);
    if (candidate === null) return 'it is no YAML that a configuration may be: understudy check tells where';
    this.#editing.candidate = candidate;
    return null;
  }

  show(under: string): readonly string[] {
    return writtenLines(this.#editing.candidate.value, under);
  }

  compare(): readonly string[] {
    const running = Candidate.of(this.#configuration.text)?.value ?? null;
    return differenceLines(running, this.#editing.candidate.value);
  }

  /** Begins anew with what the file says. */
  async discard(): Promise<readonly string[]> {
    return this.#read(this.#editing.who);
  }

  /** Newest first; the first is in force. Errors: HalError io. */
  async revisions(): Promise<readonly Revision[]> {
    const { text, revisions } = this.#configuration;
    const kept = await revisions.list();
    return kept[0]?.text === text ? kept : [{ text, by: 'the file', takenMs: this.#now() }, ...kept];
  }

  /** Puts a configuration of before in the candidate's place; null = done, else why not. */
  async rollback(back: number): Promise<string | null> {
    const edit = this.#editing;
    const kept = await this.revisions();
    const revision = kept[back];
    if (revision === undefined) return `only ${kept.length - 1} configurations of before are kept`;
    const candidate = Candidate.of(revision.text);
    if (candidate === null) return 'what was kept is no configuration that this program can edit';
    edit.candidate = candidate;
    return null;
  }

  check(): Check {
    const { candidate } = this.#editing;
    const parsed = parseConfiguration(candidate.text, 'candidate');
    if (!parsed.ok) return { ok: false, faults: parsed.faults.map((fault) => faultText(fault, candidate.value)) };
    try {
      return { ok: true, settings: parsed.settings, plan: this.#configuration.plan(parsed.settings) };
    } catch (error) {
      if (error instanceof SiteError) return { ok: false, faults: [error.message] };
      throw error;
    }
  }

  /** Puts a checked candidate in force; the same as what is in force confirms what is on trial. `minutes`: goes back after so many unless confirmed. */
  async commit(settings: Settings, minutes: number | null): Promise<Committed | { readonly ok: true; readonly unchanged: 'confirmed' | 'nothing' }> {
    const { who, candidate, base } = this.#editing;
    const { text } = candidate;
    if (text === this.#configuration.text && 'text' in base && base.text === text) {
      const confirmed = minutes === null && (await this.#configuration.confirm());
      return { ok: true, unchanged: confirmed ? 'confirmed' : 'nothing' };
    }
    const done = await this.#configuration.commit({ text, settings, by: who, minutes, base });
    // The person may have left meanwhile, and somebody else begun.
    if (done.ok && this.#open?.candidate === candidate) await this.#read(who);
    return done;
  }

  get #open(): Edit | null {
    return this.#edit === null || this.#edit.base === null ? null : this.#edit;
  }

  get #editing(): Edit {
    const edit = this.#open;
    if (edit === null) throw new RangeError('nothing is being edited');
    return edit;
  }

  async #read(who: string): Promise<readonly string[]> {
    const { file, text } = this.#configuration;
    const held = this.#edit;
    const base = await file.read();
    const good = 'text' in base && parseConfiguration(base.text, file.name).ok ? base.text : null;
    const candidate = Candidate.of(good ?? text);
    if (candidate === null) throw new RangeError('the configuration in force cannot be edited');
    // Who left meanwhile holds the place no more.
    if (this.#edit !== held) return [];
    this.#edit = { who, base, baseText: candidate.text, candidate };
    if (good === null) return [await this.#setAside(base)];
    return good === text ? [] : [`${file.name} was changed by hand and is not in force yet: the candidate begins with what it says`];
  }

  async #setAside(base: OwnFile): Promise<string> {
    const copy = 'text' in base ? await setAsideCopy(this.#storage, base.text, this.#now()) : null;
    const kept = copy === null ? '' : ` (a copy of it lies in ${copy})`;
    return `${base.name} has faults or cannot be read${kept}: the candidate begins with the configuration in force, and a commit replaces the file`;
  }
}

function faultText({ path, message, suggestion }: Finding, value: unknown): string {
  const subject = path === '' ? '' : `${namedPath(path, value)}: `;
  return `${subject}${message}${suggestion === null ? '' : ` (${suggestion})`}`;
}
