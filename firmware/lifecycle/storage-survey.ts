import type { Storage } from '../../hal/storage.ts';

export interface StorageKind {
  /** What lies there, for people. */
  readonly what: string;
  readonly files: number;
  readonly bytes: number;
}

/** Entries of the data folder and what they hold; what is not here counts as other state. */
const kinds: Readonly<Record<string, string>> = {
  new: 'recordings in progress',
  greetings: 'greetings and names',
  home: 'messages on their way home',
  mirror: 'messages on their way home',
  follow: 'recordings of the partner',
  sends: 'messages of owners on their way',
  drafts: 'recordings not sent yet',
  lists: 'distribution lists',
  damaged: 'damaged files, set aside',
  captures: 'captures',
  audit: 'audit log',
  log: 'log of the unit',
  incoming: 'firmware that was received',
  config: 'kept configurations',
  site: 'state of the site',
  notify: 'mail and calls to be made',
};
const other = 'other state';

/** Files that are looked at; a folder that holds more is counted so far. */
export const mostFiles = 20_000;

/** What lies in the data folder beside the messages, which their index knows better; largest first. Errors: HalError io. */
export async function surveyStorage(storage: Storage, messages: string): Promise<readonly StorageKind[]> {
  const found = new Map<string, { files: number; bytes: number }>();
  const left = { files: mostFiles };
  for (const name of await storage.list('')) if (name !== messages) await count(storage, name, kindOf(found, kinds[name] ?? other), left);
  return [...found].map(([what, sum]) => ({ what, ...sum })).filter(({ files }) => files > 0).sort((one, two) => two.bytes - one.bytes);
}

function kindOf(found: Map<string, { files: number; bytes: number }>, what: string): { files: number; bytes: number } {
  const sum = found.get(what) ?? { files: 0, bytes: 0 };
  found.set(what, sum);
  return sum;
}

async function count(storage: Storage, path: string, sum: { files: number; bytes: number }, left: { files: number }): Promise<void> {
  const stat = left.files-- > 0 ? await storage.stat(path) : null;
  if (stat === null) return; // gone meanwhile, or beyond what is looked at
  if (!stat.directory) {
    sum.files += 1;
    sum.bytes += stat.bytes;
    return;
  }
  for (const name of await storage.list(path).catch(() => [])) await count(storage, `${path}/${name}`, sum, left);
}
