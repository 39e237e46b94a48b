// What a unit gathers in its life, and how one is told from it that is as it came.
import * as assert from 'uvu/assert';
import type { GuestAgent } from './guest-agent.ts';
import type { ImageSite } from './site.ts';
import { bootLimitMs } from './site.ts';

const technician = 'mira';

/** What is one unit's alone. */
export interface PastLife {
  readonly machine: string;
  /** Of its pair; null = it never was in one. */
  readonly certificate: string | null;
  /** Words that its files are full of. */
  readonly words: readonly string[];
}

/** A PIN for the mailbox that it came with, a further technician. */
export async function gather(site: ImageSite, inside: GuestAgent, words: readonly string[]): Promise<PastLife> {
  const person = await site.console();
  await person.type('mailbox 100 pin reset');
  assert.not.match(await person.type('show mailboxes'), /no PIN/);
  await person.type(`technician add ${technician}`);
  assert.match(await person.type('show technicians'), new RegExp(`^${technician}\\b`, 'm'));
  const certificate = /^this unit +([0-9a-f]{64})$/m.exec(await person.type('show pair'))?.[1] ?? null;
  const life = { machine: (await inside.run('cat /etc/machine-id')).trim(), certificate, words: [technician, ...words, ...(certificate === null ? [] : [certificate])] };
  assert.match(life.machine, /^[0-9a-f]{32}$/);
  for (const word of words) assert.is.not(await traces(inside, [word]), '', `${word} is in no file`);
  return life;
}

/** Files of the data partition that have one of these words in them. */
const traces = (inside: GuestAgent, words: readonly string[]): Promise<string> => inside.run(`grep -rlsE '${words.map((word) => word.replaceAll('.', '[.]')).join('|')}' /data; true`);

/** After its start: nothing of that life is left, and it invites its first technician. */
export async function isAsItCame(site: ImageSite, inside: GuestAgent, life: PastLife): Promise<void> {
  site.board.console.mark();
  site.board.console.send('\r');
  await site.board.console.heard(/Nobody has a password on this unit yet\. Choose one for admin/, bootLimitMs);
  assert.is(await traces(inside, life.words), '', 'files with words of its life before');
  assert.is(await inside.run('find /data -name "*.rec" -o -name "identity*"'), '', 'messages, or keys of a pair');
  const machine = (await inside.run('cat /etc/machine-id')).trim();
  assert.match(machine, /^[0-9a-f]{32}$/);
  assert.is.not(machine, life.machine);
  await site.serves(bootLimitMs);
}

/** The same as its new technician sees it. */
export async function looksAsItCame(site: ImageSite): Promise<void> {
  const person = await site.console();
  assert.match(await person.type('show technicians'), /^NAME +STATE *\nadmin *$/);
  assert.match(await person.type('show mailboxes'), /^MAILBOX [^\n]*\n100 [^\n]*no PIN *$/);
  assert.match(await person.type('show messages 100'), /^no messages$/);
  assert.match(await person.type('show log 20'), /restart-cause: The unit starts: the unit was reset to how it came/);
}
