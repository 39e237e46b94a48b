import type { StorageFacts } from '../../firmware/console/parts/shown-facts.ts';
import type { StorageKind } from '../../firmware/lifecycle/storage-survey.ts';
import { surveyStorage } from '../../firmware/lifecycle/storage-survey.ts';
import { keptBackBytes } from '../../firmware/mailbox/admission.ts';
import { mailboxesFolder } from '../../firmware/mailbox/mailbox-paths.ts';
import type { Unit } from '../../firmware/run.ts';

/** Errors: HalError io. */
export async function storageFacts(unit: Unit): Promise<StorageFacts> {
  const opened = unit.openReport ?? { messages: 0, salvaged: [], damaged: [], rebuilt: [] };
  const kinds = [messages(unit), ...(await surveyStorage(unit.parts.storage, mailboxesFolder))];
  return { ...(await unit.parts.storage.space()), reserveBytes: keptBackBytes(unit.settings.messages), kinds: kinds.sort((one, two) => two.bytes - one.bytes), fullest: fullest(unit), opened, scrubbed: unit.store.scrub.progress, medium: (await unit.parts.medium?.facts()) ?? null };
}

function messages({ settings, store }: Unit): StorageKind {
  const all = settings.mailboxes.map(({ number }) => store.figures(number));
  return { what: 'messages', files: all.reduce((sum, { messages: files }) => sum + files, 0), bytes: all.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function fullest({ settings, store }: Unit): StorageFacts['fullest'] {
  const limitMs = settings.messages.mailboxMaxSec * 1000;
  const shares = settings.mailboxes.map(({ number }) => ({ mailbox: number, share: store.counts(number).usedMs / limitMs }));
  const most = shares.reduce<(typeof shares)[number] | null>((top, one) => (one.share > (top?.share ?? 0) ? one : top), null);
  return most;
}
