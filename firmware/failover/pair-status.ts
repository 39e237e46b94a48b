import type { WallMs } from '../../hal/clock.ts';
import type { PairVersions } from '../update/release-facts.ts';
import type { LinkStatistics } from './link-protocol.ts';
import type { MainPbx } from '../sip/watch/main-pbx.ts';
import type { PartnerView, Rank, Role, RoleChange } from './role.ts';

export interface WitnessStatus {
  /** 'address:port'. */
  readonly place: string;
  readonly name: string;
  /** 'silent': takeovers go by the references alone. 'learning': it started just now. */
  readonly state: 'asking' | 'silent' | 'learning' | 'answers';
  /** Whose lease it told last; null = nobody's, or not known. */
  readonly holder: Rank | null;
  /** Since its last answer; null = there was none. */
  readonly silentMs: number | null;
  readonly sent: number;
  readonly answers: number;
  /** Datagrams at the witness's port that prove nothing. */
  readonly refused: number;
}

/** What `show pair` and `show link` print. */
export interface PairStatus {
  readonly rank: Rank | null;
  readonly role: Role;
  readonly epoch: number;
  readonly sinceMs: WallMs;
  readonly partner: PartnerView;
  readonly partnerCalls: number;
  readonly partnerControlAgeMs: number;
  /** What its beats say; null = it was not heard since the start of the link. */
  readonly partnerSpeaks: PairVersions | null;
  /** A reference answers this unit. */
  readonly reference: boolean;
  /** What this unit knows of its main PBXs. */
  readonly main: MainPbx;
  readonly able: boolean;
  /** null: none is configured. */
  readonly witness: WitnessStatus | null;
  /** null: no shared address is configured. */
  readonly address: 'unknown' | 'held' | 'gone' | null;
  /** null: the two have not been paired, so that there is no link. */
  readonly link: 'starting' | 'listening' | null;
  /** How far the return of the primary has got, at a backup that serves. */
  readonly returned: 'no' | 'settling' | 'settled' | 'overdue';
  /** The service was moved by command and stays until the next one, or until the primary has been away. */
  readonly held: boolean;
  /** null until the first second of the link is over. */
  readonly statistics: LinkStatistics | null;
  /** The newest last. */
  readonly changes: readonly (RoleChange & { readonly atMs: WallMs })[];
}

/** Changes of role that are kept for `show pair`. */
export const keptChanges = 32;
