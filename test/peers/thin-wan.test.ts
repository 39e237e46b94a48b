// A line of 512 kbit/s between two sites: four calls over it, and a long greeting that the pair synchronises meanwhile.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LinuxClock } from '../../hal/drivers/linux/linux-clock.ts';
import { LinuxStorage } from '../../hal/drivers/linux/linux-storage.ts';
import { figure } from '../support/figure.ts';
import type { NamespaceLan } from '../support/namespace-lan.ts';
import { networkNamespaces } from '../support/namespace-lan.ts';
import { leaveTrack, spokenMs, wentWell } from '../support/peers/leave-calls.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import type { Flow } from '../support/peers/rtp-arrivals.ts';
import { Arrivals, lateness, missing, transit } from '../support/peers/rtp-arrivals.ts';
import { sipp } from '../support/peers/sipp.ts';
import { PairOfUnits } from '../support/peers/unit-pair.ts';
import { command, requires, root, skipTest } from '../support/skip.ts';
import { makeStore } from '../support/store-fixture.ts';

const lineKbps = 512;
/** What the schema gives, and says to leave room for four calls on such a line. */
const syncKbps = 64;
const greetingSec = 120;
/** A recording keeps a few seconds in memory; the disk must have had time for them. */
const writeMs = 20;
const mailboxes = ['201', '202', '203', '204'];
/** Both speak: the greeting is heard to its end. */
const hearsGreetingMs = 13_000;
/** A frame that comes later than this is late: a jitter buffer of three frames has played past it. */
const lateMs = 60;

/** Both ways of the backup's card: the second site has no other. A packet of 1.5 KB takes 24 ms on such a line. */
function thin(lan: NamespaceLan): void {
  for (const [machine, device] of [['switch', 'backup'], ['backup', 'eth0']] as const) lan.shape(machine, device, lineKbps);
}

/** A data folder in which the owner of mailbox 207 has recorded a greeting of two minutes. */
async function withGreeting(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'greeting-'));
  const storage = await LinuxStorage.at(path.join(folder, 'data'));
  const { store } = makeStore(storage, { maxSec: 180 }, 1, new LinuxClock(), { mailboxes: () => ['207'] });
  await store.open();
  const writer = await store.greetings.begin('207', 'greeting', 'PCMU');
  for (let second = 0; second < greetingSec; second++) {
    assert.ok(writer.append(new Uint8Array(8000).fill(second), 0));
    await sleep(writeMs);
  }
  await store.greetings.commit('207', 'greeting', await writer.finish('copied'));
  await store.close();
  return folder;
}

const most = (values: readonly number[]): number => Math.round(values.reduce((one, other) => Math.max(one, other), 0));

interface Measured {
  readonly packets: number;
  readonly lost: number;
  readonly late: number;
  readonly mostMs: number;
}

function measured(flows: readonly Flow[], times: (flow: Flow) => number[]): Measured {
  const all = flows.flatMap(times);
  return { packets: all.length, lost: flows.reduce((sum, flow) => sum + missing(flow), 0), late: all.filter((ms) => ms > lateMs).length, mostMs: most(all) };
}

const told = ({ packets, lost, late, mostMs }: Measured): string => `${packets} packets, ${lost} lost, ${late} late, ${mostMs} ms at most`;

async function fourCalls(): Promise<void> {
  const folder = await withGreeting();
  const pair = await PairOfUnits.start({ syncKbps, unit: (rank) => (rank === 'primary' ? { folder } : {}), before: async (lan) => thin(lan) });
  const { lan } = pair;
  await pair.shows('backup', /^site +([a-z-]+):/m, 'fetching', 20_000);
  const [here, there] = await Promise.all([Arrivals.start(lan, 'callers'), Arrivals.start(lan, 'backup')]);
  const calls = mailboxes.map((mailbox) => {
    const { file, ms } = leaveTrack({ mailbox, hearsGreetingMs });
    return sipp({
      scenario: 'call-and-hang-up', values: { number: mailbox, payload: 0, track: file, trackMs: ms + 300 }, host: lan.ipv4('backup'), to: 5060,
      address: lan.ipv4('callers'), namespace: lan.namespace('callers'),
    });
  });
  for (const end of await Promise.all(calls)) wentWell(end);
  await pair.shows('backup', /^site +([a-z-]+):/m, 'fetching', 0);
  const [atCallers, atUnit] = [await here.stop(lan.ipv4('primary')), await there.stop(lan.ipv4('primary'))];

  const backup = lan.ipv4('backup');
  const spoken = atUnit.flows.filter(({ to }) => to.startsWith(`${backup}:`));
  const heard = atCallers.flows.filter(({ from }) => from.startsWith(`${backup}:`));
  assert.equal([spoken.length, heard.length], [mailboxes.length, mailboxes.length]);
  const sent = (flow: Flow): Flow => atCallers.flows.find(({ from, to }) => from === flow.from && to === flow.to) ?? { ...flow, packets: [] };
  const [toUnit, toCallers] = [measured(spoken, (flow) => transit(sent(flow), flow)), measured(heard, lateness)];
  const kbps = (8 * atUnit.tcp.bytes) / atUnit.tcp.ms;
  figure(`${lineKbps} kbit/s, four calls and a greeting at ${kbps.toFixed(0)} kbit/s: to the unit ${told(toUnit)}; to the callers ${told(toCallers)}`);
  assert.ok(kbps > syncKbps / 4 && kbps < syncKbps * 1.25, `${kbps} kbit/s`);
  assert.ok(toUnit.packets > 2000 && toCallers.packets > 500);
  assert.equal([toUnit.lost, toUnit.late, toCallers.lost, toCallers.late], [0, 0, 0, 0]);
  await pair.backup.waitForLog('message-stored', mailboxes.length, 5000);
  const stored = pair.backup.logged('message-stored').map((line) => /mailbox=(\d+) .*durationMs=(\d+) lostPackets=(\d+)/.exec(line)?.slice(1).map(Number) ?? []);
  assert.equal(stored.map(([mailbox, ms = 0, lost]) => `${mailbox} ${ms >= spokenMs} ${lost}`).sort(), mailboxes.map((mailbox) => `${mailbox} true 0`));
  await Promise.all([pair.primary.stop(), pair.backup.stop()]);
  lan.remove();
}

const name = 'thin-wan: four calls are up, a greeting comes over the same line, and no frame is late';
const absent = requires(root, networkNamespaces, command('tc', 'iproute2'), command('tshark', 'tshark'), 'sipp');
if (absent === undefined) test(name, fourCalls);
else skipTest(name, absent);

test.after(endPrograms);
test.run();
