// How the set-up steps speak: one line that says what and why, signs of life while it lasts, the time it took.
import { spawn } from 'node:child_process';

const HEARTBEAT_MS = 10_000;
const SHOWN_LINES = 20;

/** Its message is for the person at the terminal, who needs no stack trace. */
export class SetupError extends Error {}

/** Runs `work` between "doing what" and "what: 3.2 s"; passes on what it returns or throws. */
export async function step(what, work) {
  const began = Date.now();
  console.log(`${what} ...`);
  const heartbeat = setInterval(() => console.log(`  ... still at it after ${seconds(began)}`), HEARTBEAT_MS);
  try {
    const result = await work();
    console.log(`  done in ${seconds(began)}`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}

/** Runs a program to its end, quietly. Resolves to its exit code and the end of what it printed. */
export function run(command, args, { env = {}, cwd } = {}) {
  return new Promise((resolve) => {
    let output = '';
    const add = (chunk) => { output = (output + chunk).slice(-100_000); };
    // stdin stays the terminal: sudo may have to ask for a password
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['inherit', 'pipe', 'pipe'] });
    child.stdout.on('data', add);
    child.stderr.on('data', add);
    child.once('error', (error) => resolve({ code: 127, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 1, output: lastLines(output) }));
  });
}

function lastLines(text) {
  return text.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
}

function seconds(began) {
  return `${((Date.now() - began) / 1000).toFixed(1)} s`;
}
