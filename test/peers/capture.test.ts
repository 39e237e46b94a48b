// A technician captures real calls at the console of the running unit; tshark, which we did not write, reads the files.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Capture } from '../support/peers/capture.ts';
import type { Frame } from '../support/peers/capture.ts';
import { figures } from '../support/peers/figures.ts';
import { leave, wentWell } from '../support/peers/leave-calls.ts';
import { pcapAddon } from '../support/peers/pcap-addon.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { onlyOnce } from '../support/peers/side-by-side.ts';
import { command, root, testWith } from '../support/skip.ts';

const ports = 4;
const needs = ['tshark', command('sipp', 'sip-tester'), root, pcapAddon];
const wholeCall = ['INVITE', '200', 'ACK', 'BYE', '200'];
/** A capture ends by itself so long after its call at the latest, in milliseconds: 2 s and a turn, on a busy machine. */
const endsWithinMs = 10_000;

const unit = onlyOnce(() => RunningUnit.start({ ports, settings: { health: { everySec: 60 }, messages: { silenceSec: 0 } } }));

test.after(async () => {
  await endPrograms();
});

async function fileOf(shown: string): Promise<{ file: string; capture: Capture }> {
  const name = /captures\/\S+?\.pcap/.exec(shown)?.[0] ?? '';
  assert.not.equal(name, '', shown);
  const { folder, sipPort, rtpPort } = await unit();
  const file = path.join(folder, 'data', name);
  return { file, capture: Capture.of(file, { sip: sipPort, firstRtp: rtpPort, lastRtp: rtpPort + 2 * ports - 1 }) };
}

const sipOf = (frames: readonly Frame[]): string[] => frames.filter(({ protocols }) => protocols.includes('sip')).map(({ sip }) => sip);

async function endedByItself(): Promise<string> {
  const until = Date.now() + endsWithinMs;
  for (;;) {
    const shown = await (await unit()).console('show capture');
    if (/over:/.test(shown) || Date.now() > until) return shown;
    await sleep(200);
  }
}

testWith(needs, 'a whole call of a peer is in the file: its dialogue, its audio without a loss, and nothing that tshark complains about', async () => {
  const { file, capture } = await fileOf(await (await unit()).console('capture start local'));
  wentWell(await leave(await unit(), { mailbox: '201' }));
  const shown = await (await unit()).console('capture stop');
  assert.match(shown, /packets lost +0/);
  assert.match(shown, 'over: it was stopped');
  const [frames, streams] = [capture.frames(), capture.streams()];
  figures('capture of a peer', { frames: frames.length, bytes: statSync(file).size, streams: streams.length, lost: streams.reduce((sum, { lost }) => sum + lost, 0) });
  assert.equal(frames.map(({ complaint }) => complaint).filter((text) => text !== ''), []);
  assert.equal(sipOf(frames), wholeCall);
  assert.is(frames.length, Number(/packets +(\d+)/.exec(shown)?.[1]), 'the console counts what is in the file');
  assert.is(streams.length, 2);
  assert.ok(streams.every(({ packets, lost }) => packets > 100 && lost === 0), JSON.stringify(streams));
  assert.is(statSync(file).mode & 0o777, 0o600);
});

testWith(needs, 'a capture of one call holds nothing of another, and ends with it', async () => {
  const [mine, other] = [leave(await unit(), { mailbox: '202', values: { number: '202' } }), leave(await unit(), { mailbox: '203', hearsGreetingMs: 9000 })];
  let calls = '';
  for (const until = Date.now() + 5000; (calls.match(/20[23]/g) ?? []).length < 2 && Date.now() < until; await sleep(100)) calls = await (await unit()).console('show calls');
  const id = calls.split('\n').find((line) => / 202 /.test(line))?.trim().split(/\s+/)[0] ?? '';
  const { file, capture } = await fileOf(await (await unit()).console(`capture start ${id}`));
  assert.match(await (await unit()).console('capture start all'), 'one is at work already');
  wentWell(await mine);
  const shown = await endedByItself();
  assert.match(shown, 'over: its call is over');
  wentWell(await other);
  const frames = capture.frames();
  assert.equal(sipOf(frames), ['BYE', '200'], 'the rest of this call only');
  assert.not(readFileSync(file).includes('sip:203@'));
  assert.is(capture.streams().length, 2, 'its two streams, and none of the other call');
});

testWith(needs, 'the audit log tells who captured, and a capture can be deleted', async () => {
  assert.match(await (await unit()).console('show audit 500'), /capture start local/);
  const names = (await (await unit()).console('show capture')).match(/\d{8}-\d{6}-\S+\.pcap/g) ?? [];
  assert.ok(names.length >= 2);
  for (const name of new Set(names)) assert.match(await (await unit()).console(`capture delete ${name}`), 'is deleted');
  assert.match(await (await unit()).console('show capture'), 'no captures are kept');
  await (await unit()).mustStop();
});

test.run();
