// Two real units with one network way and a serial line between them: pseudo-terminals, since a serial device is none of a namespace.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../support/figure.ts';
import { networkNamespaces } from '../support/namespace-lan.ts';
import { endPrograms, sleep } from '../support/peers/program.ts';
import { PairOfUnits } from '../support/peers/unit-pair.ts';
import { PtyCable } from '../support/serial-cable.ts';
import { requires, root, skipTest } from '../support/skip.ts';

interface World {
  readonly pair: PairOfUnits;
  readonly cable: PtyCable;
}

let started: Promise<World> | null = null;
const cable = new PtyCable();

async function begin(): Promise<World> {
  await cable.plug();
  const pair = await PairOfUnits.start({ serial: { primary: cable.left, backup: cable.right } });
  return { pair, cable };
}

/** State of the way over the serial line, or of the one over the network. */
const lineState = /^\/\S+ +(up|silent|no cable)/m;
const lanState = /^10\.9\.0\.\d+ +(up|silent|no cable)/m;
const returnMs = 20_000;

/** When the unit wrote the first line of this event and text since `sinceMs`. */
function loggedMs(log: readonly string[], text: string, sinceMs: number): number | null {
  const times = log.filter((line) => line.includes(text)).map((line) => Date.parse(line.split(' ')[0] ?? ''));
  return times.find((ms) => ms >= sinceMs) ?? null;
}

const scenarios: Readonly<Record<string, (world: World) => Promise<void>>> = {
  'both ways are up': async ({ pair }) => {
    for (const rank of ['primary', 'backup'] as const) {
      await pair.shows(rank, lineState, 'up', 5000);
      await pair.shows(rank, lanState, 'up', 5000);
    }
  },

  'network between the two cut: the line alone keeps the partner alive': async ({ pair }) => {
    pair.lan.separate(['primary', 'backup'], true);
    await pair.shows('backup', lanState, 'silent', 3000);
    await sleep(2000);
    for (const rank of ['primary', 'backup'] as const) await pair.heard(rank, 1000);
    assert.equal(pair.holders(), ['primary']);
    pair.lan.separate(['primary', 'backup'], false);
    await pair.shows('backup', lanState, 'up', 3000);
  },

  'cable-cut at the primary: over the line it says that nobody answers it, and the backup serves': async ({ pair }) => {
    const cutMs = Date.now();
    pair.lan.pull('primary');
    await pair.until('backup', 'backup-active', 5000);
    const tookMs = (loggedMs(pair.backup.log, 'backup-active now: the partner sees no reference any more', cutMs) ?? Infinity) - cutMs;
    figure(`cable of the primary cut, told over the line: the backup serves after ${tookMs} ms`);
    assert.ok(tookMs <= 1500, `${tookMs} ms`);
    await pair.shows('primary', lanState, 'no cable', 3000);
    pair.lan.plug('primary');
    await pair.until('backup', 'backup-standby', returnMs);
    await pair.until('primary', 'primary-active', 1000);
  },

  'line-unplugged: told as a way without cable, and up again when it is back': async ({ pair, cable }) => {
    await cable.unplug();
    await pair.shows('backup', lineState, 'no cable', 5000);
    await pair.until('backup', 'backup-standby', 1000);
    await cable.plug();
    await pair.shows('backup', lineState, 'up', 5000);
    await pair.shows('primary', lineState, 'up', 5000);
  },

  'own cable pulled at the backup: known at once, not after the dead time': async ({ pair, cable }) => {
    await cable.unplug();
    await pair.shows('backup', lineState, 'no cable', 5000);
    await pair.shows('primary', lineState, 'no cable', 5000);
    const spans: number[] = [];
    for (let round = 0; round < 3; round++) {
      await pair.until('backup', 'backup-standby', 10_000);
      await pair.heard('backup', 5000);
      await sleep(1500);
      const cutMs = Date.now();
      pair.lan.pull('backup');
      await pair.until('backup', 'isolated', 5000);
      spans.push((loggedMs(pair.backup.log, 'backup-standby to=isolated', cutMs) ?? Infinity) - cutMs);
      pair.lan.plug('backup');
    }
    figure(`own cable pulled: known after ${spans.join(', ')} ms`);
    // The first news of a cable comes at once; the kernel gathers those that follow within a second.
    assert.ok(Math.min(...spans) < 300, spans.join(', '));
    await pair.until('backup', 'backup-standby', 5000);
    await pair.until('primary', 'primary-active', 1000);
  },

  'primary-dies (kill -9) beside a line that is there: as soon as without it': async ({ pair, cable }) => {
    await cable.plug();
    await pair.shows('backup', lineState, 'up', 5000);
    const diedMs = Date.now();
    await pair.primary.kill();
    await pair.until('backup', 'backup-active', 3000);
    const tookMs = (loggedMs(pair.backup.log, 'backup-active now', diedMs) ?? Infinity) - diedMs;
    figure(`kill -9 of the primary with a serial line: the backup serves after ${tookMs} ms`);
    // The dead time is 400 ms; the rest is what a busy machine adds.
    assert.ok(tookMs <= 1000, `${tookMs} ms`);
  },
};

const missing = requires(root, networkNamespaces, 'socat');
for (const [name, run] of Object.entries(scenarios)) {
  if (missing === undefined) test(name, async () => run(await (started ??= begin())));
  else skipTest(name, missing);
}

test.after(async () => {
  const world = await started?.catch(() => null);
  await world?.pair.backup.stop();
  endPrograms();
  await cable.remove();
  world?.pair.lan.remove();
});

test.run();
