// What waits for the disk: after a standstill of the process, and where the disk is too slow.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CaptureFile } from '../../../firmware/capture/capture-file.ts';
import type { PcapPacket } from '../../../firmware/capture/pcap-file.ts';
import { headBytes, recordHeadBytes } from '../../../firmware/capture/pcap-file.ts';
import { linkTypes } from '../../../hal/capture.ts';
import { SimStorage } from '../../../hal/sim/sim-storage.ts';

const path = 'captures/one.pcap';
/** G.711 in RTP, UDP, IPv4 and the head of a cooked link; each way of 40 calls, 50 a second. */
const packetBytes = 160 + 12 + 8 + 20 + 16;
const perSecond = 4000;
const limitBytes = 50 * 1024 * 1024;

/** `seconds` counts them. */
const packet = (seconds: number): PcapPacket => ({ seconds, nanoseconds: 0, bytes: new Uint8Array(packetBytes), length: packetBytes });

async function capture(): Promise<{ storage: SimStorage; file: CaptureFile; add: (count: number) => void; counted: () => Promise<number[]> }> {
  const storage = new SimStorage();
  await storage.makeDirectory('captures');
  const file = await CaptureFile.create(storage, path, linkTypes.linuxCooked, limitBytes);
  let next = 0;
  const add = (count: number): void => {
    for (const end = next + count; next < end; next++) file.add(packet(next));
  };
  const counted = async (): Promise<number[]> => {
    const open = await storage.open(path, 'read');
    const bytes = new Uint8Array(await open.size());
    await open.read(bytes, 0);
    assert.is(bytes.length, file.bytes);
    const view = new DataView(bytes.buffer);
    return Array.from({ length: (bytes.length - headBytes) / (recordHeadBytes + packetBytes) }, (_, at) => view.getUint32(headBytes + at * (recordHeadBytes + packetBytes), true));
  };
  return { storage, file, add, counted };
}

test('two seconds of 40 calls come within one turn, while what came before is being written: none is lost, and all are in order', async () => {
  const { storage, file, add, counted } = await capture();
  add(perSecond / 4);
  storage.fault = ({ kind }) => {
    assert.is(kind, 'write');
    storage.fault = null;
    add(2 * perSecond);
    return null;
  };
  await file.flush();
  assert.equal([file.packets, file.lost], [2.25 * perSecond, 0]);
  await file.close();
  assert.equal(await counted(), Array.from({ length: 2.25 * perSecond }, (_, at) => at));
});

test('what waits is bounded: the rest is counted as lost, until there is room again', async () => {
  const { file, add, counted } = await capture();
  add(10 * perSecond);
  const taken = file.packets;
  assert.ok(taken > 2.4 * perSecond && taken < 4 * perSecond, `${taken} packets`);
  assert.is(file.lost, 10 * perSecond - taken);
  for (const _ of [1, 2, 3]) {
    await file.flush();
    add(2 * perSecond);
  }
  assert.equal([file.packets, file.lost], [taken + 6 * perSecond, 10 * perSecond - taken]);
  await file.close();
  assert.is((await counted()).length, file.packets);
});

test.run();
