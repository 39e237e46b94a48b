import { spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fingerprintOf, makeIdentity, openIdentity } from '../../../firmware/failover/identity.ts';
import { silentLog, type Log } from '../../../firmware/log.ts';
import { LinuxRandom } from '../../../hal/drivers/linux/linux-random.ts';
import { LinuxStorage } from '../../../hal/drivers/linux/linux-storage.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';
import { testWith } from '../../support/skip.ts';

test('an identity is made at first need and stays', async () => {
  const storage = new SimStorage();
  const made = await openIdentity(storage, new SimRandom(1), silentLog);
  const again = await openIdentity(storage, new SimRandom(2), silentLog);
  assert.equal(again, made);
  assert.not.equal(made.fingerprint, makeIdentity(new SimRandom(2)).fingerprint, 'no two units have the same');
});

test('the certificate is what OpenSSL reads: self-signed, its key, valid always', () => {
  // The first byte of the serial number decides about its encoding: top bit set, zero, and neither.
  for (let seed = 0; seed < 400; seed++) {
    const { certificate, privateKey, fingerprint } = makeIdentity(new SimRandom(seed));
    const read = new X509Certificate(certificate);
    assert.ok(read.verify(read.publicKey) && read.checkPrivateKey(createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' })));
    assert.is(read.publicKey.asymmetricKeyType, 'ed25519');
    assert.equal([read.validFrom, read.validTo], ['Jan  1 00:00:00 1970 GMT', 'Dec 31 23:59:59 9999 GMT']);
    assert.is(read.fingerprint256.replaceAll(':', '').toLowerCase(), fingerprint);
  }
});

testWith(['openssl'], 'the openssl program finds nothing wrong with the encoding', () => {
  const folder = mkdtempSync(join(tmpdir(), 'identity-'));
  try {
    writeFileSync(join(folder, 'cert.der'), makeIdentity(new SimRandom(5)).certificate);
    const parsed = spawnSync('openssl', ['asn1parse', '-inform', 'DER', '-in', join(folder, 'cert.der')], { encoding: 'utf8' });
    assert.is(parsed.status, 0, parsed.stderr);
    const checked = spawnSync('openssl', ['x509', '-inform', 'DER', '-in', join(folder, 'cert.der'), '-noout', '-text'], { encoding: 'utf8' });
    assert.match(checked.stdout, /Version: 3 \(0x2\)[^]*Signature Algorithm: ED25519[^]*Not After : Dec 31 23:59:59 9999 GMT/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('an identity that cannot be read is set aside, replaced and told', async () => {
  const storage = new SimStorage();
  const made = await openIdentity(storage, new SimRandom(1), silentLog);
  for (const slot of ['a', 'b']) if ((await storage.stat(`pair/identity.${slot}`)) !== null) storage.flipBit(`pair/identity.${slot}`, 900);
  const events: string[] = [];
  const log: Log = { write: (severity, event) => void events.push(`${severity} ${event}`) };
  const replaced = await openIdentity(storage, new SimRandom(2), log);
  assert.not.equal(replaced.fingerprint, made.fingerprint);
  assert.equal(events, ['alert document-damaged', 'notice identity-made']);
});

test('the key lies in files that nobody else may read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'identity-'));
  try {
    await openIdentity(await LinuxStorage.at(join(folder, 'data')), new LinuxRandom(), silentLog);
    const files = readdirSync(join(folder, 'data/pair'));
    assert.ok(files.length > 0);
    for (const file of files) assert.is(statSync(join(folder, 'data/pair', file)).mode & 0o777, 0o600, file);
    assert.is(statSync(join(folder, 'data/pair')).mode & 0o777, 0o700);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('fingerprints are plain SHA-256', () => {
  assert.is(fingerprintOf(Buffer.from('abc')), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test.run();
