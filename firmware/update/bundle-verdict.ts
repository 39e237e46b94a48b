import type { BundleFacts } from '../../hal/firmware-slots.ts';
import { pairsWith, readRelease, type PairVersions, type ReleaseFacts } from './release-facts.ts';
import { compareVersions, isVersion } from './version-order.ts';

/** What a bundle is judged by. */
export interface UpdateSurroundings {
  readonly board: string;
  readonly version: string;
  readonly release: ReleaseFacts;
  /** The highest floor that any version has set here. */
  readonly floor: string;
  /** What is stored here takes at least this `data` to be read. */
  readonly dataNeeds: number;
  /** What the partner speaks, as its beats say; null = there is none, or it is not heard. */
  readonly partner: PairVersions | null;
}

export type BundleVerdict =
  /** `remark`: a sentence for whoever asked; null = nothing is remarkable. */
  | { readonly ok: true; readonly release: ReleaseFacts; readonly remark: string | null }
  /** `reason`: a sentence without its full stop. */
  | { readonly ok: false; readonly reason: string };

/** More than the largest slot. */
export const mostBundleBytes = 256 * 1024 * 1024;

/** Whether a bundle whose signature is good may be installed here. The first reason against it is told. */
export function judgeBundle(bundle: BundleFacts, here: UpdateSurroundings): BundleVerdict {
  const release = readRelease(bundle.description);
  if (bundle.board !== here.board) return refused(`it is made for ${bundle.board}, and this unit is ${here.board}`);
  if (bundle.bytes > mostBundleBytes) return refused(`it has ${bundle.bytes} bytes, more than any firmware of this unit`);
  if (!isVersion(bundle.version) || release === null || !isVersion(release.floor)) return refused('it does not say which version it is and what goes with it');
  if (compareVersions(bundle.version, here.floor) < 0) return refused(`version ${bundle.version} is older than ${here.floor}, below which nothing is installed here any more`);
  const cannotRead = readingFault(bundle.version, release, here);
  if (cannotRead !== null) return refused(cannotRead);
  if (here.partner !== null && !pairsWith(release, here.partner)) return refused(`it speaks versions ${release.pairFrom} to ${release.pair} of the pair's protocol, and the partner ${here.partner.pairFrom} to ${here.partner.pair}: update over a version between the two`);
  return { ok: true, release, remark: remarkOn(bundle.version, here.version) };
}

/** Settings and messages must be readable after the update, and after a way back. */
export function readingFault(version: string, release: Pick<ReleaseFacts, 'data' | 'dataFrom'>, { dataNeeds, release: own }: Pick<UpdateSurroundings, 'dataNeeds' | 'release'>): string | null {
  if (release.data < dataNeeds) return `version ${version} reads data up to format ${release.data}, and what is stored here takes format ${dataNeeds}`;
  if (release.dataFrom > own.data) return `what version ${version} writes takes data format ${release.dataFrom}, and this version, to which a failed update comes back, reads up to ${own.data}: update over a version between the two`;
  return null;
}

function remarkOn(version: string, running: string): string | null {
  if (!isVersion(running)) return null;
  const order = compareVersions(version, running);
  if (order === 0) return `version ${version} is what runs already; it is written all the same`;
  return order < 0 ? `version ${version} is older than ${running}, which runs` : null;
}

const refused = (reason: string): BundleVerdict => ({ ok: false, reason });
