import type { Clock } from '../../hal/clock.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import type { SiteIdentity } from './signed-manifest.ts';
import type { SiteSource } from './site-source.ts';
import type { Verification } from './verification.ts';

export interface SiteStateOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  readonly identity: SiteIdentity;
  readonly sources: readonly SiteSource[];
  /** Epoch of the pair as this unit knows it, 1 or more. */
  readonly epoch: () => number;
  /** Free space kept for messages. */
  readonly reserveBytes: () => number;
  /** Left out: the sources know for certain what is here. */
  readonly verification?: Verification;
  /** Whether what this unit held before it belonged to a site becomes part of it; left out: it does. */
  readonly bringsOwn?: boolean;
}
