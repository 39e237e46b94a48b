import { isBetterLog } from '../../mailbox/better-log.ts';
import type { Standing } from '../../mailbox/message-mirror.ts';
import type { MessageState } from '../../mailbox/message.ts';
import type { StateVersion, VersionedState } from '../../mailbox/state-version.ts';
import { includes, joined } from '../../mailbox/state-version.ts';

/**
 * What becomes here of a message, by what is known of it here and on the partner. take: its log is to be fetched; adopt: it stays, in that state;
 * purge: the partner has purged it in knowledge of the state here.
 */
export type Verdict =
  | { readonly type: 'nothing' }
  | ({ readonly type: 'take' } & VersionedState)
  | ({ readonly type: 'adopt'; readonly take: boolean } & VersionedState)
  | { readonly type: 'purge'; readonly version: StateVersion };

/** From what an owner wants most to what can go; a purge comes last. */
const preference: readonly MessageState[] = ['saved', 'old', 'unopened', 'new', 'deleted'];

/**
 * The rules of the mirror, the same seen from either side (README.md): who acted in knowledge of the other's act is right; where the two acted
 * apart no clock can tell, and what keeps more stays. null = nothing is known of it.
 */
export function mirrorVerdict(mine: Standing | null, theirs: Standing | null): Verdict {
  if (theirs === null || (mine === null && theirs.kind === 'purged')) return nothing;
  if (theirs.kind === 'purged') return againstPurge(mine, theirs.version);
  if (mine === null) return { type: 'take', state: theirs.state, version: theirs.version };
  if (mine.kind === 'purged') return includes(mine.version, theirs.version) ? nothing : { type: 'take', state: theirs.state, version: joined(mine.version, theirs.version) };
  const { state, version } = mergedStates(mine, theirs);
  const take = isBetterLog(theirs, mine);
  return !take && state === mine.state && version === mine.version ? nothing : { type: 'adopt', take, state, version };
}

const nothing: Verdict = { type: 'nothing' };

function againstPurge(mine: Standing | null, version: StateVersion): Verdict {
  if (mine === null || mine.kind === 'purged') return nothing;
  if (includes(version, mine.version)) return { type: 'purge', version };
  // Its owner did something with it that the partner did not know of: it stays, and from now on knows of the purge.
  const known = joined(mine.version, version);
  return known === mine.version ? nothing : { type: 'adopt', take: false, state: mine.state, version: known };
}

/** Symmetric: both units come to the same. */
export function mergedStates(one: VersionedState, other: VersionedState): VersionedState {
  const version = joined(one.version, other.version);
  if (one.state === other.state) return { state: one.state, version };
  const [knows, isKnown] = [includes(one.version, other.version), includes(other.version, one.version)];
  if (knows && !isKnown) return { state: one.state, version };
  if (isKnown && !knows) return { state: other.state, version };
  return { state: preference.find((state) => state === one.state || state === other.state) ?? one.state, version };
}
