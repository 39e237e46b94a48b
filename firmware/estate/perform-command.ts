import type { WallMs } from '../../hal/clock.ts';
import { SiteError } from '../site/site-error.ts';
import type { Answer } from './command-desk.ts';
import type { EstateStatus, UnitActions, UnitFacts } from './estate-parts.ts';
import type { Command } from './note-bodies.ts';

export interface Performer extends UnitActions {
  clearAlarms(): number;
  facts(): UnitFacts;
  status(): EstateStatus;
  wallMs(): WallMs;
}

/** Does what an operator asks for. Errors: HalError. */
export async function performCommand({ command, version }: Command, unit: Performer): Promise<Answer> {
  switch (command) {
    case 'report':
      return { ok: true, text: report(unit) };
    case 'failover':
      return unit.failover();
    case 'failback':
      return unit.failback();
    case 'clear':
      return { ok: true, text: `${unit.clearAlarms()} alarms are cleared` };
    case 'rollback':
      return version === null ? { ok: false, text: 'not done: rollback needs a version' } : rollback(version, unit);
  }
}

async function rollback(version: number, unit: Performer): Promise<Answer> {
  try {
    return await unit.rollback(version);
  } catch (error) {
    if (!(error instanceof SiteError)) throw error;
    return { ok: false, text: `not done: ${error.message}` };
  }
}

function report({ facts, status, wallMs }: Performer): string {
  const { role, epoch, serves, calls, site } = facts();
  const { alarms, commands, behind } = status();
  const raised = alarms.raised.slice(-10).map(({ event, subject, text }) => `${event}${subject === '' ? '' : ` ${subject}`}: ${text}`);
  return [
    `clock ${new Date(wallMs()).toISOString()}`,
    `role ${role}, ${serves ? 'serves' : 'stands by'}, epoch ${epoch}, ${calls} calls`,
    site === null ? 'shares nothing' : `site version ${site.version} (${site.hash.slice(0, 8)})${behind === null ? '' : `, behind version ${behind.version} of the partner`}`,
    `${alarms.raised.length} alarms stand, ${alarms.waiting} wait, ${alarms.dropped} were dropped`,
    `${commands.done} commands done since the start`,
    ...raised,
  ].join('\n');
}
