import type { CliCommand } from './cli-commands.ts';

/** A firmware for this machine. null = not said. */
export interface UpdateRequest {
  readonly command: 'update';
  /** A file, a URL, or 'usb'. */
  readonly source: string;
  readonly later: boolean;
  readonly data: string | null;
}

export const updateCommands: readonly CliCommand[] = [
  {
    name: 'update',
    help: "install a signed firmware in the other slot of this machine, through the unit that runs or without one; the unit's console does the same by update SOURCE",
    arguments: [{ name: 'SOURCE', required: true, help: 'a bundle (NAME.raucb), a URL of one, or usb for the one on a stick' }],
    options: [
      { name: 'later', value: null, required: false, help: 'the restart waits for update now at the console; else it comes when no call is up' },
      { name: 'data', value: 'DIR', required: false, help: "folder of messages and state; the board's own unless told" },
    ],
    request: (given) => ({ command: 'update', source: given.argument('SOURCE') ?? '', later: given.switched('later'), data: given.option('data') }),
  },
];
