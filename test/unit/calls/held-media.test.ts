import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { heldMedia } from '../../../firmware/calls/held-media.ts';
import type { MediaDirection, MediaSettings } from '../../../firmware/media/media-protocol.ts';

const settings = (direction: MediaDirection): MediaSettings => ({
  remote: { address: '10.0.0.1', port: 4000 }, remoteRtcp: null, codec: 'PCMU', payloadType: 0, eventPayloadType: 101, direction, ptimeMs: 20,
});

test('hold-music-in-the-message: a peer that only sends from now on has put us on hold', () => {
  assert.equal(heldMedia(settings('recvonly'), 'sendrecv'), settings('inactive'));
});

test('a call that was one-way from the start goes on being heard', () => {
  assert.equal(heldMedia(settings('recvonly'), 'recvonly'), settings('recvonly'));
});

test('every other direction is taken as agreed', () => {
  for (const direction of ['sendrecv', 'sendonly', 'inactive'] as const) assert.equal(heldMedia(settings(direction), 'sendrecv'), settings(direction));
});

test.run();
