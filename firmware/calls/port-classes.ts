import type { PointName } from '../callflow/document/flow-document.ts';
import type { Settings } from '../config/settings.ts';
import type { CallFacts } from '../sip/leg.ts';
import type { ServedRoute } from './route-call.ts';

/** What voicemail ports can be set aside for. Mailbox access: owners who collect. Announcements: to callers in a queue. */
export const portClasses = ['mailboxAccess', 'leave', 'autoAttendant', 'announcements', 'voiceRecording', 'mandatoryVoiceRecording'] as const;
export type PortClass = (typeof portClasses)[number];

/** Who has a port. Bridged calls, and those that the unit places itself, have no class: nothing is set aside for them. */
export type PortUse = PortClass | 'bridge' | 'placed';
export const portUses = [...portClasses, 'bridge', 'placed'] as const satisfies readonly PortUse[];

/** Ports set aside for each class. A floor, not a cap: beyond it a class shares what is set aside for nobody. */
export type Floors = Readonly<Record<PortClass, number>>;
export type PortsUsed = Readonly<Record<PortUse, number>>;

export const nameOfUse: Readonly<Record<PortUse, string>> = {
  mailboxAccess: 'mailbox access', leave: 'leave', autoAttendant: 'auto attendant', announcements: 'announcements',
  voiceRecording: 'voice recording', mandatoryVoiceRecording: 'mandatory voice recording', bridge: 'bridged calls', placed: 'placed calls',
};

/**
 * How many more ports this use may have now. Each class can always reach its floor: what is used beyond floors, by all together, never takes
 * what is set aside. Where floors were raised since, more may be in use than that; then nobody gets beyond a floor until enough calls have ended.
 */
export function portsLeft(size: number, floors: Floors, used: PortsUsed, use: PortUse): number {
  const free = size - portUses.reduce((sum, one) => sum + used[one], 0);
  const beyond = portUses.reduce((sum, one) => sum + Math.max(0, used[one] - floorOf(floors, one)), 0);
  const shared = size - portClasses.reduce((sum, one) => sum + floors[one], 0) - beyond;
  const own = Math.max(0, floorOf(floors, use) - used[use]);
  return Math.max(0, Math.min(free, own + Math.max(0, shared)));
}

const floorOf = (floors: Floors, use: PortUse): number => (use === 'bridge' || use === 'placed' ? 0 : floors[use]);

/** Of a call that takes a port for voicemail. The PBX names the numbers at which it has calls recorded. */
export function portClassOf(route: ServedRoute, { dialled }: Pick<CallFacts, 'dialled'>, { numbers }: Settings): PortClass {
  if (numbers.mandatoryRecording.includes(dialled)) return 'mandatoryVoiceRecording';
  if (numbers.recording.includes(dialled)) return 'voiceRecording';
  switch (route.to) {
    case 'collect':
      return 'mailboxAccess';
    case 'leave':
      return 'leave';
    case 'announce':
      return 'announcements';
    case 'queue':
      return 'autoAttendant';
    case 'flow':
      return route.point === null ? 'autoAttendant' : classOfPoint[route.point];
  }
}

const classOfPoint: Readonly<Record<PointName, PortClass>> = { Collect: 'mailboxAccess', Callback: 'mailboxAccess', Leave: 'leave', Queued: 'announcements', 'Still Queued': 'announcements' };

/** A refusal, as a PBX is told it. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly retryAfterSec: number | null;
}

/** How long a caller's PBX should wait before it tries a full unit again, in seconds. */
export const busyRetryAfterSec = 5;

/**
 * What a call without a port is told. 503 sends the PBX to another unit, where there is one. An announcement is left out and a recording is
 * not made while their call goes on, so for these the unit is only not to be had now; a call that must be recorded may not be: busy.
 */
export function noPort(use: PortUse): Refusal {
  switch (use) {
    case 'announcements':
      return { status: 480, reason: 'No port for an announcement', retryAfterSec: null };
    case 'voiceRecording':
      return { status: 480, reason: 'No port for recording', retryAfterSec: null };
    case 'mandatoryVoiceRecording':
      return { status: 486, reason: 'No port for mandatory recording', retryAfterSec: null };
    default:
      return { status: 503, reason: 'All voicemail ports are in use', retryAfterSec: busyRetryAfterSec };
  }
}
