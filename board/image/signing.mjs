// Who signs: the owner's key and certificate, or a certificate authority for development that is made here once and trusted by nobody else.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ImageError } from './image-error.mjs';
import { runBytes, runText } from './programs.mjs';

const YEARS_20 = '7300';
// RSA, since its signatures are the same each time.
const KEY = ['-newkey', 'rsa:3072', '-nodes', '-sha256'];

/** { key, certificate, authority, isDevelopment }: paths of PEM files. @param given { key, cert, ca }, all or none. */
export function signer(folder, { key, cert, ca }) {
  const given = [key, cert, ca].filter((file) => file !== undefined);
  if (given.length === 0) return { ...developmentSigner(path.join(folder, 'development-ca')), isDevelopment: true };
  if (given.length < 3) throw new ImageError('--key, --cert and --ca (or UNDERSTUDY_SIGNING_KEY, _CERT, _CA) belong together: the signer\'s key, its certificate, and the authority that units are to trust.');
  for (const file of given) if (!existsSync(file)) throw new ImageError(`${file} for signing is not there.`);
  checkSigner({ key, certificate: cert, authority: ca });
  return { key, certificate: cert, authority: ca, isDevelopment: false };
}

function developmentSigner(folder) {
  const place = (name) => path.join(folder, name);
  const result = { key: place('signer.key'), certificate: place('signer.crt'), authority: place('ca.crt') };
  if (Object.values(result).every(existsSync)) return result;
  const work = `${folder}.${process.pid}`;
  mkdirSync(work, { recursive: true, mode: 0o700 });
  try {
    makeAuthority(work);
    rmSync(folder, { recursive: true, force: true });
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return result;
}

/** An authority and a signer below it, as RAUC wants them: for signing only. */
export function makeAuthority(folder) {
  const openssl = (...args) => runText('openssl', args, { cwd: folder });
  writeFileSync(path.join(folder, 'signer.ext'), [
    'basicConstraints=critical,CA:FALSE', 'keyUsage=critical,digitalSignature', 'extendedKeyUsage=emailProtection,codeSigning', 'subjectKeyIdentifier=hash', 'authorityKeyIdentifier=keyid', '',
  ].join('\n'));
  openssl('req', '-x509', ...KEY, '-days', YEARS_20, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/O=Understudy development/CN=Development authority',
    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign');
  openssl('req', ...KEY, '-keyout', 'signer.key', '-out', 'signer.csr', '-subj', '/O=Understudy development/CN=Development signer');
  openssl('x509', '-req', '-in', 'signer.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', YEARS_20, '-sha256', '-extfile', 'signer.ext', '-out', 'signer.crt');
}

/** A signature (CMS, DER) that holds what it signs, without the time of signing, so that RSA keys give the same one each time. */
export function signedMessage(content, { key, certificate }) {
  return runBytes('openssl', ['cms', '-sign', '-binary', '-nodetach', '-noattr', '-md', 'sha256', '-outform', 'DER', '-signer', certificate, '-inkey', key], { input: content });
}

/** Throws ImageError when a unit that trusts the authority would refuse what the key signs. */
function checkSigner(one) {
  const message = signedMessage(Buffer.from('a test of the key\n'), one);
  runBytes('openssl', ['cms', '-verify', '-inform', 'DER', '-CAfile', one.authority, '-out', '/dev/null'], { input: message });
}

export const authorityText = ({ authority }) => readFileSync(authority, 'utf8');
