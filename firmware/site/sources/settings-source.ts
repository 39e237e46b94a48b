import { createHash } from 'node:crypto';
import { HalError } from '../../../hal/errors.ts';
import type { Storage } from '../../../hal/storage.ts';
import type { Settings } from '../../config/settings.ts';
import type { Log } from '../../log.ts';
import type { Chunks } from '../blob-store.ts';
import { canonicalBytes } from '../canonical-json.ts';
import { readWhole, writeDurably } from '../durable-file.ts';
import type { Value } from '../manifest.ts';
import { SiteError } from '../site-error.ts';
import type { Prepared, SiteSource } from '../site-source.ts';
import { gathered, oneChunk } from '../site-source.ts';
import { checkShared, fromSite, handEdited, laidOver, ownShared, sharedPart } from './shared-settings.ts';
import type { SharedSettings } from './shared-settings.ts';

const folder = 'config';
export const siteSettingsPath = `${folder}/site-settings.json`;
export const settingsName = 'settings';
/** A configuration file has at most 256 KiB; written out with all defaults it grows, by less than this. */
const maxSharedBytes = 2 * 1024 * 1024;

interface Kept {
  /** The shared part of the unit's own file when it was last looked at. */
  readonly own: SharedSettings;
  /** The site's part, in force. */
  readonly shared: SharedSettings;
}

/**
 * The site's part of the settings: `settings`. The unit's own file is only ever read:
 *
 *   own file ─────────────────────────────┬──> settings in force
 *   config/site-settings.json (the site's)┘    where both say something the site's counts
 *
 * When a person changes the own file, what they changed becomes the site's too. Removing site-settings.json makes the own file
 * count again, for the whole site.
 */
export class SettingsSource implements SiteSource {
  changed: ((name: string) => void) | null = null;
  /** Told when settings from elsewhere have come in force. */
  applied: ((settings: Settings) => void) | null = null;
  readonly #storage: Storage;
  /** A distributed unit has. Until the next start, as `central` itself: a file in which it was struck out must not bring these peers to the whole site. */
  readonly #ownPeers: boolean;
  #own: Settings;
  #shared: SharedSettings;
  #settings: Settings;
  /** The site's part was lost; what is in force meanwhile must not pass for a change. */
  #lost = false;

  private constructor(storage: Storage, own: Settings) {
    this.#storage = storage;
    this.#ownPeers = own.central !== null;
    this.#own = own;
    this.#shared = sharedPart(own);
    this.#settings = own;
  }

  /** Before the unit is made, because its settings come from here. Errors: HalError other than io. */
  static async open(storage: Storage, own: Settings, log: Log): Promise<SettingsSource> {
    const source = new SettingsSource(storage, own);
    const kept = await readKept(storage);
    if (kept === 'damaged') {
      source.#lost = true;
      log.write('alert', 'site-settings-lost', 'The settings of the site cannot be read; the unit\'s own count until they are there again.', { path: siteSettingsPath });
    } else {
      await source.#look(kept, own).catch((error: unknown) => (source.#lost = notTaken(log, error)));
    }
    return source;
  }

  /** In force: the own file's with the site's part laid over. */
  get settings(): Settings {
    return this.#settings;
  }

  /** What of it comes from the site and differs from the own file. */
  get fromSite(): readonly string[] {
    return fromSite(this.#own, this.#settings);
  }

  /** What would be in force if the own file said this. Errors: SiteError not-applicable. */
  preview(own: Settings): Settings {
    const [before, after] = [ownShared(this.#own, this.#ownPeers), ownShared(own, this.#ownPeers)];
    return laidOver(own, checkShared(handEdited(before, after, this.#shared)), this.#ownPeers);
  }

  /** The own file was read again; what is in force now. Errors: SiteError not-applicable, HalError; then nothing has changed. */
  async reload(own: Settings): Promise<Settings> {
    const before = JSON.stringify(this.#shared);
    await this.#look({ own: ownShared(this.#own, this.#ownPeers), shared: this.#shared }, own);
    if (JSON.stringify(this.#shared) !== before) this.changed?.(settingsName);
    return this.#settings;
  }

  owns(name: string): boolean {
    return name === settingsName;
  }

  names(): readonly string[] {
    return this.#lost ? [] : [settingsName];
  }

  async is(_name: string, value: Value): Promise<boolean> {
    return createHash('sha256').update(canonicalBytes(this.#shared)).digest('hex') === value.sha256;
  }

  read(): Chunks {
    return oneChunk(canonicalBytes(this.#shared));
  }

  async prepare(name: string, content: Chunks | null): Promise<Prepared> {
    const discard = async (): Promise<void> => undefined;
    if (content === null) return { commit: discard, discard };
    const shared = checkShared(decoded(name, await gathered(content, maxSharedBytes)));
    laidOver(this.#own, shared, this.#ownPeers);
    return { commit: () => this.#put(shared), discard };
  }

  async #put(shared: SharedSettings): Promise<void> {
    const settings = laidOver(this.#own, shared, this.#ownPeers);
    await this.#keep({ own: ownShared(this.#own, this.#ownPeers), shared });
    this.#shared = shared;
    this.#settings = settings;
    this.#lost = false;
    this.changed?.(settingsName);
    this.applied?.(settings);
  }

  async #look(kept: Kept | null, own: Settings): Promise<void> {
    const after = ownShared(own, this.#ownPeers);
    const shared = kept === null ? after : checkShared(handEdited(kept.own, after, kept.shared));
    const settings = laidOver(own, shared, this.#ownPeers);
    // On a full disk a unit must start with what it has.
    if (kept === null || !same(kept, { own: after, shared })) await this.#keep({ own: after, shared });
    this.#own = own;
    this.#shared = shared;
    this.#settings = settings;
  }

  async #keep(kept: Kept): Promise<void> {
    if ((await this.#storage.stat(folder)) === null) {
      await this.#storage.makeDirectory(folder);
      await this.#storage.syncDirectory('');
    }
    await writeDurably(this.#storage, siteSettingsPath, canonicalBytes({ form: 1, ...kept }));
  }
}

const same = (one: Kept, other: Kept): boolean => Buffer.compare(canonicalBytes(one), canonicalBytes(other)) === 0;

async function readKept(storage: Storage): Promise<Kept | 'damaged' | null> {
  if ((await storage.stat(siteSettingsPath)) === null) return null;
  try {
    const bytes = await readWhole(storage, siteSettingsPath, 2 * maxSharedBytes);
    const { form, own, shared } = JSON.parse(Buffer.from(bytes ?? []).toString()) as Record<string, unknown>;
    return form === 1 ? { own: checkShared(own), shared: checkShared(shared) } : 'damaged';
  } catch (error) {
    if (error instanceof HalError && error.id !== 'io') throw error;
    return 'damaged';
  }
}

function decoded(name: string, bytes: Buffer | null): unknown {
  try {
    return JSON.parse(String(bytes));
  } catch {
    throw new SiteError('malformed', `the content of ${name} is no settings`);
  }
}

/** At the start the unit runs in any case: with its own file. */
function notTaken(log: Log, error: unknown): true {
  if (!(error instanceof SiteError || error instanceof HalError)) throw error;
  log.write('alert', 'site-settings-not-taken', `The settings of the site could not be taken; the unit's own count: ${error.message}`);
  return true;
}
