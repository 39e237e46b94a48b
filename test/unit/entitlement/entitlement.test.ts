import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { features, readEntitlement } from '../../../firmware/entitlement/entitlement.ts';
import { testWith } from '../../support/skip.ts';

const issuer = generateKeyPairSync('ed25519');
const issuerKey = issuer.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
const good = { version: 1, serial: 'A-17', unit: 'unit-1', from: '2026-01-01', until: null, primary: { ports: 8 }, backup: { ports: 2, classes: { collect: 1 } } };

const signed = (payload: string): string => `${payload}\ned25519 ${sign(null, Buffer.from(payload), issuer.privateKey).toString('base64')}\n`;
const whyNot = (text: string, key = issuerKey): string => {
  const found = readEntitlement(text, key);
  return found.ok ? 'good' : found.why;
};

test('what the issuer signed is read', () => {
  const found = readEntitlement(signed(JSON.stringify(good)), issuerKey);
  assert.equal(found, { ok: true, entitlement: { ...good, primary: { ports: 8, classes: {}, features: [...features] }, backup: { ports: 2, classes: { collect: 1 }, features: [...features] } } });
  assert.is(whyNot(signed(JSON.stringify(good)).replaceAll('\n', '\r\n')), 'good', 'line ends of another system');
});

test('every changed character of the text or the signature is found', () => {
  const text = signed(JSON.stringify(good));
  const end = text.trimEnd().length;
  for (let at = 0; at < end; at++) {
    const changed = `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`;
    // The last digit of base64 before the padding carries bits that mean nothing.
    if (at !== end - 3) assert.not.equal(whyNot(changed), 'good', `character ${at}`);
  }
});

test('another issuer, and a key that is none', () => {
  const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
  for (const key of [other, '', 'AAAA', 'not base64']) assert.match(whyNot(signed(JSON.stringify(good)), key), /signature is not the issuer's/);
});

const refused: readonly (readonly [string, string, RegExp])[] = [
  ['empty', '', /line of JSON followed by/],
  ['without signature', JSON.stringify(good), /line of JSON followed by/],
  ['more than two lines', `${signed(JSON.stringify(good))}more`, /line of JSON followed by/],
  ['too long', 'x'.repeat(8193), /8193 bytes, and 8192 are the most/],
  ['no JSON', signed('{'), /it is no JSON/],
  ['an unknown key', signed(JSON.stringify({ ...good, colour: 'red' })), /colour/],
  ['more ports than there can be', signed(JSON.stringify({ ...good, primary: { ports: 251 } })), /primary\.ports/],
  ['a date that is none', signed(JSON.stringify({ ...good, from: 'soon' })), /from/],
  ['a feature that is none', signed(JSON.stringify({ ...good, primary: { ports: 1, features: ['flight'] } })), /primary\.features/],
  ['another version', signed(JSON.stringify({ ...good, version: 2 })), /version/],
];
for (const [name, text, why] of refused) test(`refused: ${name}`, () => assert.match(whyNot(text), why));

testWith(['openssl'], 'what openssl signs is read', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'issuer-'));
  const file = (name: string): string => path.join(folder, name);
  execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', file('key.pem')]);
  const publicKey = execFileSync('openssl', ['pkey', '-in', file('key.pem'), '-pubout', '-outform', 'DER']).subarray(-32).toString('base64');
  writeFileSync(file('payload'), JSON.stringify(good));
  const signature = execFileSync('openssl', ['pkeyutl', '-sign', '-inkey', file('key.pem'), '-rawin', '-in', file('payload')]);
  assert.is(whyNot(`${JSON.stringify(good)}\ned25519 ${signature.toString('base64')}\n`, publicKey), 'good');
});

test.run();
