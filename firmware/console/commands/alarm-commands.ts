import type { AlarmWish } from '../../callflow/requests/notify-requests.ts';
import { namePattern } from '../../callflow/document/flow-document.ts';
import { textArgument } from '../argument-kinds.ts';
import { command } from '../command.ts';
import type { ArgumentKind, Command, Invocation } from '../command.ts';
import type { ConsoleUnit } from '../console-unit.ts';
import type { NotifyConsole } from '../parts/notify-console.ts';
import { formatTime } from '../format.ts';
import { alarmArgument, calledArgument, codeKeysArgument, dayArgument, minutesArgument, retriesArgument, ringArgument, timeArgument } from '../notify-arguments.ts';
import { table } from '../table.ts';

const offered = ({ notify }: ConsoleUnit): boolean => notify !== null;
const promptArgument: ArgumentKind = { name: 'PROMPT', help: 'a recorded prompt of the site', check: (text) => (namePattern.test(text) ? null : 'a name has letters, digits, spaces, dots, dashes and underscores, at most 64') };

/** Alarm calls. */
export const alarmCommands: readonly Command[] = [
  command({ form: 'show alarms', help: 'alarm calls that are set, the next one first', offered, run: showAlarms }),
  command({
    form: 'alarm set NUMBER TIME', help: 'ring a number at a time of day', arguments: [calledArgument, timeArgument], offered, changes: true, run: setAlarm,
    options: [
      { name: 'daily', help: 'every day', value: null },
      { name: 'weekly', help: 'every week on this day', value: dayArgument },
      { name: 'day', help: 'once, on this day of the week', value: dayArgument },
      { name: 'words', help: 'what is said', value: textArgument },
      { name: 'prompt', help: 'what is played in their place', value: promptArgument },
      { name: 'ring', help: 'how long it rings', value: ringArgument },
      { name: 'retries', help: 'how often it is tried again', value: retriesArgument },
      { name: 'pause', help: 'minutes between two tries', value: minutesArgument },
      { name: 'code', help: 'keys that end it', value: codeKeysArgument },
    ],
  }),
  command({ form: 'alarm cancel ALARM', help: 'an alarm call is not made any more', arguments: [alarmArgument], offered, changes: true, run: cancel }),
];

const notices = ({ unit }: Invocation): NotifyConsole => unit.notify as NotifyConsole;

function showAlarms(invocation: Invocation): void {
  const { timeZone } = invocation.unit.clock();
  const rows = notices(invocation).alarms.all().map((alarm) => [alarm.id, alarm.number, alarm.time, alarm.repeat === 'weekly' ? `weekly ${alarm.day}` : alarm.repeat, formatTime(alarm.nextMs, timeZone), `${alarm.ringSec} s`, alarm.retries, alarm.cancelCode === '' ? '-' : alarm.cancelCode, alarm.prompt ?? alarm.text]);
  table([{ title: 'ALARM' }, { title: 'NUMBER' }, { title: 'TIME' }, { title: 'REPEAT' }, { title: 'NEXT' }, { title: 'RINGS', right: true }, { title: 'RETRIES', right: true }, { title: 'CODE' }, { title: 'SAYS' }], rows, 'no alarms').forEach(invocation.print);
}

async function setAlarm(invocation: Invocation): Promise<void> {
  const { unit, given, options, print } = invocation;
  const number = given['NUMBER'] as string;
  const wish: AlarmWish = {
    number, time: given['TIME'] as string, mailbox: unit.mailboxes().some((mailbox) => mailbox.number === number) ? number : null,
    repeat: options.has('daily') ? 'daily' : options.has('weekly') ? 'weekly' : 'single',
    day: (options.get('weekly') ?? options.get('day') ?? null) as AlarmWish['day'],
    prompt: options.get('prompt') ?? null, text: options.get('words') ?? '',
    ringSec: Number(options.get('ring') ?? 60), retries: Number(options.get('retries') ?? 2), intervalMin: Number(options.get('pause') ?? 5),
    cancelCode: codeOf(options.get('code')),
  };
  const { outcome, id, nextMs } = await notices(invocation).alarms.set(wish);
  const refusals = { 'not-allowed': `${number} may not be called (outgoing.allow)`, bad: 'the words have at most 128 characters', full: 'there are as many alarms as fit' };
  print(outcome === 'ok' ? `alarm ${id} rings at ${formatTime(nextMs, unit.clock().timeZone)}` : `not done: ${refusals[outcome]}`);
}

const codeOf = (given: string | undefined): string => (given === 'none' ? '' : (given ?? '*'));

async function cancel(invocation: Invocation): Promise<void> {
  const id = invocation.given['ALARM'] as string;
  await notices(invocation).alarms.cancel(null, id);
  invocation.print(`alarm ${id} is cancelled`);
}
