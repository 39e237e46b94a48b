import type { DestinationName, OutcallingOptions, WindowName } from '../../callflow/requests/notify-requests.ts';
import { mailboxArgument, switchArgument } from '../argument-kinds.ts';
import { command } from '../command.ts';
import type { Command, CommandOption, Invocation } from '../command.ts';
import type { ConsoleUnit } from '../console-unit.ts';
import type { NotifyConsole } from '../parts/notify-console.ts';
import { formatTime } from '../format.ts';
import { calledArgument, destinationArgument, escalationArgument, intervalsArgument, retriesArgument, ringArgument, windowArgument, wordsOf } from '../notify-arguments.ts';
import { pairs, table } from '../table.ts';

const offered = ({ notify }: ConsoleUnit): boolean => notify !== null;
const ring: CommandOption = { name: 'ring', help: 'how long it rings', value: ringArgument };

/** Calls that the unit makes about messages. */
export const outcallCommands: readonly Command[] = [
  command({ form: 'show outcalls', help: 'calls of the unit about messages and alarms, those that wait, and what the day has cost', offered, run: showOutcalls }),
  command({ form: 'show notices MAILBOX', help: 'how the owner of a mailbox is told of messages', arguments: [mailboxArgument], offered, run: showNotices }),
  command({ form: 'mailbox MAILBOX ringback ON', help: 'ring the extension about new messages', arguments: [mailboxArgument, switchArgument], offered, changes: true, run: ringback }),
  command({ form: 'mailbox MAILBOX callback NUMBER', help: 'call a number about new messages', arguments: [mailboxArgument, calledArgument], offered, changes: true, run: callback }),
  command({ form: 'mailbox MAILBOX callback off', help: 'call no number about new messages', arguments: [mailboxArgument], offered, changes: true, run: callback }),
  command({ form: 'mailbox MAILBOX outcalling ON', help: 'call the destinations of the owner about new messages', arguments: [mailboxArgument, switchArgument], offered, changes: true, run: outcalling }),
  command({ form: 'mailbox MAILBOX destination DESTINATION NUMBER', help: 'where the owner is called', arguments: [mailboxArgument, destinationArgument, calledArgument], options: [ring], offered, changes: true, run: destination }),
  command({
    form: 'mailbox MAILBOX escalation LIST', help: 'whom to call, one after another', arguments: [mailboxArgument, escalationArgument], offered, changes: true, run: escalation,
    options: [{ name: 'retries', help: 'how often the list is gone through again', value: retriesArgument }, { name: 'every', help: 'minutes before each retry', value: intervalsArgument }, { name: 'window', help: 'hours of calls', value: windowArgument }],
  }),
];

const notices = ({ unit }: Invocation): NotifyConsole => unit.notify as NotifyConsole;

function showOutcalls(invocation: Invocation): void {
  const { unit, print } = invocation;
  const { outgoing, ledger, records } = notices(invocation);
  const { wallMs, timeZone } = unit.clock();
  const rows = outgoing.rows().map(({ type, number, mailbox, call }) => [type, number, mailbox ?? '-', call ?? 'waits']);
  table([{ title: 'TYPE' }, { title: 'NUMBER' }, { title: 'MAILBOX' }, { title: 'CALL' }], rows, 'no calls').forEach(print);
  const jobs = unit.mailboxes().flatMap(({ number }) => (['outcall', 'callback'] as const).flatMap((way) => {
    const { job } = records.telling(number, way);
    return job === null ? [] : [[number, way, job.messages.length, job.round, job.index + 1, job.name === 'calling' ? 'now' : formatTime(job.dueMs, timeZone)]];
  }));
  print('');
  table([{ title: 'MAILBOX' }, { title: 'WAY' }, { title: 'MESSAGES', right: true }, { title: 'RETRY', right: true }, { title: 'PLACE', right: true }, { title: 'NEXT' }], jobs, 'nobody is to be called').forEach(print);
  const { mostPerDay, mostPerMailboxPerDay } = unit.settings().settings.outgoing;
  print('');
  print(`${ledger.spent(wallMs, timeZone).all} of ${mostPerDay} calls to numbers outside today, ${mostPerMailboxPerDay} for one mailbox`);
}

function showNotices(invocation: Invocation): void {
  const mailbox = invocation.given['MAILBOX'] as string;
  const desk = notices(invocation);
  const { on, destinations, escalation: list, retries, intervalsMin, window, own } = desk.outcalling(mailbox);
  const { ringback: rings, callback: number } = desk.callback(mailbox);
  const address = desk.mail.address(mailbox);
  pairs([
    ['e-mail', `${desk.mail.mode(mailbox)}${address === null ? '' : `, ${address}`}`],
    ['ringback', rings ? 'on' : 'off'],
    ['callback', number ?? 'off'],
    ['outcalling', on ? 'on' : 'off'],
    ...Object.entries(destinations).map(([name, place]) => [`  ${name}`, `${place?.number}, rings ${place?.ringSec} s`] as const),
    ['  order', list.join(', ')],
    ['  retries', `${retries}, after ${intervalsMin.join(', ')} min`],
    ['  hours', window === 'own' ? `${own.days.join(' ')} ${own.from} to ${own.to}` : window],
  ]).forEach(invocation.print);
}

async function ringback(invocation: Invocation): Promise<void> {
  const [mailbox, on] = [invocation.given['MAILBOX'] as string, invocation.given['ON'] === 'on'];
  await notices(invocation).setCallback(mailbox, { ringback: on });
  invocation.print(`ringback of mailbox ${mailbox} is ${on ? 'on' : 'off'}`);
}

async function callback(invocation: Invocation): Promise<void> {
  const [mailbox, number = null] = [invocation.given['MAILBOX'] as string, invocation.given['NUMBER']];
  await notices(invocation).setCallback(mailbox, { callback: number });
  invocation.print(number === null ? `mailbox ${mailbox} has no callback` : `${number} is called about new messages of mailbox ${mailbox}`);
}

function outcalling(invocation: Invocation): Promise<void> {
  return change(invocation, { on: invocation.given['ON'] === 'on' });
}

function destination(invocation: Invocation): Promise<void> {
  const { given, options } = invocation;
  const { destinations } = notices(invocation).outcalling(given['MAILBOX'] as string);
  const place = { number: given['NUMBER'] as string, ringSec: Number(options.get('ring') ?? 15) };
  return change(invocation, { destinations: { ...destinations, [given['DESTINATION'] as DestinationName]: place } });
}

function escalation(invocation: Invocation): Promise<void> {
  const { given, options } = invocation;
  const [retries, every, window] = [options.get('retries'), options.get('every'), options.get('window')];
  return change(invocation, {
    escalation: wordsOf(given['LIST'] as string) as DestinationName[],
    ...(retries === undefined ? {} : { retries: Number(retries) }),
    ...(every === undefined ? {} : { intervalsMin: wordsOf(every).map(Number) }),
    ...(window === undefined ? {} : { window: window as WindowName }),
  });
}

async function change(invocation: Invocation, options: Partial<OutcallingOptions>): Promise<void> {
  const mailbox = invocation.given['MAILBOX'] as string;
  const outcome = await notices(invocation).setOutcalling(mailbox, options);
  if (outcome === 'ok') return showNotices(invocation);
  invocation.print(outcome === 'not-allowed' ? 'not done: a destination may not be called (outgoing.allow)' : 'not done: these options do not fit together');
}
