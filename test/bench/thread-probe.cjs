// Preloaded into each thread of a unit that is measured (NODE_OPTIONS=--require): waits at a socket of its own, BENCH_PROBE + '.' + thread, and costs
// nothing until it is asked. A line of JSON asks, a line answers; see thread-probe.ts.
'use strict';
const { isMainThread, threadId, workerData } = require('node:worker_threads');

const base = process.env.BENCH_PROBE;
// The media thread is the one that is prepared, and told its work later (hal/drivers/linux/linux-thread.ts); the others are of no interest.
const name = isMainThread ? 'control' : workerData === 'understudy: later' ? 'media' : null;
/** Milliseconds between two looks of the delay meter, which are part of what it reports. */
const everyMs = 10;
const mostSites = 60;

let delays = null;
let session = null;

const post = (method, params) => new Promise((resolve, reject) => session.post(method, params, (error, result) => (error ? reject(new Error(error.message)) : resolve(result))));

const siteOf = ({ functionName, url, lineNumber }) => `${functionName || '(anonymous)'} ${url.split('/').pop()}:${lineNumber + 1}`;
const most = (sites) => [...sites].sort(([, a], [, b]) => b - a).slice(0, mostSites);

async function inspected(domain) {
  if (session === null) {
    session = new (require('node:inspector').Session)();
    session.connect();
  }
  await post(`${domain}.enable`);
}

const work = {
  heap() {
    return { usedBytes: require('node:v8').getHeapStatistics().used_heap_size };
  },
  delayStart() {
    delays = require('node:perf_hooks').monitorEventLoopDelay({ resolution: everyMs });
    delays.enable();
    return {};
  },
  delayStop() {
    delays.disable();
    const late = (ns) => Math.max(0, ns / 1e6 - everyMs);
    return { looks: delays.count, p50Ms: late(delays.percentile(50)), p99Ms: late(delays.percentile(99)), maxMs: late(delays.max) };
  },
  async cpuStart() {
    await inspected('Profiler');
    await post('Profiler.setSamplingInterval', { interval: 500 });
    await post('Profiler.start');
    return {};
  },
  async cpuStop({ file }) {
    const { profile } = await post('Profiler.stop');
    require('node:fs').writeFileSync(file, JSON.stringify(profile));
    const nodes = new Map(profile.nodes.map((node) => [node.id, siteOf(node.callFrame)]));
    const sites = new Map();
    profile.samples.forEach((id, at) => sites.set(nodes.get(id), (sites.get(nodes.get(id)) ?? 0) + (profile.timeDeltas[at] ?? 0)));
    const allUs = profile.endTime - profile.startTime;
    return { sites: most(sites).map(([site, us]) => ({ site, share: us / allUs })) };
  },
  async allocationStart({ intervalBytes }) {
    await inspected('HeapProfiler');
    await post('HeapProfiler.startSampling', { samplingInterval: intervalBytes, includeObjectsCollectedByMinorGC: true, includeObjectsCollectedByMajorGC: true });
    return {};
  },
  async allocationStop() {
    const { profile } = await post('HeapProfiler.stopSampling');
    const places = [];
    for (const nodes = [{ node: profile.head, outside: [] }]; nodes.length > 0; ) {
      const { node: { callFrame, selfSize, children }, outside } = nodes.pop();
      if (callFrame.url === 'node:inspector' || callFrame.url.endsWith('thread-probe.cjs')) continue; // the asking itself
      const within = [...outside, callFrame.functionName];
      nodes.push(...children.map((node) => ({ node, outside: within })));
      if (selfSize > 0) places.push({ site: siteOf(callFrame), within, bytes: selfSize });
    }
    return { places };
  },
};

if (base !== undefined && name !== null) {
  const server = require('node:net').createServer((socket) => {
    socket.on('error', () => undefined); // who asked is gone
    let text = '';
    socket.setEncoding('utf8').on('data', async (piece) => {
      text += piece;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const { ask, ...given } = JSON.parse(text.slice(0, end));
        text = text.slice(end + 1);
        const answer = await Promise.resolve().then(() => work[ask](given)).catch((error) => ({ problem: String(error) }));
        socket.write(`${JSON.stringify(answer)}\n`);
      }
    });
    socket.unref();
  });
  server.on('error', () => undefined); // the bench says that nobody answers
  server.listen(`${base}.${name}.${threadId}`);
  server.unref();
}
