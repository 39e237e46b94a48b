import { command } from '../command.ts';
import type { Command, Invocation } from '../command.ts';
import { formatTime } from '../format.ts';
import { plainText } from '../plain-text.ts';
import { table } from '../table.ts';

/** How often a live view looks. Calls are told only when they change, so that a line of 9600 baud keeps up. */
const callsMs = 1000;
const linkMs = 2000;

/** Views that go on until Ctrl-C. Lines under lines: what was seen stays on the screen, and any terminal can show it. */
export const monitorCommands: readonly Command[] = [
  command({ form: 'monitor calls', help: 'calls as they come, change and go; Ctrl-C ends it', live: true, run: monitorCalls }),
  command({ form: 'monitor link', help: 'role and each way to the partner, every 2 s; Ctrl-C ends it', live: true, offered: (unit) => unit.link !== null, run: monitorLink }),
  command({ form: 'monitor log', help: 'the log as it is written; Ctrl-C ends it', live: true, run: monitorLog }),
];

async function monitorCalls({ unit, print, wait }: Invocation): Promise<void> {
  const columns = [{ title: 'CALL' }, { title: 'FROM' }, { title: 'DIALLED' }, { title: 'MAILBOX' }, { title: 'PORT', right: true }, { title: 'DOING' }];
  let shown = '';
  do {
    const rows = unit.calls().map((call) => [call.id, call.caller, call.dialled, call.mailbox ?? '-', call.port ?? '-', call.doing]);
    const lines = table(columns, rows, 'no calls');
    if (lines.join('\n') !== shown) [timeLine(unit), ...lines].forEach(print);
    shown = lines.join('\n');
  } while (await wait(callsMs));
}

async function monitorLink({ unit, print, wait }: Invocation): Promise<void> {
  do {
    const { link } = unit;
    if (link === null) return print('this unit stands alone');
    const { role, epoch, statistics } = link.status();
    const ways = (statistics?.paths ?? []).map(({ up, silentMs, lost }, index) => `${link.ways[index] ?? '?'} ${up ? 'up' : 'down'}${silentMs === null ? '' : `, silent ${Math.round(silentMs)} ms`}, lost ${lost}`);
    print(plainText(`${timeLine(unit)}  ${role}, epoch ${epoch}; ${ways.join('; ') || 'nothing heard yet'}`));
  } while (await wait(linkMs));
}

async function monitorLog({ session, print, wait }: Invocation): Promise<void> {
  print('the log from now on; Ctrl-C ends it');
  const before = session.monitor(true);
  while (await wait(60_000));
  session.monitor(before);
}

const timeLine = (unit: Invocation['unit']): string => formatTime(unit.clock().wallMs, unit.clock().timeZone);
