import { sign } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalBytes, canonicalJson } from '../../../firmware/site/canonical-json.ts';
import type { Manifest } from '../../../firmware/site/manifest.ts';
import { checkManifest, entryName, maxEntries, maxManifestBytes } from '../../../firmware/site/manifest.ts';
import { received, transferOf } from '../../../firmware/site/manifest-transfer.ts';
import { decodeSigned, encodeSigned, signManifest } from '../../../firmware/site/signed-manifest.ts';
import { SiteError } from '../../../firmware/site/site-error.ts';
import { identityOf } from '../../support/site/site-fixture.ts';

const hashOf = (tag: number): string => tag.toString(16).padStart(64, '0');
const value = (tag: number, at = 1) => ({ sha256: hashOf(tag), bytes: tag, epoch: 1, at, by: 'a' });
const first: Manifest = { schema: 1, site: 'house', version: 1, epoch: 1, floor: 0, author: 'a', parents: [], seen: { a: 1 }, entries: { 'owner/201': value(1) }, siblings: {} };
const a = identityOf('a');

const faultOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof SiteError) return error.id;
    throw error;
  }
  return 'none';
};

test('one value has one text', () => {
  assert.is(canonicalJson({ b: [1, { d: null, c: 'ä"\n' }], a: true }), '{"a":true,"b":[1,{"c":"ä\\"\\n","d":null}]}');
  assert.is(canonicalJson({ b: 1, a: 2 }), canonicalJson({ a: 2, b: 1 }));
});

test('a signed manifest comes back as it was, under the same hash', () => {
  const signed = signManifest(first, a);
  const back = decodeSigned(encodeSigned(signed), identityOf('b'));
  assert.equal(back, signed);
  const spaced = new TextEncoder().encode(JSON.stringify(JSON.parse(new TextDecoder().decode(encodeSigned(signed))), null, 2));
  assert.is(decodeSigned(spaced, a).hash, signed.hash);
});

test('whatever bit of it is flipped, it is refused', () => {
  const good = encodeSigned(signManifest(first, a));
  let refusals = 0;
  for (let bit = 0; bit < good.length * 8; bit++) {
    const bad = good.slice();
    bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    let same = false;
    try {
      // base64 has spare bits at its end: such a flip changes the text and not the signature.
      same = decodeSigned(bad, a).hash === signManifest(first, a).hash;
    } catch (error) {
      assert.instance(error, SiteError);
      refusals++;
    }
    assert.ok(!same || bit > good.length * 8 - 48, `bit ${bit}`);
  }
  assert.ok(refusals > good.length * 8 - 16);
});

test('who may not sign, and what may not be signed', () => {
  const make = (change: Record<string, unknown>, by = a): Uint8Array => encodeSigned(signManifest({ ...first, ...change } as Manifest, by));
  const table: [string, Uint8Array, string][] = [
    ['the right one', make({}), 'none'],
    ['another site', make({ site: 'barn' }), 'foreign-site'],
    ['a stranger', make({ author: 'x' }, identityOf('x')), 'unknown-author'],
    ['a stranger in another\'s name', make({}, identityOf('x')), 'bad-signature'],
    ['one unit in the other\'s name', make({ author: 'b' }), 'bad-signature'],
    ['a newer program', make({ schema: 2, more: 1 }), 'newer-schema'],
    ['an unknown key', make({ more: 1 }), 'malformed'],
    ['version 0', make({ version: 0 }), 'malformed'],
    ['a path as a name', make({ entries: { 'owner/../201': value(1) } }), 'malformed'],
    ['a name of every object', make({ entries: { toString: value(1) } }), 'malformed'],
    ['a hash that is none', make({ entries: { settings: { ...value(1), sha256: '../x' } } }), 'malformed'],
    ['a sibling without entry', make({ siblings: { settings: [value(2)] } }), 'malformed'],
    ['too many siblings', make({ siblings: { 'owner/201': Array.from({ length: 9 }, (_, tag) => value(tag)) } }), 'malformed'],
    ['three parents', make({ parents: [hashOf(1), hashOf(2), hashOf(3)] }), 'malformed'],
    ['no JSON', new TextEncoder().encode('{'), 'malformed'],
    ['no manifest', new TextEncoder().encode('[]'), 'malformed'],
    ['a whole disk', new Uint8Array(maxManifestBytes + 1), 'too-large'],
  ];
  for (const [name, bytes, fault] of table) assert.is(faultOf(() => decodeSigned(bytes, identityOf('b'))), fault, name);
});

test('a signature made for another purpose does not count', () => {
  const signature = sign(null, canonicalBytes(first), a.privateKey).toString('base64');
  assert.is(faultOf(() => decodeSigned(canonicalBytes({ manifest: first, signature }), a)), 'bad-signature');
});

test('names of entries', () => {
  for (const name of ['settings', 'owner/201', 'owner/*1#', 'greeting/201/greeting', 'prompt/x/y']) assert.ok(entryName.test(name), name);
  for (const name of ['', 'owner', 'owner/', '/201', 'owner/201/', 'owner/201/a/b', 'owner/a.b', 'Owner/201', 'settings/', '__proto__', 'toString']) assert.not.ok(entryName.test(name), name);
});

test('the largest manifest fits what is read', () => {
  const entries = Object.fromEntries(Array.from({ length: maxEntries }, (_, tag) => [`greeting/${String(tag).padStart(32, '9')}/greeting`, { ...value(tag, 2 ** 40), bytes: 2 ** 24, by: 'u'.repeat(16) }]));
  const manifest = checkManifest({ ...first, entries });
  const { length } = encodeSigned(signManifest(manifest, a));
  assert.ok(length < maxManifestBytes, `${length} bytes`);
});

test('a difference makes the same manifest, and a wrong one none', () => {
  const entries = Object.fromEntries(Array.from({ length: 500 }, (_, tag) => [`owner/${tag}`, value(tag)]));
  const base = signManifest({ ...first, entries }, a);
  const { 'owner/7': _, ...rest } = entries;
  const next = signManifest({ ...first, version: 2, parents: [base.hash], seen: { a: 2 }, entries: { ...rest, 'owner/9': value(9000, 2), settings: value(1, 2) } }, a);
  const transfer = transferOf(next, base);
  assert.ok(transfer.bytes.length < 1200, `${transfer.bytes.length} bytes`);
  assert.equal(received(transfer, next.hash, base, a), next);
  assert.equal(received(transferOf(next, null), next.hash, null, a), next);
  assert.is(faultOf(() => received(transfer, next.hash, null, a)), 'malformed');
  assert.is(faultOf(() => received(transfer, base.hash, base, a)), 'malformed');
  assert.is(faultOf(() => received(transfer, next.hash, signManifest(first, a), a)), 'bad-signature');
  assert.is(faultOf(() => received({ bytes: new TextEncoder().encode('null'), base: base.hash }, next.hash, base, a)), 'malformed');
});

test.run();
