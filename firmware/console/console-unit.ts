import type { MessageState } from '../mailbox/message.ts';
import type { AuditLog } from './audit/audit-log.ts';
import type { Technicians } from './login/technicians.ts';
import type { CaptureConsole } from './parts/capture-console.ts';
import type { ConditionsConsole } from './parts/conditions-console.ts';
import type { ConfigurationConsole } from './parts/configuration-console.ts';
import type { DistributedConsole } from './parts/distributed-console.ts';
import type { EstateConsole } from './parts/estate-console.ts';
import type { FarEndsConsole } from './parts/far-ends-console.ts';
import type { FaultConsole } from './parts/fault-console.ts';
import type { FilesConsole } from './parts/files-console.ts';
import type { FlowsConsole } from './parts/flows-console.ts';
import type { LinesConsole } from './parts/lines-console.ts';
import type { LinkConsole } from './parts/link-console.ts';
import type { MembersConsole } from './parts/members-console.ts';
import type { NotifyConsole } from './parts/notify-console.ts';
import type { OwnersConsole } from './parts/owners-console.ts';
import type { PairConsole } from './parts/pair-console.ts';
import type { PinsConsole } from './parts/pins-console.ts';
import type { PlayConsole } from './parts/play-console.ts';
import type { QueuesConsole } from './parts/queues-console.ts';
import type { ResetConsole } from './parts/reset-console.ts';
import type { ShownFacts } from './parts/shown-facts.ts';
import type { SiteConsole } from './parts/site-console.ts';
import type { TestPhone } from './parts/test-phone.ts';
import type { UpdateConsole } from './parts/update-console.ts';

/**
 * What the console may see and do of the running unit, each part of it behind an interface of its own. Members that touch the disk return
 * promises and throw `HalError` with the reason. Unknown mailboxes and messages never reach a doing member: the console checks
 * them against `mailboxes` and `messages` first.
 */
export interface ConsoleUnit extends ShownFacts {
  /** null: there is no way to them. */
  readonly owners: OwnersConsole | null;
  /** Gives the mailbox a new random PIN and ends its lock; resolves to the PIN, which nothing keeps in the clear. */
  resetPin(mailbox: string): Promise<string>;
  /** Whether it was locked. */
  unlock(mailbox: string): Promise<boolean>;
  markMessage(mailbox: string, id: string, state: MessageState): Promise<void>;
  /** Writes a WAV file; null = a name of the unit's choice. */
  exportMessage(mailbox: string, id: string, file: string | null): Promise<{ readonly file: string; readonly bytes: number }>;
  /** The built-in telephone of laptop builds; null where there is none. */
  readonly phone: TestPhone | null;
  /** Lamps, buttons and relays; null = the board has none. */
  readonly pins: PinsConsole | null;
  /** What goes out and comes in by the cable; null = nothing does. */
  readonly files: FilesConsole | null;
  /** null: the machine's firmware is not the unit's to replace. */
  readonly update: UpdateConsole | null;
  /** null where nobody may wipe the unit. */
  readonly reset: ResetConsole | null;
  /** Analog lines; null = none are configured. */
  readonly lines: LinesConsole | null;
  /** The other side of simulated lines; null = lines are real. */
  readonly farEnds: FarEndsConsole | null;
  /** Calls of the unit's own, to let somebody hear something. */
  readonly playing: PlayConsole | null;
  /** Mail and calls of the unit's own; null = the unit has not started. */
  readonly notify: NotifyConsole | null;
  /** Queues that the unit owns; null = none are configured. */
  readonly queues: QueuesConsole | null;
  /** Call flows of the site; null = this unit has none to show. */
  readonly flows: FlowsConsole | null;
  /** Named conditions of the site; null = this unit has none to show. */
  readonly conditions: ConditionsConsole | null;
  /** Packets into files; null = the board cannot. */
  readonly capture: CaptureConsole | null;
  /** Faults that can be simulated; null where none can. */
  readonly faults: FaultConsole | null;
  /** Who may log in at the socket; null = nobody keeps such a list. */
  readonly technicians: Technicians | null;
  /** Whether somebody must choose a password before anything else while the list of technicians is empty; left out: whoever comes may do everything. */
  readonly firstPassword?: boolean;
  /** Who did what; null = nothing is kept. */
  readonly audit: Pick<AuditLog, 'record' | 'last' | 'verify'> | null;
  /** Edits the configuration; null where there is no file to write. */
  readonly configuration: ConfigurationConsole | null;
  /** The pairing with the partner unit; null = this unit stands alone. */
  readonly pair: PairConsole | null;
  /** What the two have in common; null = this unit stands alone. */
  readonly site: SiteConsole | null;
  /** Who of the two serves; null = this unit stands alone. */
  readonly link: LinkConsole | null;
  /** null = no broker is configured. */
  readonly estate: EstateConsole | null;
  /** The units of the site, at a central unit or its backup; else null. */
  readonly members: MembersConsole | null;
  /** null = this is no distributed unit. */
  readonly distributed: DistributedConsole | null;
}
