import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Challenge } from '../../../firmware/sip/auth/digest.ts';
import { authorise, credentialsField, newDigestMemory, parseChallenge } from '../../../firmware/sip/auth/digest.ts';
import type { HeaderField, SipRequest, SipResponse } from '../../../firmware/sip/message.ts';
import { makeRequest, makeResponse } from '../../../firmware/sip/syntax/build-message.ts';

const field = (value: string, name: string): string => new RegExp(`\\b${name}="?([^",]*)`).exec(value)?.[1] ?? '';

const mufasa = { user: 'Mufasa', password: 'Circle of Life' };
const http: Omit<Challenge, 'algorithm'> = {
  realm: 'http-auth@example.org', nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v', opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS', qop: 'auth', stale: false,
};
const httpCnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';

/** RFC 7616 section 3.9.1. */
for (const [algorithm, response] of [
  ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
] as const) {
  test(`RFC 7616 3.9.1, ${algorithm}`, () => {
    const value = credentialsField({ ...http, algorithm }, mufasa, 'GET', '/dir/index.html', httpCnonce, 1);
    assert.is(field(value, 'response'), response);
    assert.equal([field(value, 'username'), field(value, 'realm'), field(value, 'uri')], ['Mufasa', http.realm, '/dir/index.html']);
    assert.equal([field(value, 'nonce'), field(value, 'opaque'), field(value, 'cnonce')], [http.nonce, http.opaque, httpCnonce]);
    assert.match(value, new RegExp(`algorithm=${algorithm},.*qop=auth, nc=00000001, `));
  });
}

