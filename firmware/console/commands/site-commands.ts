import type { Value } from '../../site/manifest.ts';
import { SiteError } from '../../site/site-error.ts';
import type { Sibling } from '../../site/manifest-contents.ts';
import { contentArgument, siblingArgument, versionArgument } from '../argument-kinds.ts';
import { command } from '../command.ts';
import type { Command, Invocation } from '../command.ts';
import type { SiteConsole } from '../parts/site-console.ts';
import { formatBytes, formatTime } from '../format.ts';
import { plainText } from '../plain-text.ts';
import { table } from '../table.ts';

/** What both units of a pair have in common: its versions, and what was edited on both sides. */
export const siteCommands: readonly Command[] = [
  command({ form: 'show site', help: 'kept versions of greetings, PINs and settings, and what was edited on both sides', run: withSite(showSite) }),
  command({ form: 'pair rollback VERSION', help: 'bring back the greetings and settings of a kept version; PINs stay', arguments: [versionArgument], changes: true, run: withSite(rollback) }),
  command({
    form: 'pair keep NAME CONTENT',
    help: 'settle what was edited on both sides: this content counts, the others go',
    arguments: [siblingArgument, contentArgument],
    changes: true,
    run: withSite(keep),
  }),
];

function withSite(run: (site: SiteConsole, invocation: Invocation) => Promise<void> | void) {
  return (invocation: Invocation): Promise<void> | void => {
    const { site } = invocation.unit;
    return site === null ? invocation.print('this unit shares nothing: there is no pair or central section in its configuration') : run(site, invocation);
  };
}

/** The start of a content's hash: enough to tell the few of one entry apart. */
export const shortContent = (sha256: string): string => sha256.slice(0, 8);

function showSite(site: SiteConsole, { unit, print }: Invocation): void {
  const { timeZone } = unit.clock();
  const [current, ...older] = site.history();
  const versions = [...(current === undefined ? [] : [current]), ...older].map(({ version, author, takenMs }, index) => [version, index === 0 ? 'in force' : 'kept', formatTime(takenMs, timeZone), shortContent(author)]);
  table([{ title: 'VERSION', right: true }, { title: 'STATE' }, { title: 'TAKEN' }, { title: 'BY UNIT' }], versions, 'no version yet').forEach(print);
  print('');
  const edits = site.siblings().flatMap(rowsOf);
  table([{ title: 'NAME' }, { title: 'CONTENT' }, { title: 'STATE' }, { title: 'SIZE', right: true }, { title: 'BY UNIT' }], edits, 'nothing was edited on both sides').forEach(print);
}

function rowsOf({ name, inForce, others }: Sibling): string[][] {
  const row = (value: Value, state: string): string[] => [plainText(name), shortContent(value.sha256), state, formatBytes(value.bytes), shortContent(value.by)];
  return [row(inForce, 'in force'), ...others.map((other) => row(other, 'edited too'))];
}

async function rollback(site: SiteConsole, { given, print }: Invocation): Promise<void> {
  const version = Number(given['VERSION']);
  if (await refused(site.rollback(version), print)) return;
  print(`greetings and settings are those of version ${version} again, as version ${site.history()[0]?.version ?? version}; PINs stayed`);
}

async function keep(site: SiteConsole, { given, print }: Invocation): Promise<void> {
  const [name, sha256] = [given['NAME'] as string, given['CONTENT'] as string];
  if (await refused(site.settle(name, sha256), print)) return;
  print(`${plainText(name)} is ${shortContent(sha256)}; the others are gone`);
}

/** What the state of the site refuses is an answer, not a defect. */
async function refused(work: Promise<void>, print: (line: string) => void): Promise<boolean> {
  try {
    await work;
    return false;
  } catch (error) {
    if (!(error instanceof SiteError)) throw error;
    print(`not done: ${plainText(error.message)}`);
    return true;
  }
}
