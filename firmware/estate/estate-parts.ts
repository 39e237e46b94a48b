import type { KeyObject } from 'node:crypto';
import type { BrokerNet } from '../../hal/broker.ts';
import type { Clock } from '../../hal/clock.ts';
import type { Random } from '../../hal/random.ts';
import type { Storage } from '../../hal/storage.ts';
import type { Identity } from '../failover/identity.ts';
import type { UnitLog } from '../lifecycle/unit-log.ts';
import type { AlarmEvent } from './alarm-events.ts';
import type { BrokerLinkStatus } from './broker-link.ts';
import type { Answer, CommandRefusal } from './command-desk.ts';
import type { Pointer } from './note-bodies.ts';
import type { PointerRefusal, Standing } from './pointer-watch.ts';

/** How it goes with the unit, asked whenever it is told. */
export interface UnitFacts {
  readonly role: string;
  readonly epoch: number;
  /** A standby is mute. */
  readonly serves: boolean;
  readonly calls: number;
  /** null = the unit shares nothing. */
  readonly site: Standing | null;
}

/** What an operator may have done; what the console does, and no more. */
export interface UnitActions {
  failover(): Answer;
  failback(): Answer;
  /** Rejects with the reason. */
  rollback(version: number): Promise<Answer>;
  /** The partner has something new: do not wait to fetch it. */
  lookAtPartner(): void;
}

export interface EstateParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly storage: Storage;
  readonly log: UnitLog;
  readonly broker: BrokerNet;
  readonly identity: Identity;
  readonly name: () => string;
  readonly product: string;
  /** Public keys of operators, as they are set now. */
  readonly commandKeys: () => readonly string[];
  /** Key of the partner by its fingerprint; null = that is not the partner. */
  readonly partnerKey: (unit: string) => KeyObject | null;
  readonly facts: () => UnitFacts;
  readonly actions: UnitActions;
}

/** What `show estate` prints. */
export interface EstateStatus {
  readonly site: string;
  readonly unit: string;
  readonly broker: BrokerLinkStatus & { readonly place: string };
  /** A pointer that is ahead of this unit; null = it is in step, as far as it has heard. */
  readonly behind: Pointer | null;
  readonly pointers: { readonly taken: number; readonly refused: Readonly<Record<PointerRefusal, number>> };
  readonly alarms: { readonly raised: readonly AlarmEvent[]; readonly waiting: number; readonly told: number; readonly dropped: number };
  readonly commands: { readonly done: number; readonly refused: Readonly<Record<CommandRefusal, number>> };
  /** Messages that were not looked at because too many came. */
  readonly unseen: number;
}
