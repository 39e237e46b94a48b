import { createPublicKey, verify } from 'node:crypto';
import * as v from 'valibot';

/** The classes that ports are given out by: who is served first where there are fewer ports than callers. */
export const portClasses = ['leave', 'collect'] as const;
export type PortClass = (typeof portClasses)[number];

/**
 * Services that can be granted one by one. What keeps a unit answering (the pair, the backup PBX, messages that come home) is not
 * among them.
 */
export const features = ['languages', 'live-calls', 'mirror', 'estate'] as const;
export type Feature = (typeof features)[number];

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(250));

const grantSchema = v.strictObject({
  ports: count,
  /** Most ports of a class at the same time; a class that is not named may use all. */
  classes: v.optional(v.strictObject({ leave: v.optional(count), collect: v.optional(count) }), {}),
  /** A grant that names none has all of them. */
  features: v.optional(v.array(v.picklist(features)), [...features]),
});

const entitlementSchema = v.strictObject({
  version: v.literal(1),
  /** Of this entitlement, for people: an order number. */
  serial: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  /** Id of the unit that it is for. */
  unit: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
  /** ISO 8601 dates; the last day counts in full, in UTC. */
  from: v.pipe(v.string(), v.isoDate()),
  until: v.nullable(v.pipe(v.string(), v.isoDate())),
  primary: v.nullable(grantSchema),
  /** What the unit may do while it stands in for its primary. */
  backup: v.nullable(grantSchema),
});

export type Grant = v.InferOutput<typeof grantSchema>;
export type Entitlement = v.InferOutput<typeof entitlementSchema>;

/** Of the file: an entitlement is a line of JSON and a line of signature. */
export const maxEntitlementBytes = 8192;

export type ReadEntitlement = { readonly ok: true; readonly entitlement: Entitlement } | { readonly ok: false; readonly why: string };

/**
 * Reads an entitlement file: one line of JSON, and one of its ed25519 signature (RFC 8032) over the bytes of the first line
 * without its line end:
 *
 *   {"version":1,"serial":"A-17","unit":"3F9A-...","from":"2026-01-01","until":null,"primary":{"ports":8},"backup":null}
 *   ed25519 <base64 of 64 bytes>
 *
 * Signing the bytes as they stand needs no canonical form that two programs could disagree on. Never throws.
 */
export function readEntitlement(text: string, issuerKey: string): ReadEntitlement {
  if (text.length > maxEntitlementBytes) return refused(`it has ${text.length} bytes, and ${maxEntitlementBytes} are the most`);
  const [payload = '', mark = '', ...more] = text.replaceAll('\r\n', '\n').split('\n');
  const signature = /^ed25519 ([A-Za-z0-9+/]{86}==)$/.exec(mark.trim())?.[1];
  if (signature === undefined || more.some((line) => line.trim() !== '')) return refused('it is not a line of JSON followed by a line with "ed25519" and a signature');
  if (!isSigned(payload, signature, issuerKey)) return refused('its signature is not the issuer\'s, or it was changed after it was signed');
  return parsed(payload);
}

function parsed(payload: string): ReadEntitlement {
  let found: unknown;
  try {
    found = JSON.parse(payload);
  } catch (error) {
    return refused(`it is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const checked = v.safeParse(entitlementSchema, found);
  if (checked.success) return { ok: true, entitlement: checked.output };
  const [issue] = checked.issues;
  return refused(`${v.getDotPath(issue) ?? 'it'}: ${issue.message}`);
}

function isSigned(payload: string, signature: string, issuerKey: string): boolean {
  const key = publicKey(issuerKey);
  return key !== null && verify(null, Buffer.from(payload, 'utf8'), key, Buffer.from(signature, 'base64'));
}

/** RFC 8410 section 4: the fixed head of an ed25519 SubjectPublicKeyInfo; the 32 bytes of the key follow. */
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');

function publicKey(base64: string): ReturnType<typeof createPublicKey> | null {
  const raw = Buffer.from(base64, 'base64');
  return raw.length === 32 ? createPublicKey({ key: Buffer.concat([spkiHead, raw]), format: 'der', type: 'spki' }) : null;
}

const refused = (why: string): ReadEntitlement => ({ ok: false, why });
