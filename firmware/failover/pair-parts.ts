import type { AddressHolder } from '../../hal/address-holder.ts';
import type { Clock } from '../../hal/clock.ts';
import type { DatagramNet } from '../../hal/datagram.ts';
import type { Random } from '../../hal/random.ts';
import type { Reachability } from '../../hal/reachability.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Log } from '../log.ts';
import type { BeatSeal } from './beat-seal.ts';
import type { LinkCommand } from './link-protocol.ts';
import type { MainPbx } from '../sip/watch/main-pbx.ts';
import type { PairTiming } from './pair-timing.ts';

/** The main PBXs: those that others stand in for. */
export interface MainPbxes {
  /** Looked at each pulse. */
  readonly heard: () => MainPbx;
  /** The longest time that a unit needs to find one of them lost. */
  readonly lossSeenMs: () => number;
}

/** What `Pair` needs of its owner and of the machine. */
export interface PairParts {
  readonly clock: Clock;
  readonly random: Random;
  /** To the witness, where there is one. */
  readonly datagram: DatagramNet;
  readonly log: Log;
  readonly storage: Storage;
  readonly reachability: Reachability;
  /** null: the machine cannot move addresses. */
  readonly addressHolder: AddressHolder | null;
  /** To the `PairLink` in the media thread; what it emits comes back by `linkEvent`. */
  readonly link: (command: LinkCommand) => void;
  /** Whether a PBX answers within the time, or was heard less than `maxAgeMs` ago; null = there is none to ask. */
  readonly pbxAlive: ((timeoutMs: number, maxAgeMs: number) => Promise<boolean>) | null;
  /** Left out: which PBX is heard moves nothing. */
  readonly mainPbx?: MainPbxes;
  /** The unit is well enough to answer calls. Looked at each pulse, as `calls` is. */
  readonly able: () => boolean;
  readonly calls: () => number;
  /** Those that a move would break; left out: all of them. */
  readonly breaking?: () => number;
  /** Resolves when the partner may be handed the service; soon, and always. Never called from inside a call of this class, nor does it reject. */
  readonly beforeMove?: () => Promise<void>;
  /** The owner speaks up (registration, lamps, mail) or falls silent. Never called from inside a call of this class, but for `start` and `stop`. */
  readonly serving: (serving: boolean, cause: string) => void;
  /** The shared address is on this machine from now on, or is not: the owner opens its sockets there, or closes them. Never called from inside a call of this class. */
  readonly address?: (held: boolean) => void;
  readonly timing?: PairTiming;
  readonly makeSeal?: (key: Uint8Array) => BeatSeal;
}
