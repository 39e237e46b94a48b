import { siteName } from '../config/text-forms.ts';

/** What is told by topic, `understudy/<site>/<unit>/<kind>`. A unit writes below its own level only, so that a broker can hold it to that. */
export const kinds = ['pointer', 'presence', 'alarm', 'command', 'result'] as const;
export type Kind = (typeof kinds)[number];

export interface Topic {
  readonly site: string;
  /** Fingerprint of the unit's certificate. */
  readonly unit: string;
  readonly kind: Kind;
}

/** `+` in place of a level stands for all. */
export const topicOf = (site: string, unit: string, kind: Kind): string => `understudy/${site}/${unit}/${kind}`;

/** null = no topic of an estate. */
export function readTopic(topic: string): Topic | null {
  const [, site = '', unit = '', last = ''] = /^understudy\/([^/]{1,32})\/([0-9a-f]{64})\/([a-z]{1,16})$/.exec(topic) ?? [];
  const kind = kinds.find((one) => one === last);
  return kind === undefined || !siteName.accepts(site) ? null : { site, unit, kind };
}
