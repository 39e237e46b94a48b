import type { IncomingRouteSettings } from '../config/line-settings.ts';

export interface IncomingFacts {
  /** Name of the trunk line. */
  readonly line: string;
  /** What was called: the line's own number, since a loop-start line carries no digits of the exchange; null = it is not known. */
  readonly did: string | null;
  /** '' = not known. */
  readonly caller: string;
}

/** The first route that matches; null = none does, which the rules of the configuration exclude. */
export function incomingRoute(routes: readonly IncomingRouteSettings[], { line, did, caller }: IncomingFacts): IncomingRouteSettings | null {
  const begins = (prefix: string | null, number: string): boolean => prefix === null || number.startsWith(prefix);
  return routes.find((route) => (route.line === null || route.line === line) && begins(route.did, did ?? '') && begins(route.caller, caller)) ?? null;
}
