import type { MediumFacts } from '../../../hal/medium.ts';
import type { ArgumentKind, Command, Invocation } from '../command.ts';
import { command } from '../command.ts';
import type { ResetConsole } from '../parts/reset-console.ts';
import type { StorageFacts } from '../parts/shown-facts.ts';
import { formatBytes } from '../format.ts';
import { plainText } from '../plain-text.ts';
import { pairs, table } from '../table.ts';

const unitNameArgument: ArgumentKind = {
  name: 'UNIT',
  help: 'the name of this unit, so that it is this one that is meant',
  check: (text, unit) => (text === unit.reset?.unitName ? null : `this unit is called ${plainText(unit.reset?.unitName ?? '')}`),
};

/** What the unit keeps, and how to be rid of it. */
export const storageCommands: readonly Command[] = [
  command({ form: 'show storage', help: 'disk space, what takes it, and what the last start found', run: showStorage }),
  command({
    form: 'factory-reset UNIT',
    help: 'wipe messages, greetings, PINs, keys and kept settings, and start anew',
    arguments: [unitNameArgument],
    options: [{ name: 'now', help: 'though calls are up: they are ended', value: null }],
    changes: true,
    offered: (unit) => unit.reset !== null,
    run: factoryReset,
  }),
];

async function showStorage({ unit, print }: Invocation): Promise<void> {
  const facts = await unit.storage();
  pairs([['free', `${formatBytes(facts.freeBytes)} of ${formatBytes(facts.totalBytes)}`], ['kept back', formatBytes(facts.reserveBytes)], ...medium(facts.medium ?? null)]).forEach(print);
  table([{ title: 'WHAT' }, { title: 'FILES', right: true }, { title: 'SIZE', right: true }], facts.kinds.map(({ what, files, bytes }) => [what, files, formatBytes(bytes)]), 'nothing is kept').forEach(print);
  atStart(facts).forEach(print);
}

/** An SD card keeps to itself how worn it is (SD Physical Layer Specification: no such field). */
function medium(facts: MediumFacts | null): readonly (readonly [string, string])[] {
  if (facts === null) return [];
  const { device, kind, wornPercent, spare, readOnly } = facts;
  const name = `${kind === 'emmc' ? 'eMMC' : kind === 'sd' ? 'SD card' : 'device'} ${device === '' ? 'of unknown name' : plainText(device)}${readOnly ? ', takes no writes' : ''}`;
  const worn = wornPercent === null ? 'it does not tell' : wornPercent > 100 ? 'beyond its rated life' : `${wornPercent - 10} to ${wornPercent} % of its rated life`;
  return [['medium', name], ['worn', worn], ...(spare === null ? [] : [['spare blocks', spare.replace('-', ' ')] as const])];
}

function atStart({ opened, fullest, scrubbed }: StorageFacts): readonly string[] {
  return pairs([
    ...(fullest === null ? [] : [['fullest mailbox', `${fullest.mailbox}, ${Math.round(fullest.share * 100)} % of its limit`] as const]),
    ['messages at the start', opened.messages],
    ['delivered as interrupted', opened.salvaged.length],
    ['damaged, set aside', opened.damaged.length],
    ['indexes rebuilt', opened.rebuilt.length],
    ['read again since', `${scrubbed.messages} messages in ${scrubbed.rounds} whole rounds, ${scrubbed.damaged} damaged`],
    ...opened.damaged.map(({ file, why }) => [`damaged ${plainText(file)}`, why] as const),
  ]);
}

async function factoryReset({ unit, options, print, who }: Invocation): Promise<void> {
  const calls = unit.calls().length;
  if (calls > 0 && !options.has('now')) return print(`${calls} ${calls === 1 ? 'call is' : 'calls are'} up: wait for the end, or add --now, which ends them`);
  const { messages } = await unit.storage().then(({ kinds }) => ({ messages: kinds.find(({ what }) => what === 'messages')?.files ?? 0 }));
  const again = await (unit.reset as ResetConsole).ask(`${who} asked for it at the console`);
  print(`${messages} messages, all greetings, PINs, keys and kept settings are wiped at the next start; ${unit.firstPassword === true ? 'so are the configuration, the network and the unit\'s identity' : 'the configuration file stays'}.`);
  print(again ? 'The unit starts anew in 5 s.' : 'Nobody starts this unit again by itself: stop it and start it.');
}
