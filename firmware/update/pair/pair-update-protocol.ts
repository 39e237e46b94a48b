import * as v from 'valibot';

/** Name of the service on the pair's channel. */
export const firmwareService = 'firmware';
export const pieceBytes = 65_536;

const words = v.pipe(v.string(), v.maxLength(1024));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const requests = {
  /** How it goes with the other unit's firmware: -> `partnerFirmware`. */
  status: v.strictObject({}),
  /** Take this bundle, or go on taking it; pieces are asked for over the same connection. No: 'busy', 'refused'. -> { bytes } that are there. */
  take: v.strictObject({ id: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)), bytes: count, by: v.pipe(v.string(), v.maxLength(128)) }),
  /** From the giver of the bundle -> at most 64 KiB. */
  piece: v.strictObject({ id: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)), offset: count }),
};

/** A later version may say more. */
export const partnerFirmware = v.object({
  version: words, phase: words, percent: count, good: v.boolean(), serves: v.boolean(),
  /** Of the bundle that is on its way, or was the last to be. */
  taking: v.nullable(v.object({ id: words, bytes: count, fault: v.nullable(words) })),
  outcome: v.nullable(v.object({ atMs: v.number(), end: words, version: words, reason: words })),
});

export type PartnerFirmware = v.InferOutput<typeof partnerFirmware>;
