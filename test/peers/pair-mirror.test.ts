// Two real units whose messages are mirrored: one is killed and its disk is gone, an owner collects at the other, an empty machine takes its place.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { networkNamespaces } from '../support/namespace-lan.ts';
import { leaveTrack } from '../support/peers/leave-calls.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { writeTrack } from '../support/peers/rtp-track.ts';
import { sipp } from '../support/peers/sipp.ts';
import type { SippCall } from '../support/peers/sipp.ts';
import { PairOfUnits, shared } from '../support/peers/unit-pair.ts';
import type { Rank } from '../support/peers/unit-pair.ts';
import { requires, root, skipTest } from '../support/skip.ts';

let started: Promise<PairOfUnits> | null = null;
const pairOfUnits = (): Promise<PairOfUnits> => (started ??= PairOfUnits.start({ exchange: { messages: 'mirror', syncKbps: 20_000 } }));

const tracks = mkdtempSync(path.join(tmpdir(), 'mirror-'));
const left = ['201', '202', '203'];
let audio: readonly Float64Array[] = [];
let ownersPin = '';

async function calls(pair: PairOfUnits, scenario: string, values: SippCall['values']): Promise<void> {
  const end = await sipp({ scenario, values, host: shared, to: 5060, address: pair.lan.ipv4('callers'), namespace: pair.lan.namespace('callers'), port: 5060 });
  assert.ok(end.code === 0 && end.successful === 1, `the caller was not served: ${end.errors.slice(0, 2000)}`);
}

async function leaves(pair: PairOfUnits, mailbox: string): Promise<void> {
  const { file, ms } = leaveTrack({ mailbox });
  await calls(pair, 'call-and-hang-up', { number: mailbox, payload: 0, track: file, trackMs: ms + 300 });
}

/** Ids and states of all messages. */
const holds = async (pair: PairOfUnits, rank: Rank): Promise<string[]> => (await pair.unit(rank).messages()).map(({ id, state }) => `${id} ${state}`).sort();

/** Resolves to the milliseconds until both hold the same, so many. */
async function same(pair: PairOfUnits, count: number, limitMs: number): Promise<number> {
  const began = Date.now();
  for (;;) {
    const [here, there] = [await holds(pair, 'primary'), await holds(pair, 'backup')];
    if (here.length === count && here.join() === there.join()) return Date.now() - began;
    assert.ok(Date.now() - began < limitMs, `${here.join()} and ${there.join()}\n${pair.primary.log.slice(-10).join('\n')}\n${pair.backup.log.slice(-10).join('\n')}`);
    await sleep(100);
  }
}

const scenarios: Readonly<Record<string, (pair: PairOfUnits) => Promise<void>>> = {
  'messages left at the primary are at the backup, sample for sample': async (pair) => {
    for (const mailbox of left) await leaves(pair, mailbox);
    figure(`three messages were on both ${await same(pair, left.length, 20_000)} ms after the last call`);
    await pair.shows('backup', /^to come here +(\w+)/m, 'nothing', 10_000);
    await pair.shows('primary', /^to go to the partner +(\w+)/m, 'nothing', 10_000);
    await pair.shows('backup', /^site +([a-z-]+):/m, 'in-step', 30_000);
    const ids = (await pair.primary.messages()).map(({ id }) => id);
    audio = await Promise.all(ids.map((id) => pair.primary.audio(id)));
    for (const [at, id] of ids.entries()) assert.equal(await pair.backup.audio(id), audio[at]);
    ownersPin = pair.primary.pin('201');
  },

  'kill -9 of the primary, and its disk is gone: an owner collects at the backup, and another message is left': async (pair) => {
    await pair.primary.kill();
    rmSync(pair.primary.folder, { recursive: true });
    await pair.until('backup', 'backup-active', 5000);
    const { file, ms } = writeTrack(path.join(tracks, 'collect.pcap'), [500, '201#', 500, `${ownersPin}#`, 2500, '5', 2000, '0', 20_000]);
    await calls(pair, 'call-until-bye', { number: '*17', uri: `sip:*17@${shared}:5060`, track: file, trackMs: ms });
    assert.is((await pair.backup.messages('201'))[0]?.state, 'saved');
    await leaves(pair, '204');
    assert.is((await pair.backup.messagesOnce('204', 1)).length, 1);
  },

  'an empty machine takes its place: everything is there again, once, and as it was heard': async (pair) => {
    await pair.replacePrimary();
    figure(`an empty primary had all four messages again ${await same(pair, 4, 60_000)} ms after it was paired`);
    assert.is((await pair.primary.messages('201'))[0]?.state, 'saved');
    const ids = (await pair.primary.messages()).filter(({ mailbox }) => left.includes(mailbox)).map(({ id }) => id);
    const again = await Promise.all(ids.map((id) => pair.primary.audio(id)));
    assert.equal(again, audio);
    await pair.shows('primary', /^to come here +(\w+)/m, 'nothing', 10_000);
  },
};

const missing = requires(root, networkNamespaces, 'sipp');
for (const [name, run] of Object.entries(scenarios)) {
  if (missing === undefined) test(name, async () => run(await pairOfUnits()));
  else skipTest(name, missing);
}

test.after(async () => {
  rmSync(tracks, { recursive: true });
  if (started === null) return;
  const pair = await started.catch(() => null);
  await Promise.all([pair?.primary.stop(), pair?.backup.stop()]);
  endPrograms();
  pair?.lan.remove();
});

test.run();
