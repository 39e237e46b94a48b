import { commandLine, refuse } from '../../board/setup/command-line.mjs';
import type { Asked, Plan } from './plan.ts';
import { planOf } from './plan.ts';
import { hasRatios, ratiosFile } from './ratios-file.ts';
import { sectionNames } from './section-names.ts';

/** What the command line says. */
export interface BenchOptions {
  readonly check: boolean;
  readonly store: boolean;
  /** CPU profiles are written. */
  readonly profile: boolean;
  /** Keeps the full store for later runs; null = it is made and removed. */
  readonly storedFolder: string | null;
  readonly plan: Plan;
}

const usage = `npm run bench [-- SECTION ... options]     all sections when none is named: ${sectionNames.join(' ')}
  --calls 1,40             with so many calls at once
  --seconds 15             how long each is measured
  --minutes 5              how long callers come and go in flat
  --runs N                 how often each section is measured
  --check                  fails where a ratio is worse than the stored one
  --store                  keeps the ratios on which the runs agree
  --profile                and a .cpuprofile of both threads in dist/, for the most calls
  --many-calls N           in virtual time
  --stored-mailboxes N, --stored-messages N, --stored-folder DIR     the size of the full store, and where it is kept
`;

/** Ends the program where what was asked for cannot be. */
export function benchOptions(): BenchOptions {
  const { values: options, positionals: sections } = commandLine(usage, {
    allowPositionals: true,
    options: {
      check: { type: 'boolean', default: false },
      store: { type: 'boolean', default: false },
      calls: { type: 'string' },
      seconds: { type: 'string' },
      minutes: { type: 'string' },
      'many-calls': { type: 'string' },
      runs: { type: 'string' },
      profile: { type: 'boolean', default: false },
      'stored-mailboxes': { type: 'string' },
      'stored-messages': { type: 'string' },
      'stored-folder': { type: 'string' },
    },
  });
  const { check, store, profile } = options;
  // Said before anything is measured: that takes minutes.
  if (check && !store && !hasRatios()) nothingStored(`there is nothing to check against: ${ratiosFile} does not exist; store the ratios of this machine with --store first`);
  const named = { calls: options.calls, seconds: options.seconds, minutes: options.minutes, runs: options.runs, manyCalls: options['many-calls'], storedMailboxes: options['stored-mailboxes'], storedMessages: options['stored-messages'] };
  return { check, store, profile, storedFolder: options['stored-folder'] ?? null, plan: planned({ sections, check, store, ...given(named) }) };
}

const given = (named: Readonly<Record<string, string | undefined>>): Partial<Asked> => Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));

function planned(asked: Asked): Plan {
  try {
    return planOf(asked, sectionNames);
  } catch (error) {
    return refuse(usage, `bench: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function nothingStored(why: string): never {
  process.stderr.write(`bench: ${why}\n`);
  process.exit(1);
}
