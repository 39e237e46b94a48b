// What a site brings along that moves here from VoiceMail Pro: how long the built unit takes to start with all of it.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ScryptPinHasher } from '../../firmware/mailbox/owner/pin-hasher.ts';
import { SimKeys } from '../../hal/sim/sim-keys.ts';
import { SimStorage } from '../../hal/sim/sim-storage.ts';
import { copyStorage } from '../support/copy-storage.ts';
import { figure } from '../support/figure.ts';
import { builtUnit } from '../support/peers/built-unit.ts';
import { endPrograms } from '../support/peers/program.ts';
import { RunningUnit } from '../support/peers/running-unit.ts';
import { audio, leave, makeStore } from '../support/store-fixture.ts';

/** What the site may add to the start of an empty unit, of the processor, on a machine where that takes `emptyCpuMs`; a slower or busier one has in proportion more. */
const mostAddedMs = 1500;
const emptyCpuMs = 1000;
const mostMs = 20_000;
const tickMs = 10;
const numbers = Array.from({ length: 500 }, (_, at) => String(2000 + at));

/** A menu that tells, asks, and leads to forty places, as those of a large site do. */
const flow = (at: number): object => ({
  form: 1, name: `Menu ${at}`, first: 'menu', starts: [{ scope: 'short code', number: `*8${100 + at}` }, { scope: 'mailbox', mailbox: numbers[at], point: 'Leave' }],
  actions: {
    menu: { action: 'Menu', prompts: [{ prompt: 'collect.main-help' }], with: { keys: ['1', '2', '3'], retries: 2, timeoutSec: 5 }, results: { 1: 'step 0', 2: 'step 1', 3: 'step 2', Timeout: 'end' } },
    ...Object.fromEntries(Array.from({ length: 40 }, (_, step) => [`step ${step}`, { action: 'Generic', with: { commands: ['INCCOUNTER:$COUNTER1', 'CP1:$KEY'] }, prompts: [{ digits: '$KEY' }], results: { Next: step === 39 ? 'end' : `step ${step + 1}` } }])),
    end: { action: 'Disconnect', prompts: [{ prompt: 'goodbye' }] },
  },
});

/** Made in memory and copied without syncs: what is measured is a start, not the years before it. */
async function writeSite(data: string): Promise<void> {
  const memory = new SimStorage();
  const { store } = makeStore(memory, {}, 5, undefined, { mailboxes: () => numbers });
  await store.open();
  const pin = await new ScryptPinHasher(new SimKeys(), 2).hash('471100');
  for (const [at, number] of numbers.entries()) {
    for (let count = 0; count < 4; count++) await leave(store, number, [audio(at, count, 800)]);
    await store.owners.change(number, (owner) => ({ ...owner, pin }));
    await store.choices.change(number, (choices) => (choices.options = { takesCalls: true }));
    if (at % 5 === 0) await store.lists.change(number, 1, { add: numbers.slice(0, 100) });
  }
  await copyStorage(memory, data);
  mkdirSync(path.join(data, 'flows/flow'), { recursive: true });
  for (let at = 0; at < 50; at++) writeFileSync(path.join(data, `flows/flow/Menu ${at}.json`), JSON.stringify(flow(at)));
}

/** All threads of a process, user and system, so far (proc(5): fields 14 and 15). */
function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const [user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13);
  return (Number(user) + Number(system)) * tickMs;
}

test.after(endPrograms);

test(`migration-size: a unit with 500 mailboxes, 2,000 messages, 100 lists and 50 flows of 42 actions says within ${mostMs / 1000} s that it answers, and takes at most ${mostAddedMs} ms of processor more than an empty one that takes ${emptyCpuMs}`, async () => {
  builtUnit();
  const folder = mkdtempSync(path.join(tmpdir(), 'migrated-'));
  const making = performance.now();
  await writeSite(path.join(folder, 'data'));
  const madeMs = performance.now() - making;
  const empty = await RunningUnit.start({ mailboxes: [] });
  const yardstickMs = cpuMsOf(empty.pid);
  await empty.mustStop();
  const [began, beganWall] = [performance.now(), Date.now()];
  const unit = await RunningUnit.start({ folder, mailboxes: numbers });
  const answersMs = Date.parse((unit.logged('started')[0] ?? '').split(' ')[0] ?? '') - beganWall;
  const [tookMs, cpuMs] = [performance.now() - began, cpuMsOf(unit.pid)];
  figure(`500 mailboxes, 2,000 messages, 50 flows: answers after ${answersMs} ms, all up after ${Math.round(tookMs)} ms, ${Math.round(cpuMs)} ms of processor, ${yardstickMs} ms without them (data made in ${Math.round(madeMs)} ms)`);
  const [flows, boxes] = [await unit.console('show flows'), await unit.console('show mailboxes')];
  assert.is(flows.match(/^Menu \d+ +42 /gm)?.length, 50, flows.slice(0, 500));
  assert.is(boxes.match(/^2\d{3} .* 4 /gm)?.length, 500, boxes.slice(0, 500));
  assert.equal(unit.log.filter((line) => / (?:error|alert) /.test(line)), []);
  await unit.mustStop();
  const added = cpuMs - yardstickMs;
  assert.ok(added < mostAddedMs * Math.max(1, yardstickMs / emptyCpuMs), `${added} ms of processor more than the ${yardstickMs} of an empty unit`);
  assert.ok(answersMs > 0 && answersMs < mostMs && tookMs < mostMs, `${answersMs} ms, ${tookMs} ms`);
});

test.run();
