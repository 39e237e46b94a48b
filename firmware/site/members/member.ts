import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Fingerprint } from '../../../hal/secure-stream.ts';

/** Distributed units of one site. */
export const maxDistributed = 32;
/** Certificates of units that are no members any more: what they signed lies on the disks still. As many as a manifest names units. */
export const maxFormer = 64;

const fingerprint = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const certificate = v.pipe(v.string(), v.maxLength(1400), v.regex(/^[A-Za-z0-9+/]+=*$/));

export const memberSchema = v.pipe(
  v.strictObject({
    fingerprint,
    /** X.509, DER, base64: its key checks what the unit signs. */
    certificate,
    name: v.pipe(v.string(), v.maxLength(200)),
    /** primary and backup are the central pair. */
    kind: v.picklist(['primary', 'backup', 'distributed']),
  }),
  v.check((member) => fingerprintOfText(member.certificate) === member.fingerprint, 'the fingerprint is not that of the certificate'),
);

/** A unit of the site, as all of them know it. */
export type Member = Readonly<v.InferOutput<typeof memberSchema>>;

export const formerSchema = v.strictObject({ fingerprint, certificate });
export type FormerMember = Readonly<v.InferOutput<typeof formerSchema>>;

/** `member/<half of its fingerprint>`: a name of an entry has 32 characters, and 128 bits are more than anybody can collide. */
export const memberName = (of: Fingerprint): string => `member/${of.slice(0, 32)}`;
export const memberNamePattern = /^member\/[0-9a-f]{32}$/;

function fingerprintOfText(base64: string): Fingerprint {
  return createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex');
}
