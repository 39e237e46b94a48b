import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ChunkPlaces, placesPerPort } from '../../../firmware/media/chunk-places.ts';
import type { MediaEvent, MediaThreadEvent } from '../../../firmware/media/media-protocol.ts';
import { wholeEvents } from '../../../firmware/media/whole-events.ts';
import { SimRandom } from '../../../hal/sim/sim-random.ts';
import { BusyRecorders } from '../../support/media/busy-recorders.ts';
import { SlowControl } from '../../support/media/slow-control.ts';

const taken = (places: ChunkPlaces, port: number): number[] => Array.from({ length: placesPerPort + 1 }, () => places.take(port));

test('a port has its own places, the lowest that is free first, and none when all are taken', () => {
  const places = ChunkPlaces.make(2);
  assert.equal(taken(places, 1), [3, 4, 5, -1]);
  assert.equal(taken(places, 0), [0, 1, 2, -1]);
});

test('what was given is fetched once, whole, as it was said to be, and the place is free again', () => {
  const near = ChunkPlaces.make(2);
  const far = ChunkPlaces.of(near.memory);
  const place = near.take(1);
  near.octets.fill(9, near.startOf(place), near.startOf(place) + 8000);
  assert.is(far.fetch(place), null, 'it is being gathered');
  near.handOver(place, 70_000, 3, 12, 'PCMA', 8000, 5);
  const chunk = far.fetch(place);
  assert.equal(chunk, { type: 'chunk', port: 1, session: 70_000, record: 3, sequence: 12, codec: 'PCMA', bytes: new Uint8Array(8000).fill(9), lostPackets: 5 });
  assert.is(far.fetch(place), null, 'it has been fetched');
  assert.is(near.take(1), place);
  near.octets.fill(1, near.startOf(place), near.startOf(place) + 8000);
  assert.ok(chunk?.bytes.every((octet) => octet === 9), 'what was fetched lies elsewhere');
});

test('the longest chunk ends before the next place begins', () => {
  const places = ChunkPlaces.make(1);
  for (const place of taken(places, 0).slice(0, placesPerPort)) {
    places.octets.fill(place, places.startOf(place), places.startOf(place) + 8000);
    places.handOver(place, 1, 1, place, 'PCMU', 8000, 0);
  }
  for (const place of [0, 1, 2]) assert.equal([places.fetch(place)?.sequence, ...new Set(places.octets.slice(places.startOf(place), places.startOf(place) + 8000))], [place, place]);
});

test('memory that no chunk was ever long enough for is told as untouched, whoever used the places since', () => {
  const places = ChunkPlaces.make(2);
  const all = places.memory.byteLength;
  assert.is(places.untouchedBytes, all);
  const used = [[0, 4000], [0, 160], [0, 8000], [1, 160]].map(([port = 0, bytes = 0]) => {
    const place = places.take(port);
    places.handOver(place, 1, 1, 0, 'PCMU', bytes, 0);
    places.fetch(place);
    return all - places.untouchedBytes;
  });
  assert.equal(used, [4032, 4032, 8032, 8032 + 192]);
});

test('other events pass the door as they are and in order, and a place that holds nothing is told of', () => {
  const told: MediaEvent[] = [];
  const door = wholeEvents((event) => void told.push(event));
  const places = ChunkPlaces.make(1);
  const silent: MediaEvent = { type: 'rtp-timeout', port: 0, session: 1, silentMs: 5 };
  door({ type: 'chunk-places', memory: places.memory });
  const placed = places.handOver(places.take(0), 1, 1, 0, 'PCMU', 160, 0);
  for (const event of [silent, placed, silent, placed]) door(event);
  assert.equal(told.map(({ type }) => type), ['rtp-timeout', 'chunk', 'rtp-timeout', 'log']);
  assert.is(told[0], silent);
});

test('nothing is lost, overwritten or out of order, however late control comes to it', () => {
  let [placed, own] = [0, 0];
  for (let seed = 1; seed <= 12; seed++) {
    const random = new SimRandom(seed);
    const pipe: { readonly dueAt: number; readonly event: MediaThreadEvent }[] = [];
    let now = 0;
    let awake = 0;
    const recorders = new BusyRecorders(3, random, (event) => void pipe.push({ dueAt: now, event }));
    const control = new SlowControl();
    const door = wholeEvents((event) => control.take(event));
    door({ type: 'chunk-places', memory: recorders.places.memory });
    const hear = (most: number): void => {
      for (const { event } of pipe.splice(0, most)) door(event);
    };
    for (; now < 4000; now++) {
      recorders.frame();
      // Mostly at once; now and then it stands still for up to five seconds, or hears one event of many.
      if (random.below(150) === 0) awake = now + random.below(250);
      if (now >= awake) hear(random.below(4) === 0 ? 1 : pipe.length);
    }
    recorders.end();
    hear(pipe.length);
    assert.equal([...control.heard()].sort(([a], [b]) => a - b), [...recorders.said].sort(([a], [b]) => a - b), `seed ${seed}`);
    for (let port = 0; port < 3; port++) assert.equal(taken(recorders.places, port).filter((place) => place >= 0).length, placesPerPort, 'all places have been given back');
    placed += recorders.placed;
    own += recorders.own;
  }
  assert.ok(own > 1000 && placed > 1000, `${placed} chunks in places, ${own} in memory of their own`);
});

test.run();
