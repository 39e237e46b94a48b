/** Name of the service: messages of a distributed unit come to the central one, by the requests of `failover/homecoming/home-protocol.ts`. */
export const deliveryService = 'messages';
/** Name of the service: the state of the site, by `site/sync.ts`. */
export const stateService = 'site';

/** What a distributed unit says unasked, without data. */
export const pushes = {
  /** A message waits that did not before. */
  waiting: 'waiting',
  /** It told lamps while it was alone: the central unit tells all of them anew. */
  lamps: 'lamps',
} as const;
