import type { Sibling } from '../../site/manifest-contents.ts';
import type { KeptManifest } from '../../site/site-history.ts';

/** The state of the site, as the console sees it. The doing members reject with SiteError or HalError, and then nothing has changed. */
export interface SiteConsole {
  /** Newest first; the first is in force. */
  history(): readonly KeptManifest[];
  siblings(): readonly Sibling[];
  rollback(version: number): Promise<void>;
  settle(name: string, sha256: string): Promise<void>;
}
