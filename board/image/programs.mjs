// Runs the tools that images are made with. All of them see one time zone, one language and the time of the commit.
import { spawnSync } from 'node:child_process';
import { ImageError } from './image-error.mjs';

const MOST_OUTPUT_BYTES = 256 * 1024 * 1024;

/** Environment in which tools write the same bytes on every machine; `epoch` in seconds since 1970. */
export function steadyEnvironment(epoch) {
  return { ...process.env, LC_ALL: 'C', TZ: 'UTC', SOURCE_DATE_EPOCH: String(epoch), E2FSPROGS_FAKE_TIME: String(epoch) };
}

/** Runs a program to its end and gives what it printed, as bytes. Throws ImageError with the end of its complaint. */
export function runBytes(command, args, { input, cwd, env = process.env } = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { input, cwd, env, maxBuffer: MOST_OUTPUT_BYTES });
  if (error !== undefined) throw new ImageError(`${command} could not be run: ${error.message}. board/setup/debian-packages.mjs names its package.`);
  if (status !== 0) throw new ImageError(`${command} ${args.slice(0, 3).join(' ')} ... failed (${status}):\n${lastLines(String(stderr) || String(stdout))}`);
  return stdout;
}

/** The same, as text. */
export const runText = (command, args, options) => runBytes(command, args, options).toString('utf8');

const lastLines = (text) => text.trimEnd().split('\n').slice(-12).join('\n');
