import { auditCommands } from './commands/audit-commands.ts';
import { callCommand } from './commands/call-command.ts';
import { farEndCommands } from './commands/far-end-commands.ts';
import { faultCommands } from './commands/fault-commands.ts';
import { conditionCommands } from './commands/condition-commands.ts';
import { flowCommands } from './commands/flow-commands.ts';
import { promptCommands } from './commands/prompt-commands.ts';
import { gpioCommands } from './commands/gpio-commands.ts';
import { healthCommands } from './commands/health-commands.ts';
import { lineCommands } from './commands/line-commands.ts';
import { alarmCommands } from './commands/alarm-commands.ts';
import { mailCommands } from './commands/mail-commands.ts';
import { outcallCommands } from './commands/outcall-commands.ts';
import { mailboxCommands } from './commands/mailbox-commands.ts';
import { ownerCommands } from './commands/owner-commands.ts';
import { captureCommands } from './commands/capture-commands.ts';
import { estateCommands } from './commands/estate-commands.ts';
import { configureCommand, editCommands } from './commands/configure-commands.ts';
import { monitorCommands } from './commands/monitor-commands.ts';
import { linkCommands } from './commands/link-commands.ts';
import { memberCommands } from './commands/member-commands.ts';
import { pairCommands } from './commands/pair-commands.ts';
import { playCommands } from './commands/play-commands.ts';
import { queueCommands } from './commands/queue-commands.ts';
import { siteCommands } from './commands/site-commands.ts';
import { technicianCommands } from './commands/technician-commands.ts';
import { sessionCommands } from './commands/session-commands.ts';
import { showCommands } from './commands/show-commands.ts';
import { storageCommands } from './commands/storage-commands.ts';
import { candidateTransferCommands, transferCommands } from './commands/transfer-commands.ts';
import { updateCommands } from './commands/update-commands.ts';
import { command } from './command.ts';
import type { Command } from './command.ts';
import { offeredCommands } from './parse-line.ts';
import { pairs } from './table.ts';

/** All commands of the console. `help` lists its own kind, so it is made here. */
export const grammar: readonly Command[] = [
  helpCommand(() => grammar),
  ...showCommands,
  ...storageCommands,
  ...healthCommands,
  ...faultCommands,
  ...gpioCommands,
  ...lineCommands,
  ...queueCommands,
  ...farEndCommands,
  ...auditCommands,
  callCommand,
  ...playCommands,
  ...captureCommands,
  ...mailboxCommands,
  ...flowCommands,
  ...promptCommands,
  ...conditionCommands,
  ...ownerCommands,
  ...mailCommands,
  ...outcallCommands,
  ...alarmCommands,
  ...transferCommands,
  ...updateCommands,
  ...pairCommands,
  ...linkCommands,
  ...siteCommands,
  ...estateCommands,
  ...memberCommands,
  configureCommand,
  ...technicianCommands,
  ...monitorCommands,
  ...sessionCommands,
];

/** The commands while the configuration is edited. */
export const configureGrammar: readonly Command[] = [helpCommand(() => configureGrammar), ...editCommands, ...candidateTransferCommands];

function helpCommand(all: () => readonly Command[]): Command {
  return command({
    form: 'help',
    help: 'all commands',
    run({ unit, print }) {
      pairs(offeredCommands(all(), unit).flatMap(helpEntries)).forEach(print);
      print('Words may be shortened. ? shows what can come next; Tab completes.');
    },
  });
}

/** A command and, under it, its options. */
function helpEntries({ form, help, options }: Command): (readonly [string, string])[] {
  const optionEntries = options.map((option) => [`    --${option.name}${option.value === null ? '' : ` ${option.value.name}`}`, option.help] as const);
  return [[form, help], ...optionEntries];
}
