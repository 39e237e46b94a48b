import type { WallMs } from '../../hal/clock.ts';
import type { Entitlement, Feature, Grant, PortClass, ReadEntitlement } from './entitlement.ts';
import { features } from './entitlement.ts';

/** A unit without entitlement serves for so long after each start. */
export const trialMs = 2 * 60 * 60_000;

/** What the decision depends on. */
export interface Circumstances {
  /** null = no issuer is configured: everything is allowed. */
  readonly file: ReadEntitlement | null;
  readonly unitId: string;
  /** As what the unit serves now. A backup that serves stands in for its primary. */
  readonly serves: 'primary' | 'backup';
  readonly nowMs: WallMs;
  readonly uptimeMs: number;
  /** What the unit has. */
  readonly ports: number;
}

/** What the unit may do now. */
export interface Allowance {
  readonly ports: number;
  readonly classes: Readonly<Partial<Record<PortClass, number>>>;
  readonly features: readonly Feature[];
  /** Milliseconds until new calls are refused; null = no limit, 0 = they are refused now. */
  readonly leftMs: number | null;
  /** One sentence for the console and the log. */
  readonly says: string;
}

/**
 * What is allowed. A backup that serves is never timed out: callers of a failed primary must not pay for paperwork. Without a
 * valid entitlement of its own it serves with all its ports, and says so.
 */
export function allowance(here: Circumstances): Allowance {
  const { file, ports } = here;
  if (file === null) return { ...everything(ports), leftMs: null, says: 'no issuer is configured, so everything is allowed' };
  const fault = file.ok ? unfit(file.entitlement, here) : `the entitlement is refused: ${file.why}`;
  if (fault !== null || !file.ok) return withoutEntitlement(here, fault ?? '');
  const grant = file.entitlement[here.serves];
  if (grant === null) return withoutEntitlement(here, `entitlement ${file.entitlement.serial} does not cover service as ${here.serves}`);
  return granted(grant, here, file.entitlement);
}

function granted(grant: Grant, { ports, serves }: Circumstances, { serial }: Entitlement): Allowance {
  const most = Math.min(ports, grant.ports);
  const classes = Object.entries(grant.classes).map(([name, value]) => `${name} ${value}`);
  const less = most < ports ? ` of its ${ports}` : '';
  const limits = classes.length === 0 ? '' : `, at most ${classes.join(', ')}`;
  const withheld = features.filter((feature) => !grant.features.includes(feature));
  const without = withheld.length === 0 ? '' : `, without ${withheld.join(', ')}`;
  return { ports: most, classes: grant.classes, features: grant.features, leftMs: null, says: `entitlement ${serial} grants the ${serves} ${most}${less} ports${limits}${without}` };
}

function withoutEntitlement({ serves, uptimeMs, ports }: Circumstances, why: string): Allowance {
  if (serves === 'backup') return { ...everything(ports), leftMs: null, says: `${why}; as a backup that serves the unit goes on without limit` };
  const leftMs = Math.max(0, trialMs - uptimeMs);
  const says = leftMs > 0 ? `${why}; the unit serves for ${Math.ceil(leftMs / 60_000)} minutes more` : `${why}; the unit has served its two hours and takes no calls until it is started again`;
  return { ...everything(ports), leftMs, says };
}

const everything = (ports: number): Pick<Allowance, 'ports' | 'classes' | 'features'> => ({ ports, classes: {}, features });

function unfit(entitlement: Entitlement, { unitId, nowMs }: Circumstances): string | null {
  const { serial, unit, from, until } = entitlement;
  if (unit !== unitId) return `entitlement ${serial} is for unit ${unit}, and this is ${unitId}`;
  if (nowMs < Date.parse(from)) return `entitlement ${serial} begins on ${from}`;
  if (until !== null && nowMs >= Date.parse(until) + 86_400_000) return `entitlement ${serial} ended on ${until}`;
  return null;
}
