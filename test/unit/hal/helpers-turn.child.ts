// The main thread measures how long it stands still while the heap of another, in real time, is collected by V8's own decision.
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { readFileSync } from 'node:fs';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { letHelpersRun } from '../../../hal/drivers/linux/helpers-turn.ts';
import { askForPriority } from '../../../hal/drivers/linux/scheduling.ts';

const afterwardsMs = 1500;

/** proc(5): field 41. */
const policy = (): number => Number(readFileSync('/proc/thread-self/stat', 'latin1').replace(/^.*\) /, '').split(' ')[38]);

async function collected(): Promise<void> {
  const policies: number[] = [];
  let collections = 0;
  await askForPriority();
  if (workerData === 'gives-way') letHelpersRun();
  policies.push(policy());
  new PerformanceObserver((list) => {
    collections += list.getEntries().filter(({ detail }) => (detail as { kind?: number }).kind === constants.NODE_PERFORMANCE_GC_MAJOR).length;
  }).observe({ entryTypes: ['gc'] });
  // What stays fills the old generation, a little in each turn of the loop, as calls would.
  const kept: unknown[] = [];
  const fill = (): void => {
    for (let i = 0; i < 20_000; i++) kept.push({ i });
    if (collections === 0 && kept.length < 20_000_000) setTimeout(fill, 2);
    else setTimeout(() => {
      policies.push(policy());
      parentPort?.postMessage({ collections, policies });
    }, afterwardsMs);
  };
  const looks = setInterval(() => policies.push(policy()), 50);
  looks.unref();
  fill();
}

function watch(): void {
  let [last, worstMs] = [performance.now(), 0];
  const look = setInterval(() => {
    const now = performance.now();
    [worstMs, last] = [Math.max(worstMs, now - last), now];
  }, 5);
  const worker = new Worker(process.argv[1] ?? '', { workerData: process.argv[2] });
  worker.once('message', (seen: object) => {
    clearInterval(look);
    console.log(JSON.stringify({ ...seen, worstMs: Math.round(worstMs) }));
    process.exit();
  });
  last = performance.now();
}

if (isMainThread) watch();
else await collected();