test('RFC 7616 3.9.2, SHA-512-256 with a name in UTF-8', () => {
  // The RFC prints ae66e67d..., which is what SHA-512 cut to 256 bits gives at each step; SHA-512/256 is another function.
  const challenge: Challenge = { realm: 'api@example.org', nonce: '5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK', opaque: null, algorithm: 'SHA-512-256', qop: 'auth', stale: false };
  const value = credentialsField(challenge, { user: 'J\u00e4s\u00f8n Doe', password: 'Secret, or not?' }, 'GET', '/doe.json', 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v', 1);
  assert.is(field(value, 'response'), '3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5');
});

test('RFC 2617 3.5, and the same without qop as RFC 2069 has it', () => {
  const old: Challenge = { realm: 'testrealm@host.com', nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093', opaque: null, algorithm: 'MD5', qop: 'auth', stale: false };
  const credentials = { user: 'Mufasa', password: 'Circle Of Life' };
  assert.is(field(credentialsField(old, credentials, 'GET', '/dir/index.html', '0a4f113b', 1), 'response'), '6629fae49393a05397450978507c4ef1');
  const bare = credentialsField({ ...old, qop: null }, credentials, 'GET', '/dir/index.html', '0a4f113b', 1);
  assert.is(field(bare, 'response'), '670fd8c2df070c60b045671b8b24ff02');
  assert.not.match(bare, /qop|nc=|cnonce/);
});

test('-sess mixes both nonces into the secret', () => {
  const session = { ...http, algorithm: 'MD5-sess' };
  const hash = (text: string): string => createHash('md5').update(text).digest('hex');
  const secret = hash(`${hash('Mufasa:http-auth@example.org:Circle of Life')}:${http.nonce}:a`);
  const expected = hash(`${secret}:${http.nonce}:00000001:a:auth:${hash('GET:/')}`);
  assert.is(field(credentialsField(session, mufasa, 'GET', '/', 'a', 1), 'response'), expected);
});

test('quotes in names do not break the field', () => {
  const value = credentialsField({ ...http, realm: 'the "old" pbx', algorithm: 'MD5' }, { user: 'a"b\\c', password: 'x' }, 'REGISTER', 'sip:pbx', 'c', 1);
  assert.ok(value.startsWith('Digest username="a\\"b\\\\c", realm="the \\"old\\" pbx", '), value);
});

const request = (...fields: readonly HeaderField[]): SipRequest => makeRequest('REGISTER', 'sip:pbx.example', fields);

function challenged(status: 401 | 407, ...values: readonly string[]): SipResponse {
  const response = makeResponse(request(), status);
  for (const value of values) response.headers.append(status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate', value);
  return response;
}

const credentials = { user: 'vm', password: 'secret' };
const answer = (response: SipResponse, tried: SipRequest = request()): HeaderField | null => authorise(tried, response, credentials, newDigestMemory(), 'c');

const parsed: readonly (readonly [string, Partial<Challenge> | null])[] = [
  ['Digest realm="a", nonce="b"', { realm: 'a', nonce: 'b', algorithm: 'MD5', qop: null, opaque: null, stale: false }],
  ['digest REALM="a",NONCE="b",QOP="auth,auth-int",Opaque="",Stale=TRUE', { qop: 'auth', opaque: '', stale: true }],
  ['Digest realm="a, \\"b\\"", nonce="b", algorithm="SHA-256", qop=auth', { realm: 'a, "b"', algorithm: 'SHA-256', qop: 'auth' }],
  ['Digest realm="", nonce=""', { realm: '', nonce: '' }],
  ['Digest  algorithm = sha-256 , nonce = "b" , realm = "a"', { algorithm: 'sha-256', realm: 'a' }],
  ['Digest realm="a", nonce="b", qop="auth-int"', null],
  ['Digest realm="a", nonce="b", algorithm=AKAv1-MD5', null],
  ['Digest realm="a"', null],
  ['Digest nonce="b"', null],
  ['Basic realm="a"', null],
  ['Digest', null],
  ['', null],
];

for (const [value, expected] of parsed) {
  test(`challenge: ${value}`, () => {
    const challenge = parseChallenge(value);
    if (expected === null) return assert.is(challenge, null);
    for (const [name, wanted] of Object.entries(expected)) assert.is(challenge?.[name as keyof Challenge], wanted, name);
  });
}

test('of several challenges the strongest that is supported is met, wherever it stands', () => {
  const digest = (algorithm: string): string => `Digest realm="pbx", nonce="${algorithm}", algorithm=${algorithm}, qop="auth"`;
  const chosen = (...names: readonly string[]): string => field(answer(challenged(401, ...names.map(digest)))?.value ?? '', 'algorithm');
  assert.is(chosen('MD5', 'SHA-256'), 'SHA-256');
  assert.is(chosen('SHA-256', 'MD5', 'SHA-512-256'), 'SHA-512-256');
  assert.is(chosen('SHA3-512', 'MD5'), 'MD5');
  assert.is(chosen('MD5-sess', 'MD5'), 'MD5');
  assert.is(answer(challenged(401, 'Basic realm="a"', digest('NEW'))), null);
  assert.is(answer(challenged(401)), null);
});

test('401 and 407 are answered in fields of their own', () => {
  const digest = 'Digest realm="pbx", nonce="n"';
  assert.is(answer(challenged(401, digest))?.name, 'Authorization');
  assert.is(answer(challenged(407, digest))?.name, 'Proxy-Authorization');
});

test('credentials that were refused are not sent again, unless the nonce was stale', () => {
  const digest = 'Digest realm="pbx", nonce="n"';
  const tried = request({ name: 'Authorization', value: 'Digest ...' });
  assert.is(answer(challenged(401, digest), tried), null);
  assert.is.not(answer(challenged(401, `${digest}, stale=true`), tried), null);
  assert.is.not(answer(challenged(407, digest), tried), null, 'a proxy has not seen any yet');
});

test('uses of a nonce are counted, and a new nonce begins anew', () => {
  const memory = newDigestMemory();
  const uses = (nonce: string): string => field(authorise(request(), challenged(401, `Digest realm="pbx", nonce="${nonce}", qop="auth"`), credentials, memory, 'c')?.value ?? '', 'nc');
  assert.equal([uses('a'), uses('a'), uses('a'), uses('b'), uses('b')], ['00000001', '00000002', '00000003', '00000001', '00000002']);
});

test('nc is hexadecimal', () => {
  assert.match(credentialsField({ ...http, algorithm: 'MD5' }, mufasa, 'GET', '/', 'c', 26), /nc=0000001a/);
});

test.run();
