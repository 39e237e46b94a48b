// The parts of the suite, in the order in which they run. Quick parts run several files at a time; in the others a file
// has the machine to itself, because real peers and time measurements disturb each other.
import { availableParallelism } from 'node:os';

const cores = Math.max(2, availableParallelism());

/** Of calls whose times nobody measures: each file's ports are its own (`support/peers/free-ports.ts`). */
const waiting = [
  'scenario-three', 'health', 'baresip-', 'estate-broker', 'kamailio-backup-pbx', 'kamailio-dispatcher', 'kamailio-flows', 'kamailio-registrar', 'mail', 'outcall',
  'queues', 'sipp-collect', 'sipp-leave', 'sipp-lost', 'sipp-re', 'sipp-session', 'spandsp-', 'transfer', 'tshark-', 'zmodem',
];

/** Guests that count instructions instead of time; dahdi-numbers, before them, has made what all need. */
const lines = ['dahdi-unit', 'dahdi-phone', 'dahdi-trunk', 'dahdi-tones', 'dahdi-kernel'];

/** What needs one core of two each; behind the two shortest the longest begin. */
const emulated = ['first-call', 'debian-package', 'power-cuts', 'updates', 'network', 'update-media', 'start-hangs'];

/** A busy machine can make a test of real time fail once; a defect fails it again, or so many files that this is used up. */
export const secondRuns = 3;

/**
 * `budgetS`: for the whole part; `fileLimitS`: for one file. What does not fit is killed and counted as failed.
 * `twice`: some of its tests meet real time (programs, threads, the kernel), so that a file that failed runs a second time, alone, which the
 * summary tells.
 * Never where the power is cut: what is lost once in a hundred times is lost.
 * `once`: files, by the beginning of their name, that do not run a second time though others of the part do.
 * `suite`: 'image' for what `npm run test:image` runs, behind all others and alone on the machine: an emulated machine takes a whole core.
 * `together`: files, by a piece of their name, of which none needs the machine to itself: they run behind the others, two at a time, in this order.
 */
export const parts = [
  { name: 'unit', jobs: cores, budgetS: 400, fileLimitS: 120 },
  { name: 'contract', jobs: cores, budgetS: 400, fileLimitS: 60, twice: true },
  { name: 'scenario', jobs: cores, budgetS: 900, fileLimitS: 120, twice: true },
  { name: 'crash', jobs: cores, budgetS: 1000, fileLimitS: 600 },
  { name: 'peers', jobs: 1, budgetS: 2400, fileLimitS: 400, twice: true, together: waiting },
  { name: 'soak', jobs: 1, budgetS: 780, fileLimitS: 720, twice: true },
  { name: 'bundle', jobs: 1, budgetS: 420, fileLimitS: 180 },
  { name: 'guest', suite: 'image', jobs: 1, budgetS: 900, fileLimitS: 600, twice: true, together: lines },
  { name: 'image', suite: 'image', jobs: 1, budgetS: 1500, fileLimitS: 900, twice: true, once: ['power-cuts'], together: emulated },
];

/** 'test': npm test; 'image': npm run test:image. */
export const suiteOf = (part) => part.suite ?? 'test';
