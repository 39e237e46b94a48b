/** Exit codes of the program, in the meanings of BSD's sysexits, and one above them that it leaves free; service managers and scripts tell by them what to do. */
export const exitCodes = {
  ok: { code: 0, meaning: 'done' },
  failure: { code: 1, meaning: 'failed for a reason that is none of the following' },
  usage: { code: 64, meaning: 'the command line is wrong' },
  badData: { code: 65, meaning: 'a file is damaged or not what it should be' },
  noInput: { code: 66, meaning: 'a file or message does not exist or cannot be read' },
  unavailable: { code: 69, meaning: 'an address or port is taken, or a device is missing' },
  cannotCreate: { code: 73, meaning: 'a file cannot be created' },
  io: { code: 74, meaning: 'reading or writing failed' },
  busy: { code: 75, meaning: 'another process has the data folder; try again later' },
  configuration: { code: 78, meaning: 'the configuration is wrong' },
  startAgain: { code: 80, meaning: 'it ended itself as a remedy, or lost a thread; start it again' },
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]['code'];
