import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeBundle, mostBundleBytes, type UpdateSurroundings } from '../../../firmware/update/bundle-verdict.ts';
import { HeardAudio } from '../../../firmware/update/heard-audio.ts';
import { describeRelease, ownRelease, pairsWith, readRelease } from '../../../firmware/update/release-facts.ts';
import { compareVersions, isVersion } from '../../../firmware/update/version-order.ts';
import { writeRtp } from '../../../firmware/media/rtp.ts';

const here: UpdateSurroundings = { board: 'understudy-x', version: '0.2.0', release: { ...ownRelease, data: 3, dataFrom: 2 }, floor: '0.1.5', dataNeeds: 2, partner: { pair: 2, pairFrom: 1 } };
const release = { floor: '0.1.0', data: 3, dataFrom: 2, pair: 2, pairFrom: 1 };
const bundle = (more: object = {}, facts: object = {}) => ({ board: 'understudy-x', version: '0.3.0', description: describeRelease({ ...release, ...facts }), format: 'verity', bytes: 60_000_000, ...more });

test('a newer version for this board goes in without a remark; the same and an older one with one', () => {
  assert.equal(judgeBundle(bundle(), here), { ok: true, release, remark: null });
  assert.match(String((judgeBundle(bundle({ version: '0.2.0' }), here) as { remark: string }).remark), 'what runs already');
  assert.match(String((judgeBundle(bundle({ version: '0.1.5' }), here) as { remark: string }).remark), 'older than 0.2.0, which runs');
});

for (const [what, more, facts, reason] of [
  ['another board', { board: 'understudy-y' }, {}, 'it is made for understudy-y, and this unit is understudy-x'],
  ['a size that no slot has', { bytes: mostBundleBytes + 1 }, {}, 'more than any firmware'],
  ['a version that is none', { version: 'latest' }, {}, 'does not say which version'],
  ['no facts', { description: 'Understudy' }, {}, 'does not say which version'],
  ['a version below the floor', { version: '0.1.4' }, {}, 'older than 0.1.5'],
  ['a pre-release of the floor', { version: '0.1.5-rc.1' }, {}, 'older than 0.1.5'],
  ['too old a reader', {}, { data: 1, dataFrom: 1 }, 'reads data up to format 1, and what is stored here takes format 2'],
  ['a writer that this version could not read after a way back', {}, { data: 9, dataFrom: 4 }, 'takes data format 4, and this version, to which a failed update comes back, reads up to 3'],
  ['another pair protocol', {}, { pair: 4, pairFrom: 3 }, "versions 3 to 4 of the pair's protocol, and the partner 1 to 2"],
] as const) {
  test(`refused: ${what}`, () => {
    const verdict = judgeBundle(bundle(more, facts), here);
    assert.not.ok(verdict.ok);
    assert.match((verdict as { reason: string }).reason, reason);
  });
}

test('without a partner that is heard its protocol is nobody\'s hindrance', () => {
  assert.ok(judgeBundle(bundle({}, { pair: 4, pairFrom: 3 }), { ...here, partner: null }).ok);
});

test('what a release says of itself is read as it was written, and nothing else is', () => {
  assert.equal(readRelease(describeRelease(ownRelease)), ownRelease);
  for (const text of ['', 'floor=1.0.0', 'floor=1 data=1 data-from=2 pair=1 pair-from=1', 'floor=1 data=1 data-from=1 pair=1 pair-from=2', 'floor=1 data=-1 data-from=1 pair=1 pair-from=1', `${describeRelease(ownRelease)} more=1`]) assert.is(readRelease(text), null, text);
  assert.ok(pairsWith({ pair: 2, pairFrom: 1 }, { pair: 1, pairFrom: 1 }));
  assert.not.ok(pairsWith({ pair: 3, pairFrom: 2 }, { pair: 1, pairFrom: 1 }));
});

test('versions are ordered as Semantic Versioning has it', () => {
  const rising = ['0.1.0', '0.1.1', '0.2.0-alpha', '0.2.0-alpha.1', '0.2.0-alpha.beta', '0.2.0-beta', '0.2.0-beta.2', '0.2.0-beta.11', '0.2.0-rc.1', '0.2.0', '0.10.0', '1.0.0'];
  for (let at = 1; at < rising.length; at++) {
    assert.ok(compareVersions(rising[at - 1] as string, rising[at] as string) < 0, `${rising[at - 1]} < ${rising[at]}`);
    assert.ok(compareVersions(rising[at] as string, rising[at - 1] as string) > 0);
    assert.is(compareVersions(rising[at] as string, rising[at] as string), 0);
  }
  for (const text of ['', '1', '1.0', '1.0.0.0', 'v1.0.0', '1.0.0-', '1.0.0 ']) assert.not.ok(isVersion(text), text);
  assert.throws(() => compareVersions('1.0', '1.0.0'));
});

function packet(payloadType: number, fill: number, payloadBytes = 160): Uint8Array {
  const bytes = new Uint8Array(12 + payloadBytes).fill(fill);
  writeRtp(bytes, false, payloadType, 1, 0, 7);
  return bytes;
}

test('audio is ten packets with a sound: not silence, not another payload, not what is no RTP', () => {
  const heard = new HeardAudio();
  for (let count = 0; count < 50; count++) {
    heard.packet(packet(0, 0xff)); // silence in u-law
    heard.packet(packet(8, 0xd5)); // and in A-law
    heard.packet(packet(101, 0x80, 4));
    heard.packet(new Uint8Array(5));
  }
  assert.not.ok(heard.enough);
  assert.is(heard.told, '100 packets of audio came, 0 of them with a sound');
  for (let count = 0; count < 9; count++) heard.packet(packet(0, 0x80));
  assert.not.ok(heard.enough);
  heard.packet(packet(8, 0x2a));
  assert.ok(heard.enough);
  assert.is(new HeardAudio().told, 'no packet of audio came');
});

test.run();
