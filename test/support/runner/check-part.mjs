// The first part: the whole tree type-checks, and the product builds (which enforces the import rules and starts the
// result). Each counts as one test.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { forgetGroup, killGroup, rememberGroup } from './process-group.mjs';

export const checks = [
  { file: 'check/types', script: 'node_modules/typescript/bin/tsc', args: ['--noEmit', '--pretty', 'false'], limitS: 120 },
  { file: 'check/build', script: 'build.mjs', args: [], limitS: 300 },
];

export async function runCheck(check) {
  const began = Date.now();
  const { why, output } = existsSync(check.script) ? await runScript(check) : { why: `${check.script} is missing`, output: '' };
  return {
    file: check.file,
    passed: why ? 0 : 1,
    failed: why ? 1 : 0,
    skips: [],
    why: why ? [why] : [],
    output,
    ms: Date.now() - began,
  };
}

function runScript({ script, args, limitS }) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    rememberGroup(child.pid);
    let output = '';
    let late = false;
    child.stdout.on('data', (chunk) => { output += chunk; });
    child.stderr.on('data', (chunk) => { output += chunk; });
    const timer = setTimeout(() => { late = true; killGroup(child.pid); }, limitS * 1000);
    child.once('close', (code) => {
      clearTimeout(timer);
      forgetGroup(child.pid);
      resolve({ output, why: late ? `no end within ${limitS} s` : code === 0 ? '' : `exit code ${code}` });
    });
  });
}
