// The unit calls an extension, which is sipp, and plays; its own capture of that call is read by tshark.
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Capture } from '../support/peers/capture.ts';
import { figures } from '../support/peers/figures.ts';
import { freePorts } from '../support/peers/free-ports.ts';
import { wentWell } from '../support/peers/leave-calls.ts';
import { pcapAddon } from '../support/peers/pcap-addon.ts';
import { endPrograms } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { Sipp } from '../support/peers/sipp.ts';
import { command, root, testWith } from '../support/skip.ts';

const needs = ['tshark', command('sipp', 'sip-tester'), root, pcapAddon];
const playMs = 20_000;
/** 10 s of tone in packets of 20 ms. */
const tonePackets = 500;

test.after(endPrograms);

type Transport = 'udp' | 'tcp';
const captures = new Map<Transport, Capture>();

async function call(transport: Transport): Promise<void> {
  const port = await freePorts(2);
  const unit = await RunningUnit.start({ ports: 2, settings: { health: { everySec: 60 }, peers: [{ name: 'pbx', addresses: ['127.0.0.1'], host: '127.0.0.1', port, transport }] } });
  const extension = await Sipp.start({ scenario: 'answers', port, transport });
  await extension.listens();
  const name = /captures\/\S+\.pcap/.exec(await unit.console('capture start pbx'))?.[0] ?? '';
  const told = await unit.console('play tone at 4711', playMs);
  assert.match(told, 'rings');
  assert.match(told, /answered, PCMU/);
  assert.match(told, /ended after 1[01]\.\d s: all was played, \d+ packets sent/);
  wentWell(await extension.ended);
  const stopped = await unit.console('capture stop');
  assert.match(stopped, /packets lost +0/);
  await unit.mustStop();
  captures.set(transport, Capture.of(path.join(unit.folder, 'data', name), { sip: port, firstRtp: unit.rtpPort, lastRtp: unit.rtpPort + 3 }));
}

testWith(needs, 'extensions are called by UDP and by TCP, and hear all of the tone', async () => {
  await Promise.all([call('udp'), call('tcp')]);
});

for (const transport of ['udp', 'tcp'] as const) {
  testWith(needs, `the capture of the call by ${transport} has its dialogue and every packet`, () => {
    const capture = captures.get(transport);
    const [frames, streams] = [capture?.frames() ?? [], capture?.streams() ?? []];
    figures(`play by ${transport}`, { frames: frames.length, streams: streams.length, packets: streams[0]?.packets ?? 0, lost: streams[0]?.lost ?? -1 });
    // How the kernel repeats and confirms its segments is not ours.
    const ours = frames.filter(({ protocols }) => protocols.includes('sip') || protocols.includes('udp'));
    assert.equal(ours.map(({ complaint }) => complaint).filter((text) => text !== ''), []);
    assert.equal(frames.map(({ sip }) => sip).filter((text) => text !== ''), ['INVITE', '180', '200', 'ACK', 'BYE', '200']);
    assert.is(streams.length, 1);
    assert.ok((streams[0]?.packets ?? 0) >= tonePackets && streams[0]?.lost === 0, JSON.stringify(streams));
  });
}

test.run();
