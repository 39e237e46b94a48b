// How the project's commands read their words: --help tells the usage, and what is not understood ends them before they begin.
import { parseArgs } from 'node:util';

/** Of a command that was not understood, as shells and getopt have it. */
const misunderstood = 2;

/** What `parseArgs` finds, with --help beside the options of `config`. Ends the program where that was asked for, and where something is not understood. */
export function commandLine(usage, { options, ...config }) {
  try {
    const found = parseArgs({ ...config, options: { ...options, help: { type: 'boolean', default: false } } });
    if (!found.values.help) return found;
  } catch (error) {
    refuse(usage, error.message);
  }
  process.stdout.write(usage);
  process.exit(0);
}

/** Ends the program: the first sentence of what is wrong, and what may be said instead. */
export function refuse(usage, wrong) {
  process.stderr.write(`${firstSentence(wrong)}\n\n${usage}`);
  process.exit(misunderstood);
}

/** parseArgs adds hints about words that begin with a dash, which mislead. */
export function firstSentence(text) {
  return `${text.split(/\n|[.]\s/, 1)[0].replace(/[.]$/, '')}.`;
}
