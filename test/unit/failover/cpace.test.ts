import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { generatorString, lengthValues, publicPoint, sessionKey } from '../../../firmware/failover/pairing/cpace.ts';

// draft-irtf-cfrg-cpace-21, appendix B.3: CPace with ristretto255 and SHA-512.
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const text = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString('hex');
const session = { code: Buffer.from('Password'), channel: hex('0b415f696e69746961746f720b425f726573706f6e646572'), id: hex('7e4b4791d6a8ef019b936c79fb7f2c57') };
const ya = hex('da3d23700a9e5699258aef94dc060dfda5ebb61f02a5ea77fad53f4ff0976d08');
const yb = hex('d2316b454718c35362d83d69df6320f38578ed5984651435e2949762d900b80d');
const pointA = 'd6bac480f2c386c394efc7c47adb9925dcd2630b64f240c50f8d0eec482b9157';
const pointB = '3ea7e0b19560d7c0b0f5734f63b955286dfa8232b5ebe63324e2d9e7433f7258';

test('the generator string of B.3.1', () => {
  const wanted = `11435061636552697374726574746f3235350850617373776f726464${'00'.repeat(100)}180b415f696e69746961746f720b425f726573706f6e646572107e4b4791d6a8ef019b936c79fb7f2c57`;
  assert.is(text(generatorString(session)), wanted);
});

test('the points of both ends', () => {
  assert.equal([text(publicPoint(session, ya)), text(publicPoint(session, yb))], [pointA, pointB]);
});

test('both ends come to the session key of the draft', () => {
  const a = { point: hex(pointA), associated: Buffer.from('ADa') };
  const b = { point: hex(pointB), associated: Buffer.from('ADb') };
  const wanted = 'b69effbf61b51d56401c0f65601abe428de8206feaaf0e32198896dcae7b35cd2b38950a39dfd5d4a79164614c2984f7daa460b588c1e80c3fa2068af7900447';
  assert.is(text(sessionKey(session, ya, b.point, a, b)), wanted);
  assert.is(text(sessionKey(session, yb, a.point, a, b)), wanted);
});

test('a secret that comes in a Buffer, as from the driver, is not changed by its use', () => {
  const secret = Buffer.from(ya);
  assert.equal([text(publicPoint(session, secret)), text(publicPoint(session, secret))], [pointA, pointA]);
});

test('the neutral element, and what is no element, end the run (section 8.3.1)', () => {
  const share = { point: hex(pointA), associated: new Uint8Array(0) };
  for (const bad of ['2b3c6b8c4f3800e7aef6864025b4ed79bd599117e427c41bd47d93d654b4a51c', '00'.repeat(32), 'ff'.repeat(32), pointA.slice(2)]) {
    assert.is(sessionKey(session, ya, hex(bad), share, share), null, bad);
  }
  assert.ok(sessionKey(session, ya, hex('2c3c6b8c4f3800e7aef6864025b4ed79bd599117e427c41bd47d93d654b4a51c'), share, share), 'the valid point of B.3.10');
});

test('any other code, session or associated data gives another key', () => {
  const shares = [{ point: hex(pointA), associated: Buffer.from('ADa') }, { point: hex(pointB), associated: Buffer.from('ADb') }] as const;
  const right = text(sessionKey(session, ya, hex(pointB), ...shares));
  const others = [
    text(sessionKey({ ...session, id: hex('00') }, ya, hex(pointB), ...shares)),
    text(sessionKey(session, ya, hex(pointB), { ...shares[0], associated: Buffer.from('ADx') }, shares[1])),
    text(sessionKey(session, ya, hex(pointB), shares[0], { ...shares[1], associated: Buffer.from('ADx') })),
    text(sessionKey(session, ya, hex(pointB), shares[1], shares[0])),
  ];
  assert.is(new Set([right, ...others]).size, 5);
  assert.not.equal(text(publicPoint({ ...session, code: Buffer.from('password') }, ya)), pointA);
});

test('lengths of 128 and more take two bytes (appendix A.1.1)', () => {
  assert.equal([...lengthValues(new Uint8Array(127)).subarray(0, 2)], [127, 0]);
  assert.equal([...lengthValues(new Uint8Array(128)).subarray(0, 3)], [0x80, 0x01, 0]);
  assert.equal([...lengthValues(new Uint8Array(300)).subarray(0, 3)], [0xac, 0x02, 0]);
});

test.run();
