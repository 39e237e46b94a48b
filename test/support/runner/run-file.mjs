import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { forgetGroup, killGroup, liveMembers, rememberGroup } from './process-group.mjs';

const OUTPUT_LIMIT = 2 * 1024 * 1024;
const LEFTOVER_GRACE_MS = 2000;

/** Keeps the end of a stream: uvu prints its totals last. */
class Tail {
  text = '';

  add(chunk) {
    this.text = (this.text + chunk).slice(-OUTPUT_LIMIT);
  }
}

/**
 * Runs one bundled test file in a process group and a temporary folder of its own.
 * Resolves to what is needed to judge it; never rejects because of what the file did.
 */
export async function runFile({ module, limitMs, outdir, lane = 0, onTest = () => {} }) {
  const tmp = mkdtempSync(path.join(os.tmpdir(), 'understudy-test-'));
  const started = Date.now();
  const child = start(module, tmp, outdir, lane);
  rememberGroup(child.pid);
  const output = new Tail();
  const ledger = [];
  child.stdout.on('data', (chunk) => output.add(chunk));
  child.stderr.on('data', (chunk) => output.add(chunk));
  readLedger(child.stdio[3], ledger, onTest);
  const end = await ended(child, limitMs);
  const leftovers = end.timedOut ? [] : await waitForMembers(child.pid);
  if (leftovers.length > 0) killGroup(child.pid);
  else forgetGroup(child.pid);
  await Promise.race([end.drained, sleep(LEFTOVER_GRACE_MS)]);
  for (const stream of child.stdio) stream?.destroy();
  rmSync(tmp, { recursive: true, force: true });
  return { ...end, leftovers, output: output.text, ledger, limitMs, ms: Date.now() - started };
}

function start(module, tmp, outdir, lane) {
  return spawn(process.execPath, ['--enable-source-maps', module], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: '0', TMPDIR: tmp, UNDERSTUDY_TEST_LEDGER: '3', UNDERSTUDY_TEST_LANE: String(lane), UNDERSTUDY_TEST_BUILD: path.resolve(outdir), UNDERSTUDY_CACHE_DIR: path.resolve(outdir, '../code') },
  });
}

function readLedger(stream, ledger, onTest) {
  let rest = '';
  stream.on('data', (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      const entry = JSON.parse(line);
      ledger.push(entry);
      if (entry.kind === 'start') onTest(entry.test);
    }
  });
}

/** 'exit', not 'close': a process that the file left behind may hold the pipes open for ever. */
function ended(child, limitMs) {
  const drained = new Promise((resolve) => child.once('close', resolve));
  return new Promise((resolve) => {
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup(child.pid);
    }, limitMs);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, timedOut, drained });
    });
  });
}

async function waitForMembers(leader) {
  const until = Date.now() + LEFTOVER_GRACE_MS;
  let members = liveMembers(leader);
  while (members.length > 0 && Date.now() < until) {
    await sleep(50);
    members = liveMembers(leader);
  }
  return members;
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
