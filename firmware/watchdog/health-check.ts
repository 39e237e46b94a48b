/** What is looked at. One file each in `checks/`. */
export type CheckName = 'control-loop' | 'media-thread' | 'media-deadlines' | 'store' | 'sip' | 'memory' | 'disk' | 'clock' | 'lines' | 'medium';

/** What the unit is about. A check says in which of them it may run: nobody asks a socket that is not open yet. */
export type UnitState = 'starting' | 'serving' | 'standby' | 'stopping';

export const whileUp: readonly UnitState[] = ['serving', 'standby'];

/** One small thing that must be well. */
export interface HealthCheck {
  readonly name: CheckName;
  /** For people: 'messages can be written'. */
  readonly about: string;
  readonly runsIn: readonly UnitState[];
  /** While it is well it looks every so many rounds (1 = each); once something was found, every round. */
  readonly everyRounds: number;
  /** null = well; else what is wrong, as a sentence without its full stop. A rejection is a fault too, and so is no answer within `lookLimitMs`. */
  look(): Promise<string | null> | string | null;
}

/** How long a check may take. */
export const lookLimitMs = 10_000;
