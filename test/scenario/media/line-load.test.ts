import { Session } from 'node:inspector/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { figure } from '../../support/figure.ts';
import { LoadedLines, type LineLoad } from '../../support/media/loaded-lines.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

interface ProfileNode {
  readonly selfSize: number;
  readonly children: readonly ProfileNode[];
}

const lines = 32;
const seconds = 5;
/** Bytes a frame that are allowed. Joined, the pacer runs too, whose timers and those of the test's clock are most of it. */
const loads: readonly (readonly [LineLoad, number])[] = [['on-hook, waiting for a number', 16], ['recorded and played to', 16], ['joined to a call', 40]];

/** Everything that `work` allocates, by V8's own samples; collected or not. */
async function allocatedBy(work: () => void): Promise<number> {
  const session = new Session();
  session.connect();
  const options = { samplingInterval: 512, includeObjectsCollectedByMinorGC: true, includeObjectsCollectedByMajorGC: true };
  await session.post('HeapProfiler.startSampling', options);
  work();
  const { profile } = await session.post('HeapProfiler.stopSampling');
  session.disconnect();
  const sum = (node: ProfileNode): number => node.selfSize + node.children.reduce((total, child) => total + sum(child), 0);
  return sum(profile.head);
}

for (const [load, limit] of loads) {
  test(`32 lines ${load}: less than ${limit} bytes a frame are allocated, nothing is kept, and half a core is enough`, async () => {
    const loaded = await LoadedLines.make(lines, load);
    loaded.run(3000); // optimised code first
    const frames = lines * 50 * seconds;
    const allocated = (await allocatedBy(() => void loaded.run(seconds * 1000))) / frames;
    collectGarbage();
    const [writtenBefore, sentBefore, heldBefore, cpuBefore] = [loaded.written, loaded.sent, process.memoryUsage().heapUsed, process.cpuUsage()];
    assert.is(loaded.run(seconds * 1000), frames);
    const { user, system } = process.cpuUsage(cpuBefore);
    collectGarbage();
    const kept = process.memoryUsage().heapUsed - heldBefore;
    const share = (user + system) / 1e6 / seconds;
    figure(`${lines} lines ${load}: ${allocated.toFixed(1)} bytes a frame, ${(100 * share).toFixed(1)} % of a core`);
    assert.is(loaded.written - writtenBefore, load === 'on-hook, waiting for a number' ? 0 : frames);
    assert.is(loaded.sent - sentBefore, load === 'joined to a call' ? frames : 0);
    assert.ok(allocated < limit, `${allocated} bytes a frame`);
    assert.ok(kept < 500_000, `${kept} bytes kept`);
    assert.ok(share < 0.5, `${share} of a core`);
    await loaded.close();
  });
}

test.run();
