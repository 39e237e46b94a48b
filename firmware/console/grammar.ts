import { callCommand } from './commands/call-command.ts';
import { mailboxCommands } from './commands/mailbox-commands.ts';
import { linkCommands } from './commands/link-commands.ts';
import { pairCommands } from './commands/pair-commands.ts';
import { siteCommands } from './commands/site-commands.ts';
import { sessionCommands } from './commands/session-commands.ts';
import { showCommands } from './commands/show-commands.ts';
import { command } from './command.ts';
import type { Command } from './command.ts';
import { offeredCommands } from './parse-line.ts';
import { pairs } from './table.ts';

/** All commands of the console. `help` lists its own kind, so it is made here. */
export const grammar: readonly Command[] = [
  command({
    form: 'help',
    help: 'all commands',
    run({ unit, print }) {
      pairs(offeredCommands(grammar, unit).flatMap(helpEntries)).forEach(print);
      print('Words may be shortened. ? shows what can come next; Tab completes.');
    },
  }),
  ...showCommands,
  callCommand,
  ...mailboxCommands,
  ...pairCommands,
  ...linkCommands,
  ...siteCommands,
  ...sessionCommands,
];

/** A command and, under it, its options. */
function helpEntries({ form, help, options }: Command): (readonly [string, string])[] {
  const optionEntries = options.map((option) => [`    --${option.name}${option.value === null ? '' : ` ${option.value.name}`}`, option.help] as const);
  return [[form, help], ...optionEntries];
}
