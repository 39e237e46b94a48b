import { command } from '../command.ts';
import type { Command } from '../command.ts';

/** What a session does to itself. */
export const sessionCommands: readonly Command[] = [
  command({ form: 'monitor on', help: 'show log lines here as they come', run: ({ session }) => void session.monitor(true) }),
  command({ form: 'monitor off', help: 'show them no more', run: ({ session }) => void session.monitor(false) }),
  command({ form: 'exit', help: 'end this session', run: ({ session }) => session.end() }),
];
