/** What the numbers of this unit are, for who dials on a phone port. */
export interface DialPlan {
  readonly collect: readonly string[];
  /** Of phone ports. */
  readonly phones: readonly string[];
  /** Of mailboxes and queues. */
  readonly mailboxes: readonly string[];
  /** Dialled before what goes out on a trunk. */
  readonly prefixes: readonly string[];
  readonly emergency: readonly string[];
}

export type Dialled =
  /** As `routeCall` knows it: a collect number, a phone port, a mailbox, or a number at the port's peer. */
  | { readonly to: 'number'; readonly number: string }
  /** `prefix`: the trunks that have it; null: any trunk, for an emergency. */
  | { readonly to: 'trunk'; readonly number: string; readonly prefix: string | null; readonly emergency: boolean };

/** What was dialled, once nothing more comes. A '#' at the end only says that it is the end. */
export function dialled(plan: DialPlan, digits: string): Dialled {
  const number = known(plan, digits) || !endsInHash(digits) ? digits : digits.slice(0, -1);
  if (plan.emergency.includes(number)) return { to: 'trunk', number, prefix: null, emergency: true };
  if (known(plan, number)) return { to: 'number', number };
  const prefix = plan.prefixes.find((one) => number.startsWith(one) && number.length > one.length);
  if (prefix === undefined) return { to: 'number', number };
  const rest = number.slice(prefix.length);
  // Who dials the prefix in an emergency gets help as well.
  const emergency = plan.emergency.includes(rest);
  return { to: 'trunk', number: rest, prefix: emergency ? null : prefix, emergency };
}

/**
 * Whether nothing more is waited for. A number that a longer one begins with waits for the pause that ends dialling, but for an
 * emergency number, which never waits.
 */
export function isComplete(plan: DialPlan, digits: string): boolean {
  const end = dialled(plan, digits);
  if (end.to === 'trunk' && end.emergency) return true;
  if (longer(plan, digits)) return false;
  return known(plan, digits) || (endsInHash(digits) && digits.length > 1);
}

const endsInHash = (digits: string): boolean => digits.endsWith('#');

const numbersOf = ({ collect, phones, mailboxes }: DialPlan): readonly string[] => [...collect, ...phones, ...mailboxes];
const known = (plan: DialPlan, digits: string): boolean => numbersOf(plan).includes(digits);
const longer = (plan: DialPlan, digits: string): boolean => [...numbersOf(plan), ...plan.prefixes, ...plan.emergency].some((one) => one.length > digits.length && one.startsWith(digits));
